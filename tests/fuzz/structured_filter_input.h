// What json_filter_fuzz and markup_filter_fuzz do. Input: raw length (3 bytes, little-endian), wanted length (3 bytes), a filtered payload; then what
// follows the lengths as raw bytes, which must come back from the filter.
#pragma once

#include "fuzz/filter_input.h"

namespace npk::fuzz {

inline void test_structured_filter(format::CodecId id, ByteView data) {
  constexpr std::size_t kHeader = 6, kMostRaw = 1U << 18;
  if (data.size() < kHeader) return;
  const std::size_t raw_length = load_24(data.data()) % kMostRaw;
  const ByteView payload = data.subspan(kHeader);
  test_payload(id, payload, raw_length, std::min(raw_length, load_24(data.data() + 3)));
  expect_survives(id, payload);
}

}  // namespace npk::fuzz
