#include "npk/recipients.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "crypto/scrypt_work.h"
#include "unit/crypto/age_support.h"

namespace npk {
namespace {

using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<Recipient> && !std::is_copy_constructible_v<Identity>);

template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "read" : std::string(errc_name(result.error().code));
}
std::string recipients_of(std::string_view text) {
  return outcome(parse_recipients(as_bytes(text)));
}
std::string identities_of(std::string_view text) {
  return outcome(parse_identities(as_bytes(text)));
}

TEST(Recipients, TheSpecificationsExample) {
  EXPECT_EQ(identity().recipient().value().text(), kRecipient);
  EXPECT_EQ(recipient().text(), kRecipient);
  std::string upper(kRecipient);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(recipient(upper).text(), kRecipient);
}

TEST(Recipients, OfSshKeys) {
  EXPECT_EQ(ssh_identity().recipient().value().text(), kSshRecipient);
  EXPECT_EQ(recipient(std::string(kSshRecipient) + " some one@host").text(), kSshRecipient);
  EXPECT_EQ(recipient("  " + std::string(kSshRecipient) + "\t\r\n").text(), kSshRecipient);
}

TEST(Recipients, OneToALine) {
  const std::string file = "# team\r\n\r\n" + std::string(kRecipient) + "\r\n  \n#" + std::string(kRecipient) + "\n" +
                           std::string(kSshRecipient) + " comment\n" + std::string(kRecipient);
  const auto keys = parse_recipients(as_bytes(file)).value();
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0].text(), kRecipient);
  EXPECT_EQ(keys[1].text(), kSshRecipient);
  EXPECT_EQ(keys[2].text(), kRecipient);
}

struct RecipientCase {
  std::string text, code;
};

TEST(Recipients, RefusedWithTheirCode) {
  const std::string age(kRecipient), ssh(kSshRecipient);
  const std::string low_order = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
  const RecipientCase cases[] = {{"", "corrupt"},
                        {"# nothing\n\n", "corrupt"},
                        {age.substr(0, age.size() - 1), "corrupt"},
                        {age + "q", "corrupt"},
                        {age + " comment", "corrupt"},
                        {"Age" + age.substr(3), "corrupt"},
                        {std::string(kIdentity), "corrupt"},
                        {low_order, "corrupt"},
                        {std::string(kEcdsaRecipient), "unsupported"},
                        {"ssh-rsa AAAAB3NzaC1yc2E=", "unsupported"},
                        {"ssh-ed25519", "corrupt"},
                        {"ssh-ed25519 AAAA", "corrupt"},
                        {ssh.substr(0, ssh.size() - 4), "corrupt"},
                        {ssh + "AAAA", "corrupt"},
                        {ssh.substr(0, ssh.size() - 1) + "-", "corrupt"},
                        {"ssh-ed25519x AAAA", "unsupported"},
                        {age + "\nnonsense\n", "corrupt"},
                        {"github:someone", "corrupt"},
                        {std::string(1, '\0'), "corrupt"}};
  for (const RecipientCase& one : cases) EXPECT_EQ(recipients_of(one.text), one.code) << one.text;
}

TEST(Recipients, ThatNoSecretCanBeSharedWith) {
  // y = 1, of order 1, and one that is on no curve.
  const std::string neutral = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const std::string off_curve = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  EXPECT_EQ(recipients_of(neutral), "corrupt");
  EXPECT_EQ(recipients_of(off_curve), "corrupt");
}

TEST(Recipients, FilesHaveBounds) {
  std::string lines;
  for (std::size_t i = 0; i < kMaxKeysPerFile; ++i) lines += std::string(kSshRecipient) + "\n";
  EXPECT_EQ(recipients_of(lines), "read");
  EXPECT_EQ(recipients_of(lines + std::string(kRecipient)), "limit");
  EXPECT_EQ(recipients_of(std::string(kMaxKeyFileBytes + 1, '\n')), "limit");
  EXPECT_EQ(identities_of(std::string(kMaxKeyFileBytes + 1, '\n')), "limit");
}

TEST(Identities, AsAgeKeygenWritesThem) {
  const GeneratedIdentity other = generate_identity().value();
  const std::string file = "# created: 2026-01-01T00:00:00Z\n# public key: " + std::string(kRecipient) + "\n" +
                           std::string(kIdentity) + "\n\n" + std::string(as_text(other.text.view())) + "\r\n";
  const auto keys = parse_identities(as_bytes(file)).value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].recipient().value().text(), kRecipient);
  EXPECT_EQ(keys[1].recipient().value().text(), other.identity.recipient().value().text());
}

TEST(Identities, RefusedWithTheirCode) {
  const std::string age(kIdentity), ssh(kSshIdentity);
  const std::string first_line = ssh.substr(0, ssh.find('\n') + 1);
  const RecipientCase cases[] = {{"", "corrupt"},
                        {"# nothing\n", "corrupt"},
                        {std::string(kRecipient), "corrupt"},
                        {age.substr(0, age.size() - 1), "corrupt"},
                        {"age" + age.substr(3), "corrupt"},
                        {age + "\n" + ssh, "corrupt"},
                        {ssh + age, "corrupt"},
                        {ssh.substr(0, ssh.size() / 2), "corrupt"},
                        {first_line, "corrupt"},
                        {first_line + "AAAA\n-----END OPENSSH PRIVATE KEY-----\n", "corrupt"},
                        {std::string(kSshIdentityWithPassphrase), "unsupported"},
                        {std::string(kEcdsaIdentity), "unsupported"},
                        {"-----BEGIN RSA PRIVATE KEY-----\n", "unsupported"},
                        {"-----BEGIN PRIVATE KEY-----\n", "unsupported"},
                        {std::string(kArmored), "unsupported"},
                        {"age-encryption.org/v1\n-> scrypt", "unsupported"}};
  for (const RecipientCase& one : cases) EXPECT_EQ(identities_of(one.text), one.code) << one.text;
}

// The mistakes that are made: each says which of the two it is.
TEST(Identities, AndRecipientsAreNotTakenForEachOther) {
  for (const std::string_view text : {kRecipient, kSshRecipient, kEcdsaRecipient}) {
    const auto keys = parse_identities(as_bytes(text));
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().message, "line 1: a recipient where an identity belongs");
  }
  EXPECT_EQ(parse_recipients(as_bytes(kIdentity)).error().message, "line 1: an identity where a recipient belongs");
  for (const std::string_view text : {kSshIdentity, kSshIdentityWithPassphrase, kEcdsaIdentity})
    EXPECT_EQ(parse_recipients(as_bytes(text)).error().message, "line 1: a private key where a recipient belongs");
}

TEST(Identities, WithAPassphraseSayWhatToDo) {
  const auto closed = parse_identities(as_bytes(kSshIdentityWithPassphrase));
  ASSERT_FALSE(closed.has_value());
  EXPECT_NE(closed.error().message.find("ssh-keygen -p"), std::string::npos);
  const auto sealed = parse_identities(as_bytes(kArmored));
  ASSERT_FALSE(sealed.has_value());
  EXPECT_NE(sealed.error().message.find("encrypted"), std::string::npos);
}

// A changed file is refused, or it is the comment that changed.
TEST(Identities, OfSshAreReadWholeOrNot) {
  const std::string ssh(kSshIdentity);
  std::size_t read = 0;
  for (std::size_t at = 0; at + 1 < ssh.size(); ++at) {
    std::string changed = ssh;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto keys = parse_identities(as_bytes(changed));
    if (!keys) continue;
    EXPECT_EQ(keys->front().recipient().value().text(), kSshRecipient) << at;
    ++read;
  }
  EXPECT_LE(read, 16U);
}

// Every 8 characters of the text in a row are looked for.
void expect_no_part(const std::string& message, std::string_view text) {
  for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
    ASSERT_EQ(message.find(text.substr(at, 8)), std::string::npos) << message;
  }
}

TEST(Identities, ErrorsNameTheLineAndHoldNoKey) {
  const std::string key(kIdentity);
  for (std::size_t at = 0; at < key.size(); ++at) {
    std::string changed = key;
    changed[at] = changed[at] == 'Q' ? 'P' : 'Q';
    const auto keys = parse_identities(as_bytes("# mine\n\n" + changed + "\n"));
    if (keys) continue;  // only where nothing changed
    EXPECT_TRUE(keys.error().message.starts_with("line 3: ")) << keys.error().message;
    expect_no_part(keys.error().to_string(), key.substr(16));
    expect_no_part(keys.error().to_string(), changed.substr(16));
  }
  for (std::size_t size = 1; size < kSshIdentity.size() - 2; ++size) {
    const auto keys = parse_identities(as_bytes(kSshIdentity.substr(0, size)));
    ASSERT_FALSE(keys.has_value()) << size;
    for (std::size_t at = 40; at + 70 < kSshIdentity.size(); at += 70) {
      ASSERT_EQ(keys.error().to_string().find(kSshIdentity.substr(at, 20)), std::string::npos);
    }
  }
}

TEST(Identities, AreGeneratedAnew) {
  const GeneratedIdentity one = generate_identity().value(), other = generate_identity().value();
  const std::string text(as_text(one.text.view()));
  EXPECT_TRUE(text.starts_with("AGE-SECRET-KEY-1"));
  EXPECT_EQ(text.size(), kIdentity.size());
  EXPECT_NE(text, as_text(other.text.view()));
  EXPECT_EQ(identity(text).recipient().value().text(), one.identity.recipient().value().text());
}

TEST(Passphrases, HaveNoText) {
  EXPECT_TRUE(passphrase_recipient("word").is_passphrase());
  EXPECT_TRUE(passphrase_identity("word").is_passphrase());
  EXPECT_FALSE(recipient().is_passphrase());
  EXPECT_EQ(passphrase_recipient("word").text(), "");
  EXPECT_TRUE(passphrase_identity("word").recipient().value().is_passphrase());
}

TEST(Passphrases, AreNotEmptyAndCostWhatIsAllowed) {
  const auto with = [](std::string_view passphrase, int log2_work) {
    return outcome(Recipient::from_passphrase(SecretBytes::copy_of(passphrase).value(), log2_work));
  };
  EXPECT_EQ(with("", 12), "misuse");
  EXPECT_EQ(with("word", 9), "misuse");
  EXPECT_EQ(with("word", 21), "misuse");
  EXPECT_EQ(with("word", -1), "misuse");
  EXPECT_EQ(with("word", 20), "read");
  EXPECT_EQ(outcome(Identity::from_passphrase({})), "misuse");
}

TEST(Passphrases, CostAboutASecondByDefault) {
  EXPECT_EQ(crypto::scrypt_log2_for(62'500us), 18);
  EXPECT_EQ(crypto::scrypt_log2_for(50ms), 18);
  EXPECT_EQ(crypto::scrypt_log2_for(40ms), 19);
  EXPECT_EQ(crypto::scrypt_log2_for(1s), 14);
  EXPECT_EQ(crypto::scrypt_log2_for(2s), 13);
  EXPECT_EQ(crypto::scrypt_log2_for(1000s), kMinScryptLog2);
  EXPECT_EQ(crypto::scrypt_log2_for(0ns), kMaxScryptLog2);
  const int measured = crypto::measure_scrypt_log2().value();
  EXPECT_GE(measured, kMinScryptLog2);
  EXPECT_LE(measured, kMaxScryptLog2);
}

}  // namespace
}  // namespace npk
