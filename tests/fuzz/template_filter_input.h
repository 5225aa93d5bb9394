// What lines_filter_fuzz and delimited_filter_fuzz do. Input: a byte whose lowest bit says whether what follows is raw bytes, which must come back
// from the filter, or a raw length and a wanted length (3 bytes each, little-endian) and a filtered payload.
#pragma once

#include "fuzz/filter_input.h"

namespace npk::fuzz {

inline void test_template_filter(format::CodecId id, ByteView data) {
  constexpr std::size_t kHeader = 7, kMostRaw = 1U << 18;
  if (data.empty()) return;
  if (data[0] % 2 == 0) return expect_survives(id, data.subspan(1));
  if (data.size() < kHeader) return;
  const std::size_t raw_length = load_24(data.data() + 1) % kMostRaw;
  test_payload(id, data.subspan(kHeader), raw_length, std::min(raw_length, load_24(data.data() + 4)));
}

}  // namespace npk::fuzz
