// Sealed packages: what opens them, and for whom the new one is.
#include "recover_support.h"

#include "npk/ops/keys.h"
#include "unit/keys/keys_support.h"

namespace npk::testing {
namespace {

class RecoverSealed : public ::testing::Test {
 protected:
  RecoverSealed() {
    fill_small(package_);
    package_.pack();
    bytes_ = package_.bytes();
    state_ = package_.in_package();
  }
  [[nodiscard]] ops::RecoverOptions options() const { return {.identities = package_.keys()}; }

  const Person other_;
  AppendedPackage package_{recipients(recipient()), identities(identity())};
  Bytes bytes_;
  State state_;
};

TEST_F(RecoverSealed, KeysAreNeeded) {
  EXPECT_EQ(recover_bytes(bytes_).report.error().code, Errc::no_key);
  EXPECT_EQ(recover_bytes(bytes_, {.identities = identities(other_.identity())}).report.error().code, Errc::no_key);
  AppendedPackage clear;
  fill_small(clear);
  clear.pack();
  EXPECT_EQ(recover_bytes(clear.bytes(), options()).report.error().code, Errc::auth_failed);
}

TEST_F(RecoverSealed, TheNewOneIsSealedForTheSame) {
  const Recovered recovered = recover_bytes(ByteView(bytes_).first(bytes_.size() - 1), options());
  ASSERT_TRUE(recovered.report);
  EXPECT_TRUE(recovered.open()->info().superblock.sealed);
  EXPECT_TRUE(recovered.state() == state_);
}

TEST_F(RecoverSealed, OrForOthers) {
  ops::RecoverOptions others = options();
  others.recipients = recipients(other_.recipient());
  const ScratchDirectory scratch;
  others.output_path = scratch / "saved.npk";
  others.threads = 1;
  ASSERT_TRUE(ops::recover(package_.path(), others));
  EXPECT_FALSE(PackageReader::open_file(others.output_path, {.identities = package_.keys()}));
  EXPECT_TRUE(PackageReader::open_file(others.output_path, {.identities = identities(other_.identity())}));
}

TEST_F(RecoverSealed, ALostSuperblockComesBackFromAnEnvelope) {
  ops::RecoverOptions named = options();
  named.recipients = recipients(recipient());
  const Recovered zeroed = recover_bytes(with_zeros(bytes_, 0, 96), options());
  ASSERT_TRUE(zeroed.report) << zeroed.report.error().to_string();
  EXPECT_TRUE(zeroed.state() == state_);
  const Recovered cut = recover_bytes(ByteView(bytes_).subspan(96), named);
  ASSERT_TRUE(cut.report) << cut.report.error().to_string();
  EXPECT_TRUE(cut.state() == state_);
  EXPECT_EQ(recover_bytes(ByteView(bytes_).subspan(96), options()).report.error().code, Errc::no_key);  // envelopes are not where they were
}

TEST_F(RecoverSealed, WithoutAnEnvelopeNothingOpens) {
  const auto positions = frame_positions(bytes_);
  EXPECT_EQ(recover_bytes(with_zeros(bytes_, positions[0], positions[1]), options()).report.error().code, Errc::no_key);
}

TEST_F(RecoverSealed, WhoWasTakenOffStaysOff) {
  AppendedPackage shared(recipients(recipient(), other_.recipient()), identities(identity()));
  fill_small(shared);
  shared.pack();
  ASSERT_TRUE(ops::remove_recipients(shared.path(), {.recipients = {other_.text()}}, {.identities = shared.keys()}));
  const Bytes whole = shared.bytes();
  const Recovered recovered = recover_bytes(whole, {.identities = shared.keys()});
  ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
  EXPECT_FALSE(open_sealed(recovered.package, identities(other_.identity())));
  const auto positions = frame_positions(whole);
  const Recovered cut = recover_bytes(ByteView(whole).first(static_cast<std::size_t>(positions[positions.size() - 2])), {.identities = shared.keys()});
  ASSERT_FALSE(cut.report);
  EXPECT_EQ(cut.report.error().code, Errc::no_key);
}

}  // namespace
}  // namespace npk::testing
