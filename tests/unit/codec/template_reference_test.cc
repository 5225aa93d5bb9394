// The library against the specification's own decoders of the filters lines and delimited, on whole and on damaged payloads.
#include <gtest/gtest.h>

#include "unit/codec/reference_comparison.h"
#include "unit/codec/template_samples.h"

namespace npk::codec {
namespace {

using format::CodecId;

std::vector<std::string> texts_of(CodecId id) {
  if (id == CodecId::delimited) return {delimited_text(2000, 1, ','), delimited_text(500, 2, '\t', "\r\n"), keyed_text(1200, 4), long_keyed_text(1200, 6), number_table(600, 300, 400, ',', 9), sorted_table(800, 10), delimited_text(90, 3, ';')};
  return {keyed_text(1200, 4), aligned_text(900, 7), quoted_aligned_text(900, 3, 8), wrapped_text(2000, 4),
          tuple_text(5, 200, 5), lone_numbers(2000, 10'000, 9), assignment_text(300, 8, " = "), log_text(2000, 1),
          log_text(300, 2, "\r\n"), record_text(400, 3), sorted_text(900, 12), log_text(60, 4) + record_text(10, 5)};
}

class TemplateReference : public testing::TestWithParam<CodecId> {};

TEST_P(TemplateReference, DecodesWhatTheLibraryEncodes) {
  ReferenceComparison reference(GetParam());
  for (const std::string& text : texts_of(GetParam())) {
    reference.add(reference.filter(as_bytes(text)), text.size());
    const ByteView cut = as_bytes(text).first(text.size() - 11).subspan(17);
    reference.add(reference.filter(cut), cut.size());
  }
  EXPECT_EQ(reference.refused(), 0U);
  EXPECT_TRUE(reference.agrees());
}

TEST_P(TemplateReference, RefusesWhatTheLibraryRefuses) {
  ReferenceComparison reference(GetParam());
  const std::string text = texts_of(GetParam()).back();
  const Bytes filtered = reference.filter(as_bytes(text));
  reference.add_damaged(filtered, text.size(), 13);
  const std::string keyed = keyed_text(150, 5);
  reference.add_damaged(reference.filter(as_bytes(keyed)), keyed.size(), 61);
  const std::string aligned = aligned_text(300, 8);
  if (GetParam() == CodecId::lines) reference.add_damaged(reference.filter(as_bytes(aligned)), aligned.size(), 97);
  for (std::size_t length = 0; length < filtered.size(); length += 41) reference.add(ByteView(filtered).first(length), text.size());
  for (const std::size_t length : {text.size() - 1, text.size() + 1}) reference.add(filtered, length);
  EXPECT_GT(reference.refused(), 100U);
  EXPECT_LT(reference.refused(), reference.samples() - 100);
  EXPECT_TRUE(reference.agrees());
}

INSTANTIATE_TEST_SUITE_P(Each, TemplateReference, testing::Values(CodecId::lines, CodecId::delimited),
                         [](const auto& each) { return std::string(find_filter(each.param)->name); });

}  // namespace
}  // namespace npk::codec
