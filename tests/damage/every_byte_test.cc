// Every byte of small packages of every kind changed, every length they can be cut to, runs of zeros: the right error or the right bytes, and
// verify notices each. (Of the sealed and the protected ones, which take five times as long, every third, without NPK_MUTATIONS.)
// Exempt from that are only the cuts that leave what an earlier writer had made: it is whole.
#include <cstdlib>
#include <random>

#include "damage/samples.h"

namespace npk::testing {
namespace {

class EveryKind : public ::testing::TestWithParam<Kind> {
 protected:
  const Sample sample_ = make_sample(GetParam());
  const bool takes_long_ = sample_.keys != nullptr || GetParam() == Kind::protected_generations;
  const std::size_t step_ = takes_long_ && std::getenv("NPK_MUTATIONS") == nullptr ? 3 : 1;
};

INSTANTIATE_TEST_SUITE_P(Damage, EveryKind, ::testing::ValuesIn(kKinds), [](const auto& kind) { return name_of(kind.param); });

TEST_P(EveryKind, IsWholeBefore) {
  EXPECT_EQ(wrong(sample_.bytes, sample_), "");
  EXPECT_EQ(wrong_in_verify(memory_source(sample_.bytes), sample_, false), "verify finds nothing");
  RecordProperty("bytes", static_cast<int>(sample_.bytes.size()));
  EXPECT_EQ(sample_.states.size(), GetParam() == Kind::plain ? 1U : 3U);
}

TEST_P(EveryKind, EachByteChanged) {
  std::mt19937_64 random(21);
  Bytes damaged = sample_.bytes;
  for (std::size_t at = 0; at < damaged.size(); at += step_) {
    damaged[at] ^= static_cast<std::uint8_t>(at % 2 == 0 ? 1U << random() % 8 : 1 + random() % 255);
    ASSERT_EQ(wrong(damaged, sample_), "") << "byte " << at << " of " << damaged.size() << ": " << int{sample_.bytes[at]} << " to " << int{damaged[at]};
    damaged[at] = sample_.bytes[at];
  }
}

TEST_P(EveryKind, EachLength) {
  for (std::size_t length = 0; length < sample_.bytes.size(); length += step_) ASSERT_EQ(wrong(ByteView(sample_.bytes).first(length), sample_), "") << length;
}

TEST_P(EveryKind, RunsOfZeros) {
  std::mt19937_64 random(22);
  for (int round = 0; round < 400; ++round) {
    Bytes damaged = sample_.bytes;
    const std::size_t at = random() % damaged.size(), length = std::min<std::size_t>(1 + random() % (1U << random() % 12), damaged.size() - at);
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), length, std::uint8_t{0});
    if (damaged == sample_.bytes) continue;
    ASSERT_EQ(wrong(damaged, sample_), "") << length << " bytes at " << at;
  }
}

}  // namespace
}  // namespace npk::testing
