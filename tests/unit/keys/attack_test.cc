// Envelopes added by those who should have no say: strangers who know a recipient, and those who were removed.
#include "io/appended_file.h"
#include "keys_support.h"
#include "package/writer/envelopes.h"
#include "package/writer/frame_writer.h"

namespace npk::testing {
namespace {

class Attacker : public KeysTest {
 protected:
  [[nodiscard]] format::Superblock superblock() const { return format::decode_superblock(bytes()).value(); }

  // As anyone can who may write to the file: an envelope behind the end, and a trailer that names it.
  void add_frame(ByteView age_file, bool first = false) const {
    const Bytes package = bytes();
    const std::uint32_t frame_bytes = format::locate_trailer(package).value();
    const ByteView frame = ByteView(package).last(frame_bytes);
    const auto header = format::decode_frame_header(frame, format::package_tag(superblock().package_id), {}).value();
    format::Trailer trailer = format::decode_trailer(frame.subspan(format::kFrameHeaderBytes)).value();
    const auto file = io::AppendedFile::open(path_).value();
    writer::FrameWriter writer(*file, superblock(), nullptr);
    writer.continue_after(header, package.size());
    const std::uint64_t position = writer.write(format::FrameType::envelope, age_file).value().position;
    trailer.envelope_positions.insert(first ? trailer.envelope_positions.begin() : trailer.envelope_positions.end(), position);
    ASSERT_TRUE(writer.write_trailer(trailer));
    ASSERT_TRUE(file->commit());
  }

  [[nodiscard]] Bytes envelope_of(const crypto::EpochKeys& with, std::span<const Recipient> to) const {
    return writer::make_envelopes(superblock().package_id, with, to).value().front();
  }
  static crypto::EpochKeys random_keys(std::initializer_list<std::uint32_t> epochs) {
    crypto::EpochKeys made;
    for (const std::uint32_t epoch : epochs) made.emplace(epoch, crypto::random_key().value());
    return made;
  }
  crypto::EpochKeys keys_of(const Person& person) const {
    return std::move(record_in(ops::export_envelope(path_, 1).value(), person.identity()).keys);
  }
  // Of all live envelopes that these people open.
  std::set<std::uint32_t> epochs_of(const Person& person) const {
    std::set<std::uint32_t> epochs;
    for (const auto& envelope : envelopes(keys(person))) epochs.insert(envelope.epochs.begin(), envelope.epochs.end());
    return epochs;
  }

  const Person mallory_;
};

TEST_F(Attacker, NothingIsSealedUnderAStrangersKey) {
  make(recipients(alice_.recipient()));
  for (const bool first : {false, true}) {
    add_frame(envelope_of(random_keys({first ? 7U : 5U}), list(alice_.recipient(), mallory_.recipient())), first);
    const auto found = envelopes(keys(alice_));
    EXPECT_EQ(std::ranges::count_if(found, &ops::EnvelopeInfo::is_own), 1);
  }
  EXPECT_EQ(read_by(alice_), "sound");
  EXPECT_EQ(read_by(mallory_), "fails: no_key");
  EXPECT_EQ(epoch_sealed_under(alice_), 1U);
}

TEST_F(Attacker, AddNeitherTakesAStrangersKeyNorTheirRecipients) {
  make(recipients(alice_.recipient()));
  add_frame(envelope_of(random_keys({5}), list(alice_.recipient(), mallory_.recipient())));
  const auto report = add(keys(alice_), bob_);
  EXPECT_EQ(why(report), "");
  EXPECT_EQ(report->epoch, 6U) << "a further one, that nobody else knows";
  EXPECT_EQ(epochs_of(bob_), (std::set<std::uint32_t>{1, 5, 6}));
  EXPECT_EQ(epochs_of(mallory_), std::set<std::uint32_t>{5});
  EXPECT_EQ(read_by(mallory_), "fails: no_key");
  EXPECT_EQ(epoch_sealed_under(alice_), 6U);
  EXPECT_EQ(verified_by(bob_), "sound");
}

TEST_F(Attacker, RemoveTakesNoneOfAStrangersRecipients) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  add_frame(envelope_of(random_keys({2}), list(alice_.recipient(), mallory_.recipient())));
  const auto report = remove(keys(alice_), bob_);
  EXPECT_EQ(why(report), "");
  EXPECT_EQ(report->epoch, 3U);
  EXPECT_EQ(report->live_envelopes, 1U);
  EXPECT_EQ(epochs_of(alice_), (std::set<std::uint32_t>{1, 2, 3})) << "what was added under the stranger's key stays readable";
  EXPECT_TRUE(epochs_of(mallory_).empty());
  EXPECT_EQ(epoch_sealed_under(alice_), 3U);
}

TEST_F(Attacker, NoStrangerBecomesANeededEnvelope) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  add_frame(envelope_of(random_keys({2}), list(mallory_.recipient())));
  const std::string refusal = why(remove(keys(alice_), bob_));
  EXPECT_TRUE(refusal.starts_with("no_key: envelope 2 (X25519) does not open")) << refusal;
  EXPECT_EQ(remove(keys(alice_), {.recipients = {bob_.text()}, .envelopes = {2}}).value().epoch, 2U);
  EXPECT_EQ(read_by(alice_), "sound");
}

// Mallory knows the first key for ever, but lacks the second.
TEST_F(Attacker, TheRemovedOneGetsNeitherThePastSinceNorTheFuture) {
  make(recipients(alice_.recipient(), mallory_.recipient()));
  crypto::EpochKeys forged = keys_of(mallory_);
  EXPECT_EQ(why(remove(keys(alice_), mallory_)), "");
  forged.emplace(3, crypto::random_key().value());
  for (const bool first : {true, false}) add_frame(envelope_of(forged, list(alice_.recipient(), mallory_.recipient())), first);
  EXPECT_EQ(epoch_sealed_under(alice_), 2U);
  EXPECT_EQ(add(keys(alice_), bob_).value().epoch, 4U);
  EXPECT_EQ(epochs_of(mallory_), (std::set<std::uint32_t>{1, 3}));
  EXPECT_EQ(verified_by(bob_), "sound");
  EXPECT_EQ(remove(keys(alice_), bob_).value().live_envelopes, 1U);
  EXPECT_TRUE(epochs_of(mallory_).empty());
}

TEST_F(Attacker, AnotherKeyForAnEpochThatIsThereIsRefused) {
  make(recipients(alice_.recipient(), mallory_.recipient()));
  crypto::EpochKeys forged = keys_of(mallory_);
  EXPECT_EQ(why(remove(keys(alice_), mallory_)), "");
  forged.emplace(2, crypto::random_key().value());
  add_frame(envelope_of(forged, list(alice_.recipient())));
  EXPECT_EQ(read_by(alice_), "fails: auth_failed");
  EXPECT_EQ(code_of(add(keys(alice_), bob_)), "auth_failed");
}

// A passphrase in the record of a file that is for something else.
TEST_F(Attacker, RecordsThatNameWhatCannotBe) {
  make(recipients(alice_.recipient()));
  for (const std::vector<std::string>& named : {std::vector<std::string>{""}, {"age1nonsense"}, {}, {"", ""}}) {
    crypto::EpochRecord record = record_in(ops::export_envelope(path_, 1).value(), alice_.identity());
    record.recipients = named;
    const auto to = list(alice_.recipient());
    add_frame(age_encrypt(crypto::encode_epoch_record(record).value().view(), to).value());
  }
  const auto found = envelopes(keys(alice_));
  EXPECT_EQ(std::ranges::count_if(found, &ops::EnvelopeInfo::is_complete), 1);
  EXPECT_EQ(add(keys(alice_), bob_).value().live_envelopes, 5U);
  EXPECT_EQ(code_of(remove(keys(alice_), bob_)), "no_key");
}

TEST_F(Attacker, ABrokenEnvelopeIsListedAndCanBeRemoved) {
  make(recipients(alice_.recipient()));
  const Bytes sound = ops::export_envelope(path_, 1).value();
  Bytes broken = sound;
  broken.back() ^= 1;
  add_frame(broken);
  add_frame(bytes_of("garbage"));
  const auto found = envelopes(keys(alice_));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].problem.value().code, Errc::auth_failed);
  EXPECT_EQ(found[2].problem.value().code, Errc::corrupt);
  EXPECT_TRUE(found[2].stanzas.empty());
  EXPECT_EQ(read_by(alice_), "sound");
  EXPECT_EQ(code_of(remove(keys(alice_), {.envelopes = {2}})), "no_key");
  EXPECT_EQ(remove(keys(alice_), {.envelopes = {2, 3}}).value().live_envelopes, 1U);
}

TEST_F(Attacker, OfManyPassphrasesOneIsTried) {
  make(recipients(alice_.recipient(), passphrase_recipient("word")));
  for (int i = 0; i < 2; ++i) add_frame(envelope_of(random_keys({2}), list(passphrase_recipient("other"))), true);
  const auto found = envelopes(keys(identities(passphrase_identity("word"))));
  EXPECT_EQ(found[0].stanzas, std::vector<std::string>{"scrypt"});
  EXPECT_FALSE(found[0].problem || found[2].problem);
  for (const std::size_t i : {1U, 3U}) EXPECT_EQ(found[i].problem.value().code, Errc::limit);
  EXPECT_EQ(read_by(alice_), "sound");
}

}  // namespace
}  // namespace npk::testing
