// Age files made from exported ones, as stock age makes them: the same plain text, another header.
#include "keys_support.h"

namespace npk::testing {
namespace {

class Import : public KeysTest {
 protected:
  // age -d -i BY | age -r TO...
  static Bytes made_anew(ByteView age_file, const Identity& by, std::span<const Recipient> to) {
    return age_encrypt(age_decrypt(age_file, std::span(&by, 1)).value().view(), to).value();
  }
  Bytes made_for(const Person& person) const {
    return made_anew(ops::export_envelope(path_, 1).value(), alice_.identity(), list(person.recipient()));
  }
};

TEST_F(Import, OpensForWhomItWasMade) {
  make(recipients(alice_.recipient()));
  const auto report = import(keys(identities(alice_.identity(), bob_.identity())), made_for(bob_));
  EXPECT_EQ(why(report), "");
  EXPECT_TRUE(report->was_checked);
  EXPECT_EQ(report->live_envelopes, 2U);
  EXPECT_EQ(report->epoch, 1U);
  EXPECT_EQ(read_by(bob_), "sound");
  EXPECT_EQ(read_by(alice_), "sound");
}

TEST_F(Import, ThatNoKeyOpensIsNotChecked) {
  make(recipients(alice_.recipient()));
  EXPECT_FALSE(import(keys(alice_), made_for(bob_)).value().was_checked);
  EXPECT_EQ(read_by(bob_), "sound");
}

TEST_F(Import, InPlaceOfAnother) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(import(keys(alice_), made_for(bob_), 1).value().live_envelopes, 1U);
  EXPECT_EQ(read_by(alice_), "fails: no_key");
  EXPECT_EQ(read_by(bob_), "sound");
  EXPECT_EQ(code_of(import(keys(bob_), ops::export_envelope(path_, 1).value(), 2)), "not_found");
}

TEST_F(Import, Armored) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(code_of(import(keys(alice_), bytes_of(kArmored))), "") << "nobody here opens it, so nobody knows";
  EXPECT_EQ(envelopes()[1].stanzas, (std::vector<std::string>{"X25519", "ssh-ed25519"}));
  EXPECT_TRUE(as_text(ops::export_envelope(path_, 2).value()).starts_with("age-encryption.org/v1\n"));
}

// Its record names Alice, whom it is not for: made again for those it names it would be lost to Bob.
TEST_F(Import, IsKeptByAddAndRefusedByRemove) {
  make(recipients(alice_.recipient()));
  const Identities both = identities(alice_.identity(), bob_.identity());
  EXPECT_EQ(why(import(keys(both), made_for(bob_))), "");
  const auto found = envelopes(keys(both));
  EXPECT_TRUE(found[1].is_open && found[1].is_own);
  EXPECT_FALSE(found[1].is_complete);
  EXPECT_EQ(found[1].recipients, std::vector<std::string>{alice_.text()});
  EXPECT_EQ(add(keys(both), carol_).value().live_envelopes, 2U);
  for (const Person* person : {&alice_, &bob_, &carol_}) EXPECT_EQ(read_by(*person), "sound");
  const std::string refusal = why(remove(keys(both), carol_));
  EXPECT_TRUE(refusal.starts_with("no_key: envelope 1 is for others than its record names")) << refusal;
  EXPECT_EQ(why(remove(keys(both), {.recipients = {carol_.text()}, .envelopes = {1}})), "");
  EXPECT_EQ(read_by(alice_), "sound");
  for (const Person* person : {&bob_, &carol_}) EXPECT_EQ(read_by(*person), "fails: no_key");
}

// Bob was replaced by Carol with age; the record still names him, and as many as there are stanzas.
TEST_F(Import, WhoWasReplacedDoesNotComeBack) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  const Bytes without_bob = made_anew(ops::export_envelope(path_, 1).value(), alice_.identity(), list(alice_.recipient(), carol_.recipient()));
  EXPECT_EQ(why(import(keys(alice_), without_bob, 1)), "");
  EXPECT_EQ(add(keys(alice_), passphrase_recipient("word")).value().live_envelopes, 2U);
  EXPECT_EQ(read_by(bob_), "fails: no_key");
  EXPECT_EQ(read_by(carol_), "sound");
  EXPECT_EQ(code_of(remove(keys(alice_), bob_)), "no_key");
}

TEST_F(Import, OfAnotherPackageIsRefused) {
  make(recipients(alice_.recipient()));
  const Bytes other = ops::export_envelope(path_, 1).value();
  make(recipients(alice_.recipient()));
  EXPECT_EQ(code_of(import(keys(alice_), other)), "auth_failed");
}

TEST_F(Import, OfAnOlderEpochIsRefused) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  const Bytes older = ops::export_envelope(path_, 1).value();
  EXPECT_EQ(why(import(keys(alice_), older)), "");
  EXPECT_EQ(why(remove(keys(alice_), bob_)), "");
  EXPECT_EQ(code_of(import(keys(alice_), older)), "auth_failed");
}

// It would leave the package with two keys for one epoch, and nobody who could open it.
TEST_F(Import, OfAnotherKeyForTheSameEpochIsRefused) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  EXPECT_EQ(why(remove(keys(alice_), bob_)), "");
  crypto::EpochRecord record = record_in(ops::export_envelope(path_, 1).value(), alice_.identity());
  record.keys[2] = crypto::random_key().value();
  const auto to = list(alice_.recipient());
  EXPECT_EQ(code_of(import(keys(alice_), age_encrypt(crypto::encode_epoch_record(record).value().view(), to).value())), "auth_failed");
}

TEST_F(Import, OfWhatIsNoAgeFileIsRefused) {
  make(recipients(alice_.recipient()));
  const Bytes sound = made_for(bob_);
  EXPECT_EQ(code_of(import(keys(alice_), bytes_of("garbage"))), "corrupt");
  EXPECT_EQ(code_of(import(keys(alice_), Bytes())), "corrupt");
  EXPECT_EQ(code_of(import(keys(alice_), bytes_of("age-encryption.org/v2\n"))), "unsupported");
  EXPECT_EQ(code_of(import(keys(alice_), Bytes(kMaxAgeFileBytes + 1))), "limit");
  EXPECT_EQ(code_of(import(keys(identities(alice_.identity(), bob_.identity())), ByteView(sound).first(sound.size() - 1))), "auth_failed");
  const auto to = list(alice_.recipient());
  EXPECT_EQ(code_of(import(keys(alice_), age_encrypt(as_bytes("no record"), to).value())), "unsupported");
  EXPECT_EQ(code_of(import(keys(bob_), sound)), "no_key");
}

}  // namespace
}  // namespace npk::testing
