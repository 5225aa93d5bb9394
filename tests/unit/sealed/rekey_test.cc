// A package sealed anew holds what it held, for those who get its new keys and nobody else; whatever goes wrong, it is
// as it was.
#include <cstring>

#include "npk/ops/keys.h"
#include "npk/ops/rekey.h"
#include "npk/ops/sign.h"
#include "sealed_support.h"
#include "unit/crypto/minisign_samples.h"

namespace npk::testing {
namespace {

using format::FrameType;

class Rekey : public ::testing::Test {
 protected:
  static std::vector<TestEntry> entries() {
    std::vector<TestEntry> entries;
    for (std::size_t i = 0; i < 40; ++i)
      entries.push_back(
          file_entry("d" + std::to_string(i % 3) + "/f" + std::to_string(i), make_data(kAllDataKinds[i % std::size(kAllDataKinds)], 3000 * i, i)));
    return entries;
  }
  static WriterOptions small_blocks() {
    WriterOptions options = sealed_options();
    options.block_bytes = 64U << 10;
    options.chunk_bytes = 4U << 10;
    return options;
  }

  void SetUp() override { put(pack(tree_, small_blocks()).bytes); }
  void put(ByteView bytes) const { write_file(path_, as_text(bytes)); }
  [[nodiscard]] Bytes package() const {
    const std::string text = read_file(path_);
    return {text.begin(), text.end()};
  }
  [[nodiscard]] static Recipients others() { return recipients(passphrase_recipient("word"), ssh_identity().recipient().value()); }
  [[nodiscard]] ops::RekeyOptions options(Recipients to = nullptr) const { return {.identities = keys_, .recipients = std::move(to)}; }
  void expect_sound(const Identities& keys, std::string_view output = {}) const {
    const std::string text = read_file(output.empty() ? path_ : std::string(output));
    const Bytes bytes(text.begin(), text.end());
    EXPECT_EQ(by_reader(bytes, keys, tree_.entries()), "sound");
    EXPECT_EQ(by_verify(bytes, keys), "sound");
    EXPECT_EQ(by_pipe(bytes, keys, tree_.entries()), "sound");
  }
  // And nothing has changed.
  void expect_refused(const ops::RekeyOptions& options, Errc code) const {
    const Bytes before = package();
    const auto report = ops::rekey(path_, options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, code) << report.error().to_string();
    EXPECT_TRUE(package() == before);
  }
  [[nodiscard]] PackageInfo info(const Identities& keys) const { return open_sealed(package(), keys).value().info(); }

  const ScratchDirectory scratch_;
  const std::string path_ = scratch_ / "p.npk";
  const TestTree tree_{entries()};
  const Identities keys_ = identities(identity());
};

TEST_F(Rekey, IsForTheOthersFromThenOn) {
  const PackageInfo before = info(keys_);
  const auto report = ops::rekey(path_, options(others()));
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->generations, 1);
  EXPECT_EQ(report->package_bytes, package().size());
  expect_sound(identities(passphrase_identity("word")));
  expect_sound(identities(ssh_identity()));
  EXPECT_EQ(by_reader(package(), keys_, {}), "fails: no_key");
  const PackageInfo after = info(identities(ssh_identity()));
  EXPECT_NE(after.superblock.package_id, before.superblock.package_id);
  EXPECT_NE(after.superblock.key_commitment, before.superblock.key_commitment);
  EXPECT_EQ(after.commit.statement.lineage_id, before.commit.statement.lineage_id);
  EXPECT_EQ(after.commit.statement.content_root, before.commit.statement.content_root);
  EXPECT_NE(after.commit.statement.storage_root, before.commit.statement.storage_root);
  EXPECT_EQ(after.commit.placement.totals.entries, before.commit.placement.totals.entries);
}

TEST_F(Rekey, SharesNoSealedByteWithWhatWasThere) {
  const PackageFrames before = frames_of(package());
  ASSERT_TRUE(ops::rekey(path_, options()));
  const PackageFrames after = frames_of(package());
  ASSERT_EQ(after.frames.size(), before.frames.size());
  for (std::size_t i = 0; i < after.frames.size(); ++i) {
    ASSERT_EQ(after.frames[i].header.type, before.frames[i].header.type);
    if (after.frames[i].header.type == FrameType::trailer) continue;
    EXPECT_NE(after.frames[i].body, before.frames[i].body) << i;
  }
}

TEST_F(Rekey, WithoutRecipientsIsForThoseWhoCouldOpenIt) {
  put(pack(tree_, [] {
        WriterOptions options = small_blocks();
        options.recipients = recipients(recipient(), ssh_identity().recipient().value());
        return options;
      }()).bytes);
  ASSERT_TRUE(ops::rekey(path_, options()));
  expect_sound(keys_);
  expect_sound(identities(ssh_identity()));
}

TEST_F(Rekey, ToAnotherFileLeavesThePackage) {
  const Bytes before = package();
  ops::RekeyOptions to = options(others());
  to.output_path = scratch_ / "new.npk";
  to.cipher = format::Cipher::xchacha20_poly1305;
  ASSERT_TRUE(ops::rekey(path_, to));
  EXPECT_TRUE(package() == before);
  expect_sound(identities(ssh_identity()), to.output_path);
}

// What was added behind the trailer, under other epochs and in sessions of its own, is one session under one key again.
TEST_F(Rekey, AfterARemovalAndASignatureIsOneSession) {
  const Signer signer = Signer::parse(as_bytes(kPlainKeyFile)).value();
  ASSERT_TRUE(ops::add_recipients(path_, *others(), {.identities = keys_}));
  const std::string ssh = ssh_identity().recipient().value().text();
  ASSERT_TRUE(ops::remove_recipients(path_, {.recipients = {ssh}, .envelopes = {2}}, {.identities = keys_}));
  ASSERT_TRUE(ops::sign_package(path_, signer, {.identities = keys_}));
  ASSERT_TRUE(ops::rekey(path_, options()));
  expect_sound(keys_);
  EXPECT_EQ(by_reader(package(), identities(ssh_identity()), {}), "fails: no_key");
  for (const PackageFrame& frame : frames_of(package()).frames) {
    EXPECT_NE(frame.header.type, FrameType::signature);
    if ((frame.header.flags & format::kFrameSealed) == 0) continue;
    EXPECT_EQ(frame.header.key_epoch, 1);
    EXPECT_EQ(frame.header.writer_salt_id, 1);
  }
}

TEST_F(Rekey, KeepsWhatWasSignedAsARecordOfTheContent) {
  const Signer signer = Signer::parse(as_bytes(kPlainKeyFile)).value();
  const ExpectedState expected{.signers = {signer.public_key()}};
  ASSERT_TRUE(ops::sign_package(path_, signer, {.identities = keys_}));
  for (int times = 0; times < 2; ++times) {
    const auto report = ops::rekey(path_, options());
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(report->kept_signatures, times == 0 ? 1 : 0);
    const auto verified = ops::verify(memory_source(ByteView(package())), {.identities = keys_, .expected = expected});
    ASSERT_TRUE(verified) << verified.error().to_string();
    EXPECT_TRUE(verified->is_sound());
    EXPECT_EQ(verified->signed_by, std::vector{SignatureScope::content});
    const auto opened = PackageReader::open(memory_source(ByteView(package())), {.identities = keys_, .expected = expected});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::auth_failed);
    const auto quick = ops::verify(memory_source(ByteView(package())), {.quick = true, .identities = keys_, .expected = expected});
    ASSERT_FALSE(quick);
    EXPECT_EQ(quick.error().code, Errc::auth_failed);
  }
  ASSERT_TRUE(ops::sign_package(path_, signer, {.identities = keys_}));
  EXPECT_TRUE(PackageReader::open(memory_source(ByteView(package())), {.identities = keys_, .expected = expected}));
}

// A reader's bounds at a manifest grow with what lies before it (spec section 16).
TEST_F(Rekey, NoManifestLiesBeforeWhereItLay) {
  put(pack(tree_, [] {
        WriterOptions options = small_blocks();
        options.recipients = recipients(recipient(), ssh_identity().recipient().value(), generate_identity().value().identity.recipient().value());
        return options;
      }()).bytes);
  const auto manifests = [this] {
    std::vector<std::uint64_t> places;
    const PackageFrames frames = frames_of(package());
    const auto positions = frame_positions(package());
    for (std::size_t i = 0; i < frames.frames.size(); ++i)
      if (frames.frames[i].header.type == FrameType::manifest) places.push_back(positions[i]);
    return places;
  };
  const auto before = manifests();
  ASSERT_FALSE(before.empty());
  ASSERT_TRUE(ops::rekey(path_, options(recipients(recipient()))));
  const auto after = manifests();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_GE(after[i], before[i]);
  expect_sound(keys_);
}

TEST_F(Rekey, WhatCanNotBeDoneChangesNothing) {
  expect_refused({.identities = identities(ssh_identity())}, Errc::no_key);
  expect_refused({}, Errc::no_key);
  ops::RekeyOptions none = options();
  none.cipher = format::Cipher::none;
  expect_refused(none, Errc::misuse);
  std::stop_source stopped;
  stopped.request_stop();
  ops::RekeyOptions stop = options();
  stop.stop = stopped.get_token();
  expect_refused(stop, Errc::cancelled);
  ops::RekeyOptions nowhere = options();
  nowhere.output_path = scratch_ / "no/such/directory";
  expect_refused(nowhere, Errc::not_found);
  Bytes clear = pack(tree_, sealed_options(nullptr)).bytes;
  put(clear);
  expect_refused({}, Errc::misuse);
}

// An envelope that no identity here opens could not be made again: whoever it is for would be shut out unawares.
TEST_F(Rekey, RecipientsThatAreNotKnownMustBeNamed) {
  ASSERT_TRUE(ops::add_recipients(path_, list(passphrase_recipient("word")), {.identities = keys_}));
  expect_refused(options(), Errc::no_key);
  ASSERT_TRUE(ops::rekey(path_, options(recipients(recipient()))));
  expect_sound(keys_);
}

TEST_F(Rekey, DamageAnywhereStopsIt) {
  const Bytes whole = package();
  const auto positions = frame_positions(whole);
  const PackageFrames frames = frames_of(whole);
  for (std::size_t i = 0; i < frames.frames.size(); ++i) {
    Bytes damaged = whole;
    damaged[positions[i] + format::kFrameHeaderBytes + frames.frames[i].body.size() / 2] ^= 1;
    put(damaged);
    const auto report = ops::rekey(path_, options(others()));
    ASSERT_FALSE(report) << "frame " << i;
    EXPECT_TRUE(report.error().code == Errc::corrupt || report.error().code == Errc::truncated) << report.error().to_string();
    EXPECT_TRUE(package() == damaged);
  }
}

}  // namespace
}  // namespace npk::testing
