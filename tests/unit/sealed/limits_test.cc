// What a hostile package may make a reader do before it knows whether any key opens it.
#include "crypto/epoch_record.h"
#include "crypto/sealing.h"
#include "sealed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;

constexpr std::ptrdiff_t kMostTries = 16;  // of envelopes, spec section 14

class SealedLimits : public ::testing::Test {
 protected:
  [[nodiscard]] PackageFrames frames() const { return frames_of(bytes_); }
  static PackageFrame envelope(Bytes body) {
    PackageFrame frame;
    frame.header.type = FrameType::envelope;
    frame.body = std::move(body);
    return frame;
  }
  // One more envelope where nothing has to move for it.
  [[nodiscard]] Bytes with(Bytes body) const {
    PackageFrames package = frames();
    package.frames.insert(package.frames.end() - 1, envelope(std::move(body)));
    return forge(package);
  }
  // The envelope for keys_ behind `count` others, all right behind the superblock.
  [[nodiscard]] PackageFrames behind(std::ptrdiff_t count) const {
    std::vector<Recipient> to = list(recipient());
    for (std::ptrdiff_t i = 0; i < count; ++i) to.push_back(passphrase_recipient("for someone else"));
    PackageFrames package = frames_of(pack(tree_, sealed_options(std::make_shared<const std::vector<Recipient>>(std::move(to)))).bytes);
    EXPECT_TRUE(age_decrypt(package.of(FrameType::envelope).body, *keys_));
    std::rotate(package.frames.begin(), package.frames.begin() + 1, package.frames.begin() + 1 + count);
    return package;
  }
  void expect_from_all(ByteView package, const Identities& keys, const std::string& what) const {
    EXPECT_EQ(by_reader(package, keys, tree_.entries()), what);
    EXPECT_EQ(by_verify(package, keys), what);
    EXPECT_EQ(by_pipe(package, keys, tree_.entries()), what);
    EXPECT_EQ(by_parser(package, keys), what);
    EXPECT_EQ(by_decoder(package, keys, tree_.entries()[0].content), what);
  }
  [[nodiscard]] Bytes envelope_of(std::uint32_t first, std::uint32_t last) const {
    crypto::EpochRecord record;
    record.package_id = frames().superblock.package_id;
    for (std::uint32_t epoch = first; epoch <= last; ++epoch) record.keys.emplace(epoch, crypto::random_key().value());
    const auto to = list(recipient());
    return age_encrypt(crypto::encode_epoch_record(record).value().view(), to).value();
  }

  const TestTree tree_{std::vector<TestEntry>{file_entry("f", make_data(DataKind::text, 5000, 1))}};
  const Identities keys_ = identities(identity());
  const Bytes bytes_ = pack(tree_, sealed_options()).bytes;
};

TEST_F(SealedLimits, SixteenEnvelopesAreTried) {
  expect_from_all(forge(behind(kMostTries - 1)), keys_, "sound");
  expect_from_all(forge(behind(kMostTries)), keys_, "fails: no_key");
}

TEST_F(SealedLimits, AlsoWhereTheTrailerIsLost) {
  for (const auto& [count, what] : {std::pair(kMostTries - 1, "damaged: corrupt truncated"), std::pair(kMostTries, "fails: no_key")}) {
    PackageFrames package = behind(count);
    package.frames.pop_back();
    EXPECT_EQ(by_reader(forge(package), keys_, tree_.entries()), what);
  }
}

// What is no age file is a try, too; it says why it is none only if nothing opens the package.
TEST_F(SealedLimits, EnvelopesThatAreNoneCount) {
  for (const auto& [count, what] : {std::pair(kMostTries - 1, "sound"), std::pair(kMostTries, "fails: corrupt")}) {
    PackageFrames package = behind(count);
    for (std::ptrdiff_t i = 0; i < count; ++i) std::ranges::fill(package.frames[static_cast<std::size_t>(i)].body, std::uint8_t{'x'});
    expect_from_all(forge(package), keys_, what);
  }
}

TEST_F(SealedLimits, AnEnvelopeLargerThanAgeFilesMayBe) {
  expect_from_all(with(Bytes(kMaxAgeFileBytes)), keys_, "sound");
  expect_from_all(with(Bytes(kMaxAgeFileBytes + 1)), keys_, "fails: limit");
}

// A parser gives up at the header, and so does a reader that has no trailer: what follows is not collected.
TEST_F(SealedLimits, AnEnvelopeThatIsTooLargeIsNotRead) {
  PackageFrames large = frames();
  large.frames.insert(large.frames.begin(), envelope(Bytes(kMaxAgeFileBytes + 1)));
  large.frames.pop_back();
  const Bytes package = forge(large);
  EXPECT_EQ(by_reader(package, keys_, {}), "fails: limit");
  FrameParser parser({}, keys_);
  ASSERT_TRUE(parser.feed(ByteView(package).first(format::kSuperblockBytes + format::kFrameHeaderBytes)));
  FrameEvent event;
  EXPECT_TRUE(parser.next(event).value());
  EXPECT_EQ(parser.next(event).error().code, Errc::limit);
}

TEST_F(SealedLimits, EpochsOfAllEnvelopesTogether) {
  const auto most = static_cast<std::uint32_t>(crypto::kMostEpochs);
  expect_from_all(with(envelope_of(2, most)), keys_, "sound");
  expect_from_all(with(envelope_of(2, most + 1)), keys_, "fails: limit");
}

class SealedPassphrases : public SealedLimits {
 protected:
  [[nodiscard]] Bytes for_passphrases(std::initializer_list<std::string_view> passphrases) const {
    std::vector<Recipient> to;
    for (const std::string_view passphrase : passphrases) to.push_back(passphrase_recipient(passphrase));
    return pack(tree_, sealed_options(std::make_shared<const std::vector<Recipient>>(std::move(to)))).bytes;
  }
  static std::string message(ByteView package, const Identities& keys) {
    const auto reader = open_sealed(package, keys);
    return reader ? "opens" : std::string(errc_name(reader.error().code)) + ": " + reader.error().message;
  }
};

TEST_F(SealedPassphrases, OnlyTheFirstIsTriedAndItSaysSo) {
  const Bytes package = for_passphrases({"one", "two"});
  expect_from_all(package, identities(passphrase_identity("one")), "sound");
  expect_from_all(package, identities(passphrase_identity("two")), "fails: no_key");
  EXPECT_EQ(message(package, identities(passphrase_identity("two"))),
            "no_key: the package is sealed, and none of the given keys opens it: of its passphrases only the first is tried");
}

// Each that is given is tried on that one.
TEST_F(SealedPassphrases, SeveralMayBeGiven) {
  const Bytes package = for_passphrases({"one"});
  expect_from_all(package, identities(passphrase_identity("no"), passphrase_identity("neither"), passphrase_identity("one")), "sound");
  expect_from_all(package, identities(identity(), passphrase_identity("one")), "sound");
}

TEST_F(SealedPassphrases, WhatIsSaidWhenNoneOpens) {
  EXPECT_EQ(message(for_passphrases({"one"}), identities(passphrase_identity("no"))), "no_key: the package is sealed, and the passphrase does not open it");
  EXPECT_EQ(message(for_passphrases({"one"}), identities(passphrase_identity("no"), identity())),
            "no_key: the package is sealed, and none of the given keys opens it");
  EXPECT_EQ(message(for_passphrases({"one"}), keys_), "no_key: the package is sealed, and none of the given keys opens it");
  EXPECT_EQ(message(bytes_, identities(passphrase_identity("no"))),
            "no_key: the package is sealed to keys alone: an identity is needed, no passphrase opens it");
  EXPECT_EQ(message(bytes_, nullptr), "no_key: the package is sealed: an identity or a passphrase is needed");
}

}  // namespace
}  // namespace npk::testing
