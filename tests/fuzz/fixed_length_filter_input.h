// What element_filter_fuzz and branch_filter_fuzz do: filters whose payload is about as long as the block. Input: a byte that chooses the
// filter and whose highest bit says what the raw length is; raw length (3 bytes, little-endian: as it is, or so many bytes, by 256, less than the
// payload's and 192, which few mutations would hit), wanted length (3 bytes), a filtered payload, which is raw data that must come back too.
#pragma once

#include <span>

#include "fuzz/filter_input.h"

namespace npk::fuzz {

inline void test_fixed_length_filter(std::span<const format::CodecId> ids, ByteView data) {
  constexpr std::size_t kHeader = 7, kMostRaw = 1U << 18, kMostSaved = 192;
  if (data.size() < kHeader) return;
  const format::CodecId id = ids[data[0] % ids.size()];
  const ByteView filtered = data.subspan(kHeader);
  const std::size_t given = load_24(data.data() + 1);
  const std::size_t raw_length = data[0] >= 0x80 ? filtered.size() + kMostSaved - std::min(filtered.size() + kMostSaved, given % 256) : given % kMostRaw;
  test_payload(id, filtered, raw_length, std::min(raw_length, load_24(data.data() + 4)));
  if (!filtered.empty()) expect_survives(id, filtered);
}

}  // namespace npk::fuzz
