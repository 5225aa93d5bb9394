#include "codec/noise_encode.h"

#include <zstd.h>

#include <memory>

#include "npk/byte_counts.h"

namespace npk::codec {
namespace {

constexpr std::size_t kWindowBytes = 16U << 10;
constexpr std::size_t kLeastWindows = 8;
constexpr std::size_t kLeastGainShift = 8;  // a repeat is one that saves a 256th of the stretch

// Random bytes have 7.989 bits of entropy each in a window, as counted. Those below 7.97 are far enough from them: the sum of the squares of the
// counts is (64^2)·256, and 2·ln 2·64·16,384 more for each bit that is missing of a byte's entropy.
bool is_even(ByteView window) {
  constexpr std::uint64_t kExpected = kWindowBytes / 256, kMost = kExpected * kExpected * 256 + 43'600;
  ByteCounts counts;
  counts.add(window);
  std::uint64_t sum = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) sum += std::uint64_t{counts.of(byte)} * counts.of(byte);
  return sum <= kMost;
}

bool has_repeats(ByteView stretch) {
  const std::size_t room = stretch.size() - (stretch.size() >> kLeastGainShift);
  const auto out = std::make_unique_for_overwrite<std::uint8_t[]>(room);
  return ZSTD_isError(ZSTD_compress(out.get(), room, stretch.data(), stretch.size(), 1)) == 0;
}

void append(std::vector<Stretch>& stretches, std::size_t length, bool is_noise) {
  if (length == 0) return;
  if (stretches.empty() || stretches.back().is_noise != is_noise) return stretches.push_back({length, is_noise});
  stretches.back().length += length;
}

}  // namespace

std::vector<Stretch> noise_stretches(ByteView block) {
  std::vector<Stretch> stretches;
  std::size_t at = 0, even = 0;
  const auto end_stretch = [&] {
    append(stretches, even, even >= kLeastWindows * kWindowBytes && !has_repeats(block.subspan(at - even, even)));
    even = 0;
  };
  for (; block.size() - at >= kWindowBytes; at += kWindowBytes) {
    if (is_even(block.subspan(at, kWindowBytes))) {
      even += kWindowBytes;
      continue;
    }
    end_stretch();
    append(stretches, kWindowBytes, false);
  }
  end_stretch();
  append(stretches, block.size() - at, false);
  if (stretches.empty()) stretches.push_back({});
  return stretches;
}

}  // namespace npk::codec
