// Every byte of a small signed package damaged in turn: none passes for what was signed.
#include "signed_support.h"

namespace npk::testing {
namespace {

class SignedDamage : public ::testing::TestWithParam<bool> {
 protected:
  const Identities keys_ = GetParam() ? identities(identity()) : nullptr;
  const TestTree tree_ = small_tree();
  const Bytes bytes_ = signed_by(pack(tree_, GetParam() ? sealed_options() : clear_options()).bytes, first_signer(), keys_);
  const ExpectedState expected_{.signers = {first_key()}};
};

INSTANTIATE_TEST_SUITE_P(, SignedDamage, ::testing::Bool(), [](const auto& kind) { return kind.param ? "Sealed" : "Clear"; });

TEST_P(SignedDamage, EveryByte) {
  ASSERT_LT(bytes_.size(), 8000U);
  ASSERT_EQ(verify_expecting(bytes_, expected_, keys_), "sound");
  std::mt19937_64 random(11);
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    Bytes damaged = bytes_;
    const auto mask = static_cast<std::uint8_t>(1U << random() % 8);
    damaged[at] ^= mask;
    SCOPED_TRACE("byte " + std::to_string(at) + " ^ " + std::to_string(mask));
    EXPECT_NE(verify_expecting(damaged, expected_, keys_), "sound");
    const auto reader = PackageReader::open(memory_source(damaged), {.identities = keys_, .expected = expected_});
    if (!reader) continue;
    const auto content = read_all(*reader, "f");
    if (content) { EXPECT_EQ(*content, tree_.entries()[0].content); }
    if (HasFailure()) break;
  }
}

TEST_P(SignedDamage, CutAnywhere) {
  for (std::size_t length = 0; length < bytes_.size(); ++length) {
    SCOPED_TRACE(length);
    const ByteView cut = ByteView(bytes_).first(length);
    EXPECT_NE(verify_expecting(cut, expected_, keys_), "sound");
    EXPECT_NE(open_expecting(cut, expected_, keys_), "sound");
    if (HasFailure()) break;
  }
}

TEST_P(SignedDamage, BytesBehindIt) {
  for (const std::size_t count : {1U, 64U, 1000U}) {
    Bytes longer = bytes_;
    longer.resize(longer.size() + count, 0x5A);
    EXPECT_NE(verify_expecting(longer, expected_, keys_), "sound");
    EXPECT_NE(open_expecting(longer, expected_, keys_), "sound");
  }
}

}  // namespace
}  // namespace npk::testing
