// The erasure code: any M of N + M shards lost come back.
#include "parity/erasure_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace npk::parity {
namespace {

class Stripe {
 public:
  Stripe(unsigned data, unsigned parity, std::size_t bytes, std::mt19937& random) : code_(data, parity), bytes_(bytes) {
    for (unsigned i = 0; i < data + parity; ++i) shards_.emplace_back(bytes);
    for (unsigned i = 0; i < data; ++i) std::ranges::generate(shards_[i], [&] { return static_cast<std::uint8_t>(random()); });
    const auto all = pointers();
    code_.encode(bytes, std::span<std::uint8_t* const>(all).first(data), std::span<std::uint8_t* const>(all).subspan(data));
  }
  [[nodiscard]] bool survives(const std::vector<unsigned>& lost) {
    const auto before = shards_;
    for (const unsigned place : lost) std::ranges::fill(shards_[place], std::uint8_t{0xA5});
    const bool recovered = code_.recover(bytes_, pointers(), lost);
    const bool same = shards_ == before;
    shards_ = before;
    EXPECT_EQ(recovered, same);
    return recovered;
  }
  [[nodiscard]] const Bytes& shard(unsigned place) const { return shards_[place]; }
  [[nodiscard]] unsigned count() const { return static_cast<unsigned>(shards_.size()); }

 private:
  std::vector<std::uint8_t*> pointers() {
    std::vector<std::uint8_t*> all;
    for (Bytes& shard : shards_) all.push_back(shard.data());
    return all;
  }
  ErasureCode code_;
  std::size_t bytes_;
  std::vector<Bytes> shards_;
};

TEST(ErasureCode, EveryLossOfUpToM) {
  std::mt19937 random(1);
  for (const auto& [data, parity] : {std::pair{1U, 1U}, {1U, 4U}, {4U, 1U}, {5U, 3U}, {3U, 5U}}) {
    Stripe stripe(data, parity, 67, random);
    for (unsigned mask = 0; mask < 1U << stripe.count(); ++mask) {
      std::vector<unsigned> lost;
      for (unsigned i = 0; i < stripe.count(); ++i) {
        if ((mask >> i & 1U) != 0) lost.push_back(i);
      }
      EXPECT_EQ(stripe.survives(lost), lost.size() <= parity) << data << '+' << parity << " mask " << mask;
    }
  }
}

TEST(ErasureCode, RandomLossesOfWideStripes) {
  std::mt19937 random(2);
  for (const auto& [data, parity] : {std::pair{192U, 8U}, {239U, 16U}, {1U, 254U}, {254U, 1U}, {128U, 127U}}) {
    Stripe stripe(data, parity, 9000, random);
    std::vector<unsigned> places(stripe.count());
    std::iota(places.begin(), places.end(), 0U);
    for (int round = 0; round < 5; ++round) {
      std::ranges::shuffle(places, random);
      std::vector<unsigned> lost(places.begin(), places.begin() + parity);
      std::ranges::sort(lost);
      EXPECT_TRUE(stripe.survives(lost)) << data << '+' << parity;
    }
  }
}

// What the specification says, computed slowly.
std::uint8_t times(unsigned a, unsigned b) {
  unsigned product = 0;
  for (; b != 0; b >>= 1) {
    if ((b & 1) != 0) product ^= a;
    a = (a << 1) ^ ((a & 0x80) != 0 ? 0x11DU : 0U);
  }
  return static_cast<std::uint8_t>(product);
}
std::uint8_t inverse(unsigned a) {
  for (unsigned b = 1; b < 256; ++b) {
    if (times(a, b) == 1) return static_cast<std::uint8_t>(b);
  }
  return 0;
}

TEST(ErasureCode, IsWhatTheSpecificationSays) {
  std::mt19937 random(3);
  const Stripe stripe(7, 4, 80, random);
  for (unsigned j = 0; j < 4; ++j) {
    for (std::size_t at = 0; at < 80; ++at) {
      std::uint8_t sum = 0;
      for (unsigned i = 0; i < 7; ++i) sum ^= times(inverse((7 + j) ^ i), stripe.shard(i)[at]);
      ASSERT_EQ(stripe.shard(7 + j)[at], sum) << "parity " << j << " byte " << at;
    }
  }
}

}  // namespace
}  // namespace npk::parity
