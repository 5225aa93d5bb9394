// How much parity a range gets, and the head of a parity frame.
#include "parity/choose_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "npk/format/frame.h"

namespace npk::parity {
namespace {

using format::ParityLayout;

ParityLayout chosen(std::uint64_t range, unsigned percent) {
  ParityLayout layout;
  layout.end = range;
  choose_layout(layout, percent, 184);
  return layout;
}

class EveryRange : public ::testing::TestWithParam<unsigned> {};

TEST_P(EveryRange, BearsTheBurstAndIsWellFormed) {
  for (const std::uint64_t range : {300ULL, 1'000ULL, 2'049ULL, 70'000ULL, 999'999ULL, 1ULL << 20, 3'000'017ULL, 1ULL << 30, 77'777'777'777ULL, 1ULL << 43}) {
    const ParityLayout layout = chosen(range, GetParam());
    EXPECT_GE(longest_burst(layout) * 100, (layout.protected_end - layout.begin) * GetParam()) << range;
    const auto decoded = format::decode_parity_layout(format::encode_parity_head({.layout = layout}));
    ASSERT_TRUE(decoded) << range << ": " << decoded.error().to_string();
    EXPECT_EQ(decoded->layout, layout);
    EXPECT_LE(layout.shard_run_bytes(0) * layout.stripe_shards(), 60ULL << 20) << "memory";
  }
}
INSTANTIATE_TEST_SUITE_P(Parity, EveryRange, ::testing::Values(1U, 2U, 5U, 10U, 20U, 21U, 33U, 50U, 75U, 90U));

TEST(Layout, CostsLittleMoreThanAsked) {
  for (const unsigned percent : {1U, 5U, 10U, 20U, 50U}) {
    const ParityLayout layout = chosen(1ULL << 30, percent);
    const double least = static_cast<double>(percent) / (100 - percent) * (1ULL << 30);
    EXPECT_LE(static_cast<double>(layout.protected_end - layout.end), 1.08 * least + 0.001 * (1ULL << 30)) << percent;
  }
}

// Every shard of a stripe on its own, any `longest_burst` bytes of the package touch no more than M.
TEST(Layout, NoBurstTouchesMoreThanM) {
  std::mt19937 random(1);
  for (const std::uint64_t range : {900ULL, 40'000ULL, 700'000ULL, 20'000'000ULL}) {
    for (const unsigned percent : {3U, 10U, 50U}) {
      const ParityLayout layout = chosen(range, percent);
      std::vector<std::vector<std::uint64_t>> starts(layout.stripes);
      for (std::uint32_t stripe = 0; stripe < layout.stripes; ++stripe) {
        const std::uint32_t group = stripe / layout.group_stripes, within = stripe % layout.group_stripes;
        for (std::uint32_t i = 0; i < layout.data_shards; ++i) starts[stripe].push_back(layout.data_position(group, i) + within * layout.shard_bytes);
        for (std::uint32_t j = 0; j < layout.parity_shards; ++j) starts[stripe].push_back(layout.parity_position(group, j) + within * layout.shard_bytes);
      }
      const std::uint64_t burst = longest_burst(layout);
      for (int round = 0; round < 300; ++round) {
        const std::uint64_t at = random() % (layout.protected_end - burst);
        for (const auto& stripe : starts) {
          const auto touched = std::count_if(stripe.begin(), stripe.end(), [&](std::uint64_t shard) {
            const std::uint64_t end = shard < layout.end ? std::min(shard + layout.shard_bytes, layout.end) : shard + layout.shard_bytes;
            return shard < at + burst && end > at && shard < end;
          });
          ASSERT_LE(touched, layout.parity_shards) << range << ' ' << percent << " at " << at;
        }
      }
    }
  }
}

TEST(Layout, FramesFollowOneAnotherWithoutGaps) {
  for (const std::uint64_t range : {500ULL, 5'000'000ULL, 50'000'001ULL}) {
    const ParityLayout layout = chosen(range, 10);
    std::uint64_t position = layout.end;
    for (std::uint32_t row = 0; row < layout.rows(); ++row) {
      for (std::uint32_t group = 0; group < layout.groups(); ++group) {
        ASSERT_EQ(layout.frame_position(group, row), position);
        position += format::kFrameHeaderBytes + layout.body_bytes(group, row);
      }
    }
    EXPECT_EQ(position, layout.trailer_position());
  }
}

// Each field of a head changed on its own.
struct Fault {
  const char* name;
  std::size_t offset;
  std::uint64_t value;
  std::size_t bytes;
  Errc code;
};

class HeadFault : public ::testing::TestWithParam<Fault> {};

TEST_P(HeadFault, IsRefused) {
  const ParityLayout layout = chosen(5'000'000, 10);
  Bytes head = format::encode_parity_head({.layout = layout});
  for (std::size_t i = 0; i < GetParam().bytes; ++i) head[GetParam().offset + i] = static_cast<std::uint8_t>(GetParam().value >> (8 * i));
  const auto decoded = format::decode_parity_layout(head);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, GetParam().code) << decoded.error().to_string();
}
INSTANTIATE_TEST_SUITE_P(Parity, HeadFault,
                         ::testing::Values(Fault{"magic", 0, 'X', 1, Errc::corrupt}, Fault{"begin_in_superblock", 104, 95, 8, Errc::corrupt},
                                           Fault{"begin_at_end", 104, 5'000'000, 8, Errc::corrupt},
                                           Fault{"end_past_protected", 112, 1ULL << 40, 8, Errc::corrupt},
                                           Fault{"protected_end", 120, 5'000'001, 8, Errc::corrupt}, Fault{"far_end", 120, (1ULL << 48) + 1, 8, Errc::limit},
                                           Fault{"last_commit", 136, 5'000'000, 8, Errc::corrupt}, Fault{"shard_0", 144, 0, 4, Errc::corrupt},
                                           Fault{"shard_63", 144, 63, 4, Errc::corrupt}, Fault{"shard_large", 144, (1U << 20) + 1, 4, Errc::corrupt},
                                           Fault{"no_data", 148, 0, 2, Errc::corrupt}, Fault{"no_parity", 150, 0, 2, Errc::corrupt},
                                           Fault{"many_shards", 148, 250, 2, Errc::corrupt}, Fault{"no_stripes", 152, 0, 4, Errc::corrupt},
                                           Fault{"many_stripes", 152, 1U << 30, 4, Errc::corrupt}, Fault{"no_group", 156, 0, 4, Errc::corrupt},
                                           Fault{"group_past_stripes", 156, 1U << 20, 4, Errc::corrupt}, Fault{"group", 160, 1U << 20, 4, Errc::corrupt},
                                           Fault{"row", 164, 9, 2, Errc::corrupt}, Fault{"reserved", 166, 1, 2, Errc::corrupt}),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST(Head, CutShort) {
  const ParityLayout layout = chosen(500'000, 10);
  format::ParityHead head{.layout = layout};
  head.checks.resize(std::size_t{layout.stripes_of(0)} * layout.stripe_shards());
  Bytes body = format::encode_parity_head(head);
  body.resize(body.size() + sizeof(Digest));
  ASSERT_TRUE(format::decode_parity_head(body));
  for (const std::size_t length : {std::size_t{0}, std::size_t{167}, std::size_t{168}, body.size() - 1}) {
    const auto decoded = format::decode_parity_head(ByteView(body).first(length));
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Errc::truncated) << length;
  }
}

TEST(WeakCheck, RollsToWhatItIsFromTheStart) {
  std::mt19937 random(4);
  Bytes bytes(500);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  format::WeakWindow window;
  window.start(bytes.data());
  for (std::size_t at = 0; at + format::kWeakWindowBytes < bytes.size(); ++at) {
    ASSERT_EQ(window.value(), format::weak_check(ByteView(bytes).subspan(at)));
    window.roll(bytes[at], bytes[at + format::kWeakWindowBytes]);
  }
}

}  // namespace
}  // namespace npk::parity
