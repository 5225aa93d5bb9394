// Every byte of a small sealed package damaged in turn: nothing calls it sound, nothing reads as other bytes.
#include <iterator>

#include "sealed_support.h"

namespace npk::testing {
namespace {

constexpr std::string_view kRefusals[] = {"auth_failed", "corrupt", "truncated", "unsupported", "limit", "no_key", "trailing_data"};

void expect_refusal(const std::string& outcome) {
  EXPECT_NE(outcome, "sound");
  std::string_view rest = outcome;
  rest.remove_prefix(std::min(rest.size(), rest.find(':') + 1));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view code = rest.substr(0, rest.find(' '));
    EXPECT_TRUE(std::ranges::find(kRefusals, code) != std::end(kRefusals)) << outcome;
    rest.remove_prefix(code.size());
  }
}

class SealedDamage : public ::testing::Test {
 protected:
  // Recovery may answer all of it, and reading may not touch what is damaged; verify and the end of a pipe look at all.
  void expect_refused(ByteView damaged, bool extract) const {
    expect_refusal(by_verify(damaged, keys_));
    const std::string reader = by_reader(damaged, keys_, tree_.entries());
    if (reader != "sound") expect_refusal(reader);
    expect_refusal(by_decoder(damaged, keys_, tree_.entries()[0].content));
    if (extract) expect_refusal(by_pipe(damaged, keys_, tree_.entries()));
  }

  const TestTree tree_{std::vector<TestEntry>{file_entry("f", make_data(DataKind::text, 300, 1))}};
  const Identities keys_ = identities(identity());
  const Bytes bytes_ = pack(tree_, sealed_options()).bytes;
};

TEST_F(SealedDamage, EveryByte) {
  ASSERT_LT(bytes_.size(), 6000U);
  std::mt19937_64 random(7);
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    Bytes damaged = bytes_;
    const auto mask = static_cast<std::uint8_t>(at % 2 == 0 ? 1U << random() % 8 : 1 + random() % 255);
    damaged[at] ^= mask;
    SCOPED_TRACE("byte " + std::to_string(at) + " ^ " + std::to_string(mask));
    expect_refused(damaged, at % 32 == 0);
    if (HasFailure()) break;
  }
}

// As before, but the damage fits: header checksum, body check and trailer are those of the damaged bytes.
TEST_F(SealedDamage, EveryByteOfEverySealedBodyWithFittingChecks) {
  const PackageFrames sound = frames_of(bytes_);
  for (std::size_t i = 0; i < sound.frames.size(); ++i) {
    const PackageFrame& frame = sound.frames[i];
    if ((frame.header.flags & format::kFrameSealed) == 0) continue;
    for (std::size_t at = 0; at < frame.body.size(); ++at) {
      PackageFrames damaged = sound;
      damaged.frames[i].body[at] ^= static_cast<std::uint8_t>(1U << at % 8);
      SCOPED_TRACE("frame " + std::to_string(i) + ", byte " + std::to_string(at));
      const Bytes forged = forge(damaged);
      EXPECT_EQ(by_parser(forged, keys_), "fails: auth_failed");
      if (at % 4 == 0) expect_refused(forged, false);
      if (HasFailure()) return;
    }
  }
}

TEST_F(SealedDamage, CutAnywhere) {
  for (std::size_t length = 0; length < bytes_.size(); length += 7) {
    SCOPED_TRACE(length);
    expect_refused(ByteView(bytes_).first(length), length % 56 == 0);
  }
}

TEST_F(SealedDamage, BytesBehindThePackage) {
  for (const std::size_t count : {1U, 63U, 64U, 1000U}) {
    Bytes longer = bytes_;
    longer.resize(longer.size() + count, 0x5A);
    expect_refused(longer, true);
  }
}

}  // namespace
}  // namespace npk::testing
