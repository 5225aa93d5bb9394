// The random bytes pass simple tests of randomness: single bytes, pairs, bits, runs, and streams of neighbouring seeds side by side.
#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

constexpr std::size_t kBytes = 16U << 20;

// Chi-square of equally likely cells, as standard deviations from its mean.
double deviation(const std::vector<std::uint64_t>& counts) {
  double total = 0, sum = 0;
  for (const std::uint64_t count : counts) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(counts.size());
  for (const std::uint64_t count : counts) sum += std::pow(static_cast<double>(count) - expected, 2) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  return (sum - freedom) / std::sqrt(2 * freedom);
}

std::vector<std::uint64_t> byte_counts(ByteView bytes, std::size_t first, std::size_t step) {
  std::vector<std::uint64_t> counts(256);
  for (std::size_t at = first; at < bytes.size(); at += step) ++counts[bytes[at]];
  return counts;
}

class Randomness : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Bytes bytes_ = whole({.seed = {GetParam(), 0}, .size_bytes = kBytes});
};

TEST_P(Randomness, BytesAreEquallyLikely) {
  EXPECT_LT(std::abs(deviation(byte_counts(bytes_, 0, 1))), 5);
  for (std::size_t place = 0; place < 64; ++place) EXPECT_LT(std::abs(deviation(byte_counts(bytes_, place, 64))), 5) << "byte " << place << " of lines";
}

TEST_P(Randomness, PairsAreEquallyLikely) {
  for (const std::size_t distance : {1UL, 2UL, 8UL, 64UL, 4096UL}) {
    std::vector<std::uint64_t> counts(65'536);
    for (std::size_t at = 0; at + distance < kBytes; at += distance == 1 ? 2 : 1) ++counts[bytes_[at] * 256U + bytes_[at + distance]];
    EXPECT_LT(std::abs(deviation(counts)), 5) << "distance " << distance;
  }
}

TEST_P(Randomness, NeighboursDoNotCorrelate) {
  for (const std::size_t distance : {1UL, 8UL, 64UL}) {
    double sum = 0, squares = 0, products = 0;
    const auto count = static_cast<double>(kBytes - distance);
    for (std::size_t at = 0; at + distance < kBytes; ++at) {
      const double one = bytes_[at], other = bytes_[at + distance];
      sum += one;
      squares += one * one;
      products += one * other;
    }
    const double mean = sum / count;
    const double correlation = (products / count - mean * mean) / (squares / count - mean * mean);
    EXPECT_LT(std::abs(correlation), 5 / std::sqrt(count)) << "distance " << distance;
  }
}

TEST_P(Randomness, EachBitOfAWordIsEven) {
  std::array<std::uint64_t, 64> set{}, changed{};
  std::uint64_t before = 0;
  for (std::size_t at = 0; at < kBytes; at += 8) {
    const std::uint64_t word = load_le<std::uint64_t>(bytes_.data() + at);
    for (std::size_t bit = 0; bit < 64; ++bit) {
      set[bit] += word >> bit & 1;
      changed[bit] += (word ^ before) >> bit & 1;
    }
    before = word;
  }
  const double half = kBytes / 16.0, allowed = 5 * std::sqrt(kBytes / 32.0);
  for (std::size_t bit = 0; bit < 64; ++bit) {
    EXPECT_NEAR(static_cast<double>(set[bit]), half, allowed) << bit;
    EXPECT_NEAR(static_cast<double>(changed[bit]), half, allowed) << bit;
  }
}

// Objects of neighbouring seeds differ in half of their bits, in every place.
TEST_P(Randomness, NeighbouringSeedsAreUnrelated) {
  for (const Seed& other :
       {Seed{GetParam() + 1, 0}, Seed{GetParam(), 1}, Seed{GetParam() ^ (std::uint64_t{1} << 63), 0}, Seed{GetParam(), std::uint64_t{1} << 63}}) {
    const Bytes second = whole({.seed = other, .size_bytes = kBytes});
    std::uint64_t different = 0;
    Bytes differences(kBytes);
    for (std::size_t at = 0; at < kBytes; ++at) {
      differences[at] = bytes_[at] ^ second[at];
      different += static_cast<std::uint64_t>(std::popcount(differences[at]));
    }
    EXPECT_NEAR(static_cast<double>(different), kBytes * 4.0, 5 * std::sqrt(kBytes * 2.0));
    EXPECT_LT(std::abs(deviation(byte_counts(differences, 0, 1))), 5);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Randomness, ::testing::Values(0U, 1U, 20'261'128U));

}  // namespace
}  // namespace npk::synth
