// Recipients added and removed: who can read what afterwards, and which key seals what is added.
#include "keys_support.h"

namespace npk::testing {
namespace {

class Change : public KeysTest {};

TEST_F(Change, AddedOnesReadEverything) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(read_by(bob_), "fails: no_key");
  const auto report = add(keys(alice_), list(bob_.recipient(), recipient(kSshRecipient), passphrase_recipient("word")));
  EXPECT_EQ(why(report), "");
  EXPECT_EQ(report->live_envelopes, 2U);
  EXPECT_EQ(report->epoch, 1U);
  for (const Person* person : {&alice_, &bob_}) EXPECT_EQ(read_by(*person), "sound");
  EXPECT_EQ(read_by(identities(ssh_identity())), "sound");
  EXPECT_EQ(read_by(identities(passphrase_identity("word"))), "sound");
  EXPECT_EQ(read_by(identities(passphrase_identity("other"))), "fails: no_key");
  EXPECT_EQ(verified_by(bob_), "sound");
  EXPECT_EQ(why(add(keys(bob_), carol_)), "");
  EXPECT_EQ(read_by(carol_), "sound");
}

TEST_F(Change, AddedOnesAreJoinedInOneEnvelope) {
  make(recipients(alice_.recipient()));
  std::vector<Person> people(10);
  for (const Person& person : people) EXPECT_EQ(add(keys(alice_), person).value().live_envelopes, 1U);
  for (const Person& person : people) EXPECT_EQ(read_by(person), "sound");
  const auto found = envelopes(keys(people[4]));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].stanzas, std::vector<std::string>(11, "X25519"));
  EXPECT_TRUE(found[0].is_complete);
  EXPECT_EQ(found[0].recipients.front(), alice_.text());
  EXPECT_EQ(found[0].recipients.back(), people[9].text());
}

TEST_F(Change, WhoIsInIsNotAddedTwice) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(why(add(keys(alice_), list(alice_.recipient(), bob_.recipient(), bob_.recipient()))), "");
  EXPECT_EQ(envelopes(keys(alice_))[0].recipients, (std::vector<std::string>{alice_.text(), bob_.text()}));
}

TEST_F(Change, PassphrasesKeepTheirEnvelopes) {
  make(recipients(passphrase_recipient("word"), alice_.recipient()));
  const Bytes by_word = ops::export_envelope(path_, 1).value();
  EXPECT_EQ(add(keys(identities(passphrase_identity("word"), alice_.identity())), bob_).value().live_envelopes, 2U);
  EXPECT_EQ(ops::export_envelope(path_, 1).value(), by_word);
  EXPECT_EQ(envelopes()[1].stanzas.size(), 2U);
  EXPECT_EQ(read_by(identities(passphrase_identity("word"))), "sound");
  EXPECT_EQ(read_by(bob_), "sound");
}

TEST_F(Change, AnEnvelopeThatDoesNotOpenStays) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(why(add(keys(alice_), passphrase_recipient("word"))), "");
  EXPECT_EQ(add(keys(identities(passphrase_identity("word"))), bob_).value().live_envelopes, 3U);
  EXPECT_EQ(read_by(alice_), "sound");
  EXPECT_EQ(read_by(bob_), "sound");
}

// Readers would not try it.
TEST_F(Change, ASecondPassphraseIsRefused) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(code_of(add(keys(alice_), list(passphrase_recipient("one"), passphrase_recipient("two")))), "misuse");
  EXPECT_EQ(why(add(keys(alice_), passphrase_recipient("one"))), "");
  EXPECT_EQ(code_of(add(keys(alice_), passphrase_recipient("two"))), "misuse");
  EXPECT_EQ(why(add(keys(alice_), bob_)), "");
  EXPECT_EQ(why(remove(keys(alice_), {.envelopes = {1}})), "");
  EXPECT_EQ(why(add(keys(alice_), passphrase_recipient("two"))), "");
  EXPECT_EQ(read_by(identities(passphrase_identity("two"))), "sound");
  EXPECT_EQ(read_by(identities(passphrase_identity("one"))), "fails: no_key");
}

TEST_F(Change, TheSeventeenthEnvelopeIsRefused) {
  make(recipients(alice_.recipient()));
  const auto to = list(bob_.recipient());
  const Bytes made_by_age = age_encrypt(as_bytes("whatever it is"), to).value();
  for (int i = 0; i < 15; ++i) EXPECT_EQ(why(import(keys(alice_), made_by_age)), "");
  EXPECT_EQ(envelopes().size(), ops::kMostLiveEnvelopes);
  EXPECT_EQ(code_of(import(keys(alice_), made_by_age)), "limit");
  EXPECT_EQ(code_of(add(keys(alice_), passphrase_recipient("word"))), "limit");
  EXPECT_EQ(import(keys(alice_), made_by_age, 16).value().live_envelopes, 16U);
  EXPECT_EQ(add(keys(alice_), carol_).value().live_envelopes, 16U);
  EXPECT_EQ(read_by(carol_), "sound");
}

TEST_F(Change, TheRemovedOneHasNoKeyAndTheOthersReadOn) {
  make(recipients(alice_.recipient(), bob_.recipient(), carol_.recipient()));
  const Bytes before = bytes();
  const auto report = remove(keys(alice_), bob_);
  EXPECT_EQ(why(report), "");
  EXPECT_EQ(report->epoch, 2U);
  EXPECT_EQ(report->live_envelopes, 1U);
  EXPECT_EQ(read_by(bob_), "fails: no_key");
  EXPECT_EQ(read_by(alice_), "sound");
  EXPECT_EQ(verified_by(carol_), "sound");
  EXPECT_EQ(envelopes(keys(alice_))[0].epochs, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(by_reader(ByteView(bytes()).first(before.size()), identities(bob_.identity()), tree_.entries()), "sound")
      << "what is said that it can't be taken back";
}

TEST_F(Change, WhatIsAddedAfterwardsIsSealedUnderTheNewKey) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  EXPECT_EQ(epoch_sealed_under(alice_), 1U);
  EXPECT_EQ(why(remove(keys(alice_), bob_)), "");
  const Signer other = Signer::parse(as_bytes(kUnsealedKeyFile)).value();
  EXPECT_EQ(why(ops::sign_package(path_, other, {.identities = identities(alice_.identity()), .comment = "again"})), "");
  EXPECT_EQ(frames_of(bytes()).of(format::FrameType::signature, 1).header.key_epoch, 2U);
  EXPECT_EQ(verified_by(alice_), "sound");
  const Bytes package = bytes();
  const auto open = open_sealed(package, identities(alice_.identity()));
  ASSERT_TRUE(open);
  EXPECT_EQ(open->signatures().value().size(), 2U);
  EXPECT_EQ(why(remove(keys(alice_), {.envelopes = {1}})), "misuse: nobody could open the package any more");
  EXPECT_EQ(why(add(keys(alice_), carol_)), "");
  EXPECT_EQ(verified_by(carol_), "sound") << "who is added later has the keys of all epochs";
}

TEST_F(Change, EpochsGoOn) {
  make(recipients(alice_.recipient()));
  for (std::uint32_t epoch = 2; epoch < 6; ++epoch) {
    EXPECT_EQ(why(add(keys(alice_), bob_)), "");
    EXPECT_EQ(remove(keys(alice_), bob_).value().epoch, epoch);
  }
  EXPECT_EQ(epoch_sealed_under(alice_), 5U);
  EXPECT_EQ(verified_by(alice_), "sound");
}

// From a pipe what lies before an envelope can't be opened by it.
TEST_F(Change, FromAPipeWhoWasThereFromTheStart) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(why(add(keys(alice_), bob_)), "");
  EXPECT_EQ(by_pipe(bytes(), identities(bob_.identity()), tree_.entries()), "fails: no_key");
  for (int round = 0; round < 5; ++round) EXPECT_EQ(remove(keys(alice_), add(keys(alice_), carol_) ? carol_ : bob_).value().live_envelopes, 1U);
  EXPECT_EQ(epoch_sealed_under(alice_), 6U);
  EXPECT_EQ(verified_by(alice_), "sound");
  EXPECT_EQ(by_pipe(bytes(), identities(alice_.identity()), tree_.entries()), "sound");
  EXPECT_EQ(by_parser(bytes(), identities(alice_.identity())), "sound");
}

TEST_F(Change, RemovingNeedsAKeyOfEachEnvelopeThatStays) {
  make(recipients(passphrase_recipient("word"), alice_.recipient(), bob_.recipient()));
  const std::string refusal = why(remove(keys(alice_), bob_));
  EXPECT_TRUE(refusal.starts_with("no_key: envelope 1 (scrypt) does not open")) << refusal;
  EXPECT_EQ(why(remove(keys(identities(alice_.identity(), passphrase_identity("word"))), bob_)), "");
  EXPECT_EQ(read_by(identities(passphrase_identity("word"))), "sound");
  EXPECT_EQ(read_by(bob_), "fails: no_key");
  EXPECT_EQ(remove(keys(alice_), {.envelopes = {1}}).value().epoch, 3U);
  EXPECT_EQ(read_by(identities(passphrase_identity("word"))), "fails: no_key");
  EXPECT_EQ(read_by(alice_), "sound");
}

TEST_F(Change, RemovedFromEveryEnvelopeThatNamesThem) {
  make(recipients(alice_.recipient(), passphrase_recipient("word"), bob_.recipient()));
  EXPECT_EQ(why(add(keys(identities(passphrase_identity("word"))), list(bob_.recipient(), carol_.recipient()))), "");
  ASSERT_EQ(envelopes().size(), 4U);  // two of them are for Bob
  EXPECT_EQ(why(remove(keys(identities(alice_.identity(), carol_.identity(), passphrase_identity("word"), bob_.identity())), bob_)), "");
  EXPECT_EQ(read_by(bob_), "fails: no_key");
  for (const Person* person : {&alice_, &carol_}) EXPECT_EQ(read_by(*person), "sound");
}

TEST_F(Change, MistakesWithRemoving) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  EXPECT_EQ(code_of(remove(keys(alice_), ops::RemovedKeys{})), "misuse");
  EXPECT_EQ(why(remove(keys(alice_), carol_)), "not_found: no envelope is for " + carol_.text());
  EXPECT_EQ(code_of(remove(keys(alice_), {.recipients = {bob_.text(), ""}})), "not_found");
  EXPECT_EQ(code_of(remove(keys(alice_), {.recipients = {alice_.text(), bob_.text()}})), "misuse");
  EXPECT_EQ(code_of(remove(keys(alice_), {.envelopes = {0}})), "not_found");
  EXPECT_EQ(why(remove(keys(alice_), {.envelopes = {2}})), "not_found: there is no envelope 2: the package has 1");
  EXPECT_EQ(code_of(remove(keys(carol_), bob_)), "no_key");
  EXPECT_EQ(why(remove(keys(alice_), {.recipients = {bob_.text(), bob_.text()}})), "");
}

TEST_F(Change, MistakesWithAdding) {
  make(recipients(alice_.recipient()));
  EXPECT_EQ(code_of(add(keys(alice_), std::span<const Recipient>())), "misuse");
  EXPECT_EQ(code_of(add(keys(bob_), carol_)), "no_key");
  EXPECT_EQ(code_of(add({}, carol_)), "no_key");
}

TEST_F(Change, WhatIsNotSealedHasNoKeys) {
  make(nullptr);
  EXPECT_EQ(code_of(ops::list_envelopes(path_)), "misuse");
  EXPECT_EQ(code_of(ops::export_envelope(path_, 1)), "misuse");
  EXPECT_EQ(code_of(add({}, bob_)), "misuse");
  EXPECT_EQ(code_of(remove({}, {.envelopes = {1}})), "misuse");
  EXPECT_EQ(code_of(add(keys(alice_), bob_)), "auth_failed") << "a key is given: it ought to be sealed";
}

}  // namespace
}  // namespace npk::testing
