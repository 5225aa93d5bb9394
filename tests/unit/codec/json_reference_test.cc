// The library against the specification's own decoder of the json filter, on whole and on damaged payloads.
#include <gtest/gtest.h>

#include "unit/codec/json_text.h"
#include "unit/codec/reference_comparison.h"

namespace npk::codec {
namespace {

TEST(JsonReference, DecodesWhatTheLibraryEncodes) {
  ReferenceComparison reference(format::CodecId::json);
  for (const Bytes& raw : {JsonWriter(1, "\n", "  ").document(60'000), JsonWriter(2, "", "").document(60'000), JsonWriter(3, "\r\n", "\t").document(30'000),
                           json_lines(200'000, 4)})
    reference.add(reference.filter(raw), raw.size());
  EXPECT_EQ(reference.refused(), 0U);
  EXPECT_TRUE(reference.agrees());
}

TEST(JsonReference, RefusesWhatTheLibraryRefuses) {
  ReferenceComparison reference(format::CodecId::json);
  const Bytes raw = JsonWriter(5, "\n", "  ").document(2500);
  reference.add_damaged(reference.filter(raw), raw.size(), 11);
  EXPECT_GT(reference.refused(), 100U);
  EXPECT_LT(reference.refused(), reference.samples() - 100);
  EXPECT_TRUE(reference.agrees());
}

}  // namespace
}  // namespace npk::codec
