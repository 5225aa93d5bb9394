// links: npk_format
// Input: a page. Every column is asked for as integers and as bytes.
#include "fuzz/fuzz_input.h"
#include "npk/format/page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npk;
  constexpr std::uint16_t kColumns = 90;
  constexpr std::uint64_t kMost = 2000;
  const auto page = format::PageView::parse({data, size}, fuzz::limits(size % 2 == 0));
  if (!page) return 0;
  const std::uint64_t rows = std::min<std::uint64_t>(page->header().row_count, kMost);
  for (std::uint16_t id = 0; id < kColumns; ++id) {
    const auto column = static_cast<format::ColumnId>(id);
    const auto by_row = page->integers(column, rows);
    const auto all = page->all_integers(column, kMost);
    fuzz::require(!by_row || by_row->size() == rows, "as many values as asked for");
    fuzz::require(!all || all->size() <= kMost, "no more values than allowed");
    if (all && !all->empty() && by_row) fuzz::require(*by_row == *all, "the same values either way");
    const auto bytes = page->bytes(column, rows);
    fuzz::require(!bytes || bytes->size() == rows, "as many bytes as asked for");
  }
  return 0;
}
