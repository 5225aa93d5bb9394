// What someone without the keys may make of a sealed package: with all that is in the clear made to fit, every way of
// reading refuses it, or says which files it costs.
#include "crypto/epoch_record.h"
#include "crypto/sealing.h"
#include "hash/hash.h"
#include "sealed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;
using format::kFrameCarriesSalt;
using format::kFrameSealed;

// What each way of reading is to say.
struct Expected {
  std::string reader, verify, pipe, parser;
};
Expected everywhere(const std::string& what) { return {what, what, what, what}; }

class Attack : public ::testing::Test {
 protected:
  static TestTree tree_of(std::uint64_t seed) {
    TestTree tree;
    for (std::uint64_t i = 0; i < 6; ++i) tree.add(file_entry("f" + std::to_string(i), make_data(DataKind::random, 64U << 10, seed + i)));
    return tree;
  }
  static Bytes packed(const TestTree& tree) {
    WriterOptions options = sealed_options();
    options.block_bytes = 64U << 10;
    options.deduplication = Deduplication::files;
    return pack(tree, options).bytes;
  }

  void SetUp() override {
    package_ = frames_of(bytes_);
    ASSERT_EQ(forge(package_), bytes_) << "forging changes nothing that fits";
    other_ = frames_of(packed(tree_of(100)));
    ASSERT_EQ(package_.of(FrameType::block, 1).body.size(), package_.of(FrameType::block, 2).body.size());
    ASSERT_EQ(package_.of(FrameType::block, 1).body.size(), other_.of(FrameType::block, 1).body.size());
  }

  void expect(const Expected& expected) const { expect_of(forge(package_), expected); }
  void expect_of(ByteView forged, const Expected& expected) const {
    EXPECT_EQ(by_reader(forged, keys_, tree_.entries()), expected.reader) << "reader";
    EXPECT_EQ(by_verify(forged, keys_), expected.verify) << "verify";
    EXPECT_EQ(by_pipe(forged, keys_, tree_.entries()), expected.pipe) << "pipe";
    EXPECT_EQ(by_parser(forged, keys_), expected.parser) << "parser";
  }
  [[nodiscard]] PackageFrame& block(std::size_t number) { return package_.of(FrameType::block, number); }

  // A body that no one sealed: an inner header and nothing.
  static Bytes clear_body() {
    Bytes body;
    format::encode_inner_header({.raw_length = 0}, body);
    return body;
  }
  static void make_clear(PackageFrame& frame) {
    frame.header.flags = 0;
    frame.header.key_epoch = frame.header.writer_salt_id = frame.header.seal_counter = 0;
    frame.body = clear_body();
  }

  const TestTree tree_ = tree_of(1);
  const Identities keys_ = identities(identity());
  const Bytes bytes_ = packed(tree_);
  PackageFrames package_, other_;
};

TEST_F(Attack, NoneIsSound) { expect(everywhere("sound")); }

TEST_F(Attack, AFrameThatMustBeSealedIsSentClear) {
  for (const FrameType type : {FrameType::block, FrameType::chunk_page, FrameType::manifest, FrameType::catalog_page, FrameType::commit}) {
    SCOPED_TRACE(static_cast<int>(type));
    package_ = frames_of(bytes_);
    make_clear(package_.of(type));
    const std::string pipe = by_pipe(forge(package_), keys_, tree_.entries());
    EXPECT_EQ(by_parser(forge(package_), keys_), "fails: auth_failed");
    EXPECT_NE(by_verify(forge(package_), keys_), "sound");
    EXPECT_EQ(pipe, "fails: auth_failed");
  }
  package_ = frames_of(bytes_);
  make_clear(package_.of(FrameType::commit));
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, ASealedFrameOfNoEpoch) {
  package_.of(FrameType::commit).header.key_epoch = 0;
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, AFrameThatIsNeverSealedSaysItIs) {
  package_.of(FrameType::trailer).header.flags = kFrameSealed;
  EXPECT_EQ(by_parser(forge(package_), keys_), "fails: corrupt");
  EXPECT_EQ(by_pipe(forge(package_), keys_, tree_.entries()), "fails: corrupt");
  EXPECT_EQ(by_verify(forge(package_), keys_), "damaged: corrupt truncated");
  package_ = frames_of(bytes_);
  package_.of(FrameType::envelope).header.flags = kFrameSealed;
  expect(everywhere("fails: corrupt"));
}

TEST_F(Attack, PaddingThatSaysItIsSealed) {
  PackageFrame padding;
  padding.header.type = FrameType::padding;
  padding.header.flags = kFrameSealed;
  padding.body = Bytes(100);
  package_.frames.insert(package_.frames.begin() + 1, padding);
  EXPECT_EQ(by_parser(forge(package_), keys_), "fails: corrupt");
  EXPECT_EQ(by_pipe(forge(package_), keys_, tree_.entries()), "fails: corrupt");
  EXPECT_NE(by_verify(forge(package_), keys_), "sound");
}

TEST_F(Attack, TwoBlocksAreSwapped) {
  std::swap(block(1), block(2));
  // Each is what was sealed: only the sealed chunk page knows where they belong.
  expect({"damaged: corrupt", "damaged: corrupt", "damaged: corrupt", "sound"});
}

TEST_F(Attack, TheBodiesOfTwoBlocksAreSwapped) {
  std::swap(block(1).body, block(2).body);
  expect({"damaged: corrupt", "damaged: corrupt", "damaged: corrupt", "fails: auth_failed"});
}

TEST_F(Attack, ABlockIsRepeated) {
  const std::size_t at = package_.index_of(FrameType::block, 1);
  const PackageFrame copy = package_.frames[at];
  package_.frames.insert(package_.frames.begin() + static_cast<std::ptrdiff_t>(at), copy);
  expect({"damaged: corrupt", "damaged: corrupt", "damaged: corrupt", "sound"});
}

TEST_F(Attack, ABlockIsRepeatedInAnothersPlace) {
  block(2) = block(1);
  expect({"damaged: corrupt", "damaged: corrupt", "damaged: corrupt", "sound"});
}

TEST_F(Attack, ABlockIsDropped) {
  package_.frames.erase(package_.frames.begin() + static_cast<std::ptrdiff_t>(package_.index_of(FrameType::block, 2)));
  // The commit then names pages that would lie behind it.
  expect({"fails: corrupt", "fails: corrupt", "fails: corrupt", "sound"});
}

TEST_F(Attack, TheBlockWithTheSessionsHeadIsDropped) {
  package_.frames.erase(package_.frames.begin() + static_cast<std::ptrdiff_t>(package_.index_of(FrameType::block, 0)));
  expect({"fails: corrupt", "fails: corrupt", "fails: auth_failed", "fails: auth_failed"});
}

TEST_F(Attack, ABlockOfAnotherPackageForTheSameRecipients) {
  block(1) = other_.of(FrameType::block, 1);
  expect({"damaged: corrupt", "damaged: corrupt", "damaged: corrupt", "fails: auth_failed"});
}

TEST_F(Attack, AllBlocksOfAnotherPackageForTheSameRecipients) {
  for (std::size_t i = 0; i < 6; ++i) block(i) = other_.of(FrameType::block, i);
  expect({"damaged: corrupt", "damaged: corrupt", "fails: auth_failed", "fails: auth_failed"});
}

TEST_F(Attack, TheCommitOfAnotherPackage) {
  package_.of(FrameType::commit) = other_.of(FrameType::commit);
  expect(everywhere("fails: auth_failed"));
}

// Possible by design: sealing does not say who wrote. Whoever knows a recipient's public key makes packages for them,
// and may put one in the place of another; only a signature tells.
TEST_F(Attack, AnotherPackageAsAWholeOpensAsWhatItIs) {
  const TestTree others = tree_of(100);
  const Bytes whole = forge(other_);
  EXPECT_EQ(by_reader(whole, keys_, others.entries()), "sound");
  EXPECT_EQ(by_verify(whole, keys_), "sound");
  EXPECT_EQ(by_pipe(whole, keys_, others.entries()), "sound");
}

TEST_F(Attack, BlocksOfThisPackageUnderTheSuperblockAndEnvelopeOfAnother) {
  package_.superblock = other_.superblock;
  package_.of(FrameType::envelope) = other_.of(FrameType::envelope);
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, AnEnvelopeOfAnotherPackage) {
  package_.of(FrameType::envelope) = other_.of(FrameType::envelope);
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, AnEnvelopeWithAnotherKeyForThisPackage) {
  crypto::EpochRecord record;
  record.package_id = package_.superblock.package_id;
  record.keys.emplace(1, crypto::random_key().value());
  const auto recipient_list = list(recipient());
  package_.of(FrameType::envelope).body = age_encrypt(crypto::encode_epoch_record(record).value().view(), recipient_list).value();
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, NoEnvelope) {
  package_.frames.erase(package_.frames.begin() + static_cast<std::ptrdiff_t>(package_.index_of(FrameType::envelope)));
  expect(everywhere("fails: no_key"));
}

TEST_F(Attack, AnotherCommitment) {
  package_.superblock.key_commitment[5] ^= 1;
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, AnotherCipher) {
  package_.superblock.cipher = format::Cipher::aes_256_gcm;
  const std::string expected = crypto::check_cipher(format::Cipher::aes_256_gcm) ? "fails: auth_failed" : "fails: unsupported";
  expect(everywhere(expected));
}

TEST_F(Attack, AnotherPackageId) {
  package_.superblock.package_id[3] ^= 1;
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, ASuperblockThatSaysItIsNotSealed) {
  package_.superblock = {.sealed = false, .package_id = package_.superblock.package_id, .key_commitment = {}};
  expect(everywhere("fails: auth_failed"));
  EXPECT_EQ(by_reader(forge(package_), nullptr, tree_.entries()), "fails: corrupt");
}

TEST_F(Attack, ASecondSaltUnderTheSameNumber) {
  package_.of(FrameType::commit).body[3] ^= 1;
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, AHeadOfAnotherSessionInTheFirstFrame) {
  std::copy_n(other_.of(FrameType::block).body.begin(), crypto::SessionHead::kBytes, block(0).body.begin());
  expect({"damaged: corrupt", "damaged: corrupt", "fails: auth_failed", "fails: auth_failed"});
}

TEST_F(Attack, AnotherSealCounter) {
  block(1).header.seal_counter = 77;
  expect({"damaged: auth_failed", "damaged: auth_failed", "damaged: auth_failed", "fails: auth_failed"});
  package_ = frames_of(bytes_);
  package_.of(FrameType::commit).header.seal_counter = 1;
  expect(everywhere("fails: auth_failed"));
}

TEST_F(Attack, AnotherSaltNumberOrEpoch) {
  block(1).header.writer_salt_id = 2;
  expect({"damaged: auth_failed", "damaged: auth_failed", "fails: auth_failed", "fails: auth_failed"});
  package_ = frames_of(bytes_);
  package_.of(FrameType::commit).header.writer_salt_id = 2;  // it carries the head: only the bound header tells
  expect(everywhere("fails: auth_failed"));
  package_ = frames_of(bytes_);
  package_.of(FrameType::commit).header.key_epoch = 2;
  expect(everywhere("fails: no_key"));
}

TEST_F(Attack, AnotherTypeOfFrame) {
  package_.of(FrameType::manifest).header.type = FrameType::catalog_page;
  EXPECT_EQ(by_parser(forge(package_), keys_), "fails: auth_failed");
  EXPECT_EQ(by_pipe(forge(package_), keys_, tree_.entries()), "fails: auth_failed");
  EXPECT_NE(by_verify(forge(package_), keys_), "sound");
}

TEST_F(Attack, AnUnsealedGenerationOfAStranger) {
  PackageFrame commit = package_.of(FrameType::commit), trailer = package_.of(FrameType::trailer);
  make_clear(commit);
  package_.frames.push_back(commit);
  package_.frames.push_back(trailer);
  const Bytes appended = forge(package_);
  // The first trailer, in the middle, is forged as well: it names the first commit.
  expect_of(appended, everywhere("fails: auth_failed"));
}

TEST_F(Attack, CutAtEveryFrame) {
  const std::vector<std::uint64_t> ends = frame_positions(bytes_);
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    SCOPED_TRACE(i);
    const ByteView cut = ByteView(bytes_).first(static_cast<std::size_t>(ends[i]));
    EXPECT_EQ(by_parser(cut, keys_), "fails: truncated");
    EXPECT_NE(by_pipe(cut, keys_, tree_.entries()), "sound");
    const std::string reader = by_reader(cut, keys_, tree_.entries()), verify = by_verify(cut, keys_);
    if (i == 0) EXPECT_EQ(reader, "fails: no_key");  // no envelope is left
    else EXPECT_TRUE(reader.contains("truncated")) << reader;
    EXPECT_NE(verify, "sound");
  }
}

// A crash while it was written: what manifests list comes back, from behind the first manifest on.
TEST_F(Attack, CutBeforeTheCommitIsRecovered) {
  const std::vector<std::uint64_t> ends = frame_positions(bytes_);
  const std::size_t commit = package_.index_of(FrameType::commit), manifest = package_.index_of(FrameType::manifest);
  ASSERT_LT(manifest, commit);
  for (std::size_t i = manifest + 1; i <= commit; ++i) {
    SCOPED_TRACE(i);
    const ByteView cut = ByteView(bytes_).first(static_cast<std::size_t>(ends[i]));
    const auto reader = open_sealed(cut, keys_);
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_TRUE(reader->info().recovered);
    for (const TestEntry& entry : tree_.entries()) {
      const auto content = read_all(*reader, entry.path);
      ASSERT_TRUE(content) << content.error().to_string();
      EXPECT_TRUE(*content == entry.content) << entry.path;
    }
  }
}

}  // namespace
}  // namespace npk::testing
