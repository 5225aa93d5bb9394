#include "synth/tree_sizes.h"

#include <algorithm>

namespace npk::synth::internal {
namespace {

constexpr std::int64_t kOne = 1 << 16;  // fixed point of exponents

// Near a normal distribution: the sum of twelve even ones of 16 bits, less its mean; its standard deviation is kOne.
std::int64_t near_normal(const Draws& draws, std::uint64_t number) noexcept {
  std::int64_t sum = 0;
  for (const Purpose purpose : {Purpose::size, Purpose::size_again, Purpose::size_once_more}) {
    std::uint64_t word = draws.word(purpose, number);
    for (int part = 0; part < 4; ++part, word >>= 16) sum += static_cast<std::int64_t>(word & 0xFFFF);
  }
  return sum - 6 * kOne;
}

// About 2^(exponent / kOne): a straight line between powers, at most 6 % above.
std::uint64_t power_of_two(std::int64_t exponent) noexcept {
  const std::uint64_t fraction = static_cast<std::uint64_t>(kOne + (exponent & (kOne - 1)));
  return std::max<std::uint64_t>(1, fraction << (exponent >> 16) >> 16);
}

}  // namespace

std::uint64_t SizeRule::weight(const Draws& draws, std::uint64_t number) const noexcept {
  constexpr std::int64_t kMiddle = 20 * kOne, kMost = 40 * kOne;
  switch (distribution) {
    case SizeDistribution::fixed: return 1;
    case SizeDistribution::zipf:
      return std::max<std::uint64_t>(1, (std::uint64_t{1} << 40) / (1 + draws.word(Purpose::size, number) % std::max<std::uint64_t>(1, files)));
    case SizeDistribution::log_normal: break;
  }
  const std::int64_t away = near_normal(draws, number) * static_cast<std::int64_t>(spread_thousandths) / 1000;
  return power_of_two(std::clamp<std::int64_t>(kMiddle + away, 0, kMost));
}

std::uint64_t SizeRule::copies(std::uint64_t unique_number) const noexcept {
  return files / unique_files + (unique_number < files % unique_files ? 1 : 0);
}

std::uint64_t SizeRule::size_of_added(const Draws& draws, std::uint64_t number) const noexcept {
  return total_weight == 0 ? 0 : static_cast<std::uint64_t>(Wide{total_bytes} * weight(draws, number) / total_weight);
}

void SizeRule::draw_total(const Draws& draws) noexcept {
  total_weight = 0;
  for (std::uint64_t number = 0; number < unique_files; ++number) total_weight += Wide{weight(draws, number)} * copies(number);
}

std::uint64_t SizeSequence::next_unique() noexcept {
  const std::uint64_t copies = rule_.copies(unique_);
  weight_so_far_ += Wide{rule_.weight(draws_, unique_)} * copies;
  const auto end = static_cast<std::uint64_t>(Wide{rule_.total_bytes} * weight_so_far_ / rule_.total_weight);
  const std::uint64_t size = (end - assigned_bytes_) / copies;
  assigned_bytes_ += size * copies;
  ++unique_;
  return size;
}

std::uint64_t SizeSequence::next() noexcept {
  if (unique_ == rule_.unique_files) {
    missing_bytes_ = rule_.total_bytes - assigned_bytes_;
    unique_ = assigned_bytes_ = 0;
    weight_so_far_ = 0;
  }
  const std::uint64_t size = next_unique();
  return ++file_ == rule_.files ? size + missing_bytes_ : size;
}

}  // namespace npk::synth::internal
