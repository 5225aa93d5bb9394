#include <algorithm>
#include <cmath>

#include "npk/byte_counts.h"
#include "profile/recorder.h"

namespace npk {
namespace {

constexpr std::size_t kParts = 16;         // evenly spaced
constexpr std::size_t kPartBytes = 1024;

}  // namespace

std::uint64_t entropy_millibits(ByteView raw) noexcept {
  ByteCounts counts;
  std::size_t total = 0;
  const auto count = [&](ByteView part) {
    counts.add(part);
    total += part.size();
  };
  if (raw.size() <= kParts * kPartBytes) {
    count(raw);
  } else {
    const std::size_t step = (raw.size() - kPartBytes) / (kParts - 1);
    for (std::size_t part = 0; part < kParts; ++part) count(raw.subspan(part * step, kPartBytes));
  }
  if (total == 0) return 0;
  double bits = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const std::uint32_t found = counts.of(byte);
    const double share = static_cast<double>(found) / static_cast<double>(total);
    if (found != 0) bits -= share * std::log2(share);
  }
  return static_cast<std::uint64_t>(std::llround(std::max(bits, 0.0) * 1000));
}

}  // namespace npk
