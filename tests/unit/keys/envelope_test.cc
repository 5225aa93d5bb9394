// Envelopes listed and exported, with and without a key.
#include "keys_support.h"

namespace npk::testing {
namespace {

class Envelopes : public KeysTest {};

TEST_F(Envelopes, WithoutAKeyTheKindsShow) {
  make(recipients(passphrase_recipient("word"), alice_.recipient(), recipient(kSshRecipient)));
  const auto found = envelopes();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].stanzas, std::vector<std::string>{"scrypt"});
  EXPECT_EQ(found[1].stanzas, (std::vector<std::string>{"X25519", "ssh-ed25519"}));
  EXPECT_EQ(found[0].position, format::kSuperblockBytes);
  for (const ops::EnvelopeInfo& envelope : found) {
    EXPECT_FALSE(envelope.is_open || envelope.is_own || envelope.is_complete || envelope.problem);
    EXPECT_TRUE(envelope.recipients.empty() && envelope.epochs.empty());
  }
}

TEST_F(Envelopes, WhoOpensOneSeesWhomItIsFor) {
  make(recipients(passphrase_recipient("word"), alice_.recipient(), recipient(kSshRecipient)));
  auto found = envelopes(keys(alice_));
  EXPECT_FALSE(found[0].is_open);
  EXPECT_TRUE(found[1].is_open && found[1].is_own && found[1].is_complete);
  EXPECT_EQ(found[1].recipients, (std::vector<std::string>{alice_.text(), std::string(kSshRecipient)}));
  EXPECT_EQ(found[1].epochs, std::vector<std::uint32_t>{1});
  found = envelopes(keys(identities(passphrase_identity("word"))));
  EXPECT_EQ(found[0].recipients, std::vector<std::string>{""});
  EXPECT_TRUE(found[0].is_complete && !found[1].is_open);
}

TEST_F(Envelopes, AnExportedOneIsAnAgeFile) {
  make(recipients(alice_.recipient()));
  const Bytes age_file = ops::export_envelope(path_, 1).value();
  EXPECT_TRUE(as_text(age_file).starts_with("age-encryption.org/v1\n"));
  EXPECT_EQ(record_in(age_file, alice_.identity()).recipients, std::vector<std::string>{alice_.text()});
  EXPECT_EQ(envelopes()[0].bytes, age_file.size());
  for (const std::size_t number : {0U, 2U}) EXPECT_EQ(code_of(ops::export_envelope(path_, number)), "not_found");
}

TEST_F(Envelopes, FilesThatAreNone) {
  EXPECT_EQ(code_of(ops::list_envelopes(path_)), "not_found");
  EXPECT_EQ(code_of(add({}, alice_)), "not_found");
  write_file(path_, "no package");
  EXPECT_NE(code_of(ops::list_envelopes(path_)), "");
  make(recipients(alice_.recipient()));
  const Bytes whole = bytes();
  write_file(path_, as_text(whole).substr(0, whole.size() - 1));
  EXPECT_EQ(code_of(ops::list_envelopes(path_, keys(alice_))), "corrupt");
  EXPECT_EQ(code_of(add(keys(alice_), bob_)), "corrupt");
}

}  // namespace
}  // namespace npk::testing
