#include "codec/filter/numeric/encoder/alike_bytes.h"

#include <algorithm>
#include <array>

namespace npk::codec::numeric {
namespace {

constexpr std::uint32_t kLeastLag = 2;
constexpr std::uint32_t kMostAlikeLag = 32;
constexpr std::size_t kLeastSample = 1024;
constexpr std::uint8_t kMostDifference = 7;  // 15 of 256 by chance
constexpr std::size_t kLeastShare = 24;      // 1 of so many bytes above chance; in 1 KiB three times what chance varies by

std::uint32_t count_alike(const std::uint8_t* bytes, std::size_t count, std::size_t lag) noexcept {
  std::uint32_t alike = 0;
  for (std::size_t i = 0; i < count; ++i) alike += static_cast<std::uint8_t>(bytes[i + lag] - bytes[i] + kMostDifference) <= 2 * kMostDifference ? 1U : 0U;
  return alike;
}

}  // namespace

std::uint32_t alike_lag(ByteView bytes) noexcept {
  if (bytes.size() < kLeastSample) return 0;
  const std::size_t count = std::min(bytes.size(), kMostAlikeBytes) - kMostAlikeLag;
  std::uint32_t best = 0, most = 0, least = ~0U;
  for (std::uint32_t lag = kLeastLag; lag <= kMostAlikeLag; ++lag) {
    const std::uint32_t alike = count_alike(bytes.data(), count, lag);
    least = std::min(least, alike);
    if (alike > most + most / 16) most = alike, best = lag;  // not a multiple of it, unless that is better
  }
  return most >= least + count / kLeastShare ? best : 0;
}

bool has_alike_elements(ByteView bytes) noexcept {
  const std::size_t length = std::min(bytes.size(), kMostAlikeBytes);
  const std::array places = {(bytes.size() - length) / 8, (bytes.size() - length) / 2, (bytes.size() - length) / 8 * 7};
  return std::ranges::count_if(places, [&](std::size_t at) { return alike_lag(bytes.subspan(at, length)) != 0; }) >= 2;
}

}  // namespace npk::codec::numeric
