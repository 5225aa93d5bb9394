#include "npk/format/hint_page.h"

#include <gtest/gtest.h>

#include "npk/format/page.h"

namespace npk::format {
namespace {

TEST(HintPage, ComesBackAsItWas) {
  const std::vector<FileHint> rows = {{}, {7, -3, 999'999'999}, {UINT64_MAX, INT64_MAX, 0}, {1, INT64_MIN, 5}};
  for (const std::int64_t seconds : {INT64_MIN, std::int64_t{0}, std::int64_t{1'700'000'000}}) {
    const auto page = decode_hint_page(encode_hint_page(seconds, rows), Limits());
    ASSERT_TRUE(page) << page.error().to_string();
    EXPECT_EQ(page->scan_seconds, seconds);
    EXPECT_EQ(page->rows, rows);
  }
}

TEST(HintPage, SaysWhatIsWrong) {
  using Integers = std::vector<std::uint64_t>;
  const auto code_of = [](PageKind kind, std::uint32_t rows, const Integers& nanoseconds, const Integers& scanned) {
    PageBuilder page({.kind = kind, .row_count = rows});
    if (!nanoseconds.empty()) page.add_integers(ColumnId::hint_ctime_nanoseconds, nanoseconds);
    if (!scanned.empty()) page.add_integers(ColumnId::hint_scan_seconds, scanned);
    const auto decoded = decode_hint_page(page.build(), Limits());
    return decoded ? std::string("good") : std::string(errc_name(decoded.error().code));
  };
  EXPECT_EQ(code_of(PageKind::hint, 2, {1, 2}, {8, 8}), "good");
  EXPECT_EQ(code_of(PageKind::hint, 2, {}, {}), "good");
  EXPECT_EQ(code_of(PageKind::hint, 0, {}, {}), "corrupt");
  EXPECT_EQ(code_of(PageKind::manifest, 2, {1, 2}, {8, 8}), "corrupt");
  EXPECT_EQ(code_of(PageKind::hint, 2, {1, 1'000'000'000}, {8, 8}), "corrupt");
  EXPECT_EQ(code_of(PageKind::hint, 2, {1, 2}, {8, 9}), "corrupt");
  EXPECT_EQ(code_of(PageKind::hint, 2, {1}, {8, 8}), "corrupt");
  EXPECT_EQ(code_of(PageKind::hint, Limits().max_catalog_rows_per_page + 1, {}, {}), "limit");
}

}  // namespace
}  // namespace npk::format
