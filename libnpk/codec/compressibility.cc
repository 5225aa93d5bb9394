#include "codec/compressibility.h"

#include <lz4.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "npk/byte_counts.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSmallestBlock = 1024;
constexpr std::size_t kWindows = 32;
constexpr std::size_t kWindowBytes = 1024;
constexpr std::size_t kStretchBytes = 64U << 10;
constexpr std::size_t kSmallestRepetitive = 64U << 10;
constexpr std::size_t kRepetitiveStretchBytes = 32U << 10;

// The chance that two sampled bytes are equal is 1/256 for random data, about 1/216 for JPEG, 1/64 for base64.
// Evenly distributed: at most 1/213, i.e. 7.74 bits of Renyi entropy.
bool evenly_distributed(ByteView block) {
  ByteCounts counts;
  const std::size_t windows = std::min(kWindows, block.size() / kWindowBytes);
  const std::size_t stride = block.size() / windows;
  for (std::size_t i = 0; i < windows; ++i) counts.add(block.subspan(i * stride, kWindowBytes));
  std::uint64_t equal_pairs = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const std::uint64_t times = counts.of(byte);
    equal_pairs += times * (times - 1);
  }
  const std::uint64_t bytes = windows * kWindowBytes;
  return equal_pairs * 256 * 5 <= bytes * (bytes - 1) * 6;
}

// Whether LZ4 brings `size` bytes in the middle of the block down to `room` bytes.
bool middle_fits(ByteView block, std::size_t size, std::size_t room) {
  const ByteView stretch = block.subspan((block.size() - size) / 2, size);
  const auto out = std::make_unique_for_overwrite<char[]>(room);
  return LZ4_compress_default(reinterpret_cast<const char*>(stretch.data()), out.get(), static_cast<int>(size),
                              static_cast<int>(room)) != 0;
}

// Whether LZ4 saves less than 1/64.
bool without_repeats(ByteView block) {
  const std::size_t size = std::min(block.size(), kStretchBytes);
  return !middle_fits(block, size, size - size / 64);
}

}  // namespace

bool looks_incompressible(ByteView block) {
  return block.size() >= kSmallestBlock && evenly_distributed(block) && without_repeats(block);
}

bool looks_repetitive(ByteView block) {
  return block.size() >= kSmallestRepetitive && middle_fits(block, kRepetitiveStretchBytes, kRepetitiveStretchBytes / 5);
}

}  // namespace npk::codec
