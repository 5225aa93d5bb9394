#include "npk/age.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>

#include "crypto/age_header.h"
#include "crypto/age_payload.h"
#include "unit/crypto/age_support.h"

namespace npk {
namespace {

constexpr std::size_t kChunk = 65536;

Bytes noise(std::size_t size) {
  std::mt19937 random(static_cast<std::uint32_t>(size) + 1);
  Bytes bytes(size);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
  return bytes;
}

struct Kind {
  const char* name;
  std::function<Recipient()> recipient;
  std::function<Identity()> identity;
};

std::vector<Kind> kinds() {
  return {{"X25519", [] { return recipient(); }, [] { return identity(); }},
          {"ssh-ed25519", [] { return recipient(kSshRecipient); }, [] { return ssh_identity(); }},
          {"scrypt", [] { return passphrase_recipient("word"); }, [] { return passphrase_identity("word"); }}};
}

TEST(Age, GivesBackWhatWasEncrypted) {
  for (const Kind& kind : kinds()) {
    const auto to = list(kind.recipient());
    const auto mine = list(kind.identity());
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk,
                                   2 * kChunk + 1, std::size_t{200'000}, kMaxAgePlaintextBytes}) {
      const Bytes plaintext = noise(size);
      const Bytes file = age_encrypt(plaintext, to).value();
      const SecretBytes back = age_decrypt(file, mine).value();
      EXPECT_TRUE(std::ranges::equal(back.view(), plaintext)) << kind.name << " " << size;
      EXPECT_NE(file, age_encrypt(plaintext, to).value());
    }
  }
}

TEST(Age, AnyOfSeveralRecipientsOpens) {
  const GeneratedIdentity other = generate_identity().value();
  const Bytes file =
      age_encrypt(as_bytes("text"), list(recipient(), recipient(kSshRecipient), other.identity.recipient().value()))
          .value();
  EXPECT_EQ(opened(file, list(identity())), "text");
  EXPECT_EQ(opened(file, list(ssh_identity())), "text");
  EXPECT_EQ(opened(file, list(identity(as_text(other.text.view())))), "text");
  EXPECT_EQ(opened(file, list(passphrase_identity("word"), generate_identity().value().identity, identity())), "text");
  EXPECT_EQ(opened(file, list(generate_identity().value().identity)), "no_key");
  EXPECT_EQ(opened(file, {}), "no_key");
}

TEST(Age, ReadsAFileOfStockAge) {
  EXPECT_EQ(opened(as_bytes(kArmored), list(identity())), kArmoredPlaintext);
  EXPECT_EQ(opened(as_bytes(kArmored), list(ssh_identity())), kArmoredPlaintext);
}

TEST(Age, SaysForWhom) {
  const auto stanzas = describe_stanzas(as_bytes(kArmored)).value();
  ASSERT_EQ(stanzas.size(), 2U);
  EXPECT_EQ(stanzas[0].type, "X25519");
  EXPECT_EQ(stanzas[0].arguments.size(), 1U);
  EXPECT_EQ(stanzas[1].type, "ssh-ed25519");
  EXPECT_EQ(stanzas[1].arguments.size(), 2U);
  const auto passphrase = describe_stanzas(age_encrypt({}, list(passphrase_recipient("word", 11))).value()).value();
  EXPECT_EQ(passphrase.at(0).type, "scrypt");
  EXPECT_EQ(passphrase.at(0).arguments.at(1), "11");
}

TEST(Age, RefusesWhatCallersMayNotAsk) {
  const auto code = [](ByteView plaintext, std::span<const Recipient> to) {
    return age_encrypt(plaintext, to).error().code;
  };
  EXPECT_EQ(code({}, {}), Errc::misuse);
  EXPECT_EQ(code({}, list(passphrase_recipient("word"), recipient())), Errc::misuse);
  EXPECT_EQ(code({}, list(recipient(), passphrase_recipient("word"))), Errc::misuse);
  EXPECT_EQ(code({}, list(passphrase_recipient("word"), passphrase_recipient("word"))), Errc::misuse);
  EXPECT_EQ(code(Bytes(kMaxAgePlaintextBytes + 1), list(recipient())), Errc::limit);
  auto gone = list(recipient());
  const Recipient taken = std::move(gone[0]);
  EXPECT_EQ(code({}, gone), Errc::misuse);
}

TEST(Age, KeepsItsBounds) {
  std::vector<Recipient> many;
  for (std::size_t i = 0; i < kMaxAgeStanzas; ++i) many.push_back(recipient(kSshRecipient));
  EXPECT_EQ(opened(age_encrypt(as_bytes("text"), many).value(), list(ssh_identity())), "text");
  many.push_back(recipient());
  EXPECT_EQ(age_encrypt({}, many).error().code, Errc::limit);
  EXPECT_EQ(opened(Bytes(kMaxAgeFileBytes + 1), list(identity())), "limit");
  const SecretBytes key = SecretBytes::allocate(16).value();
  Bytes payload;
  ASSERT_TRUE(crypto::append_age_payload(payload, key.view(), Bytes(kMaxAgePlaintextBytes + 1)).has_value());
  EXPECT_EQ(crypto::open_age_payload(payload, key.view()).error().code, Errc::limit);
}

TEST(Age, WorkAboveTheLimitIsNotDone) {
  const Bytes file = age_encrypt(as_bytes("text"), list(passphrase_recipient("word", 12))).value();
  EXPECT_EQ(opened(file, list(passphrase_identity("word")), {.max_scrypt_log2 = 11}), "limit");
  EXPECT_EQ(opened(file, list(passphrase_identity("word")), {.max_scrypt_log2 = 12}), "text");
  EXPECT_EQ(opened(file, list(passphrase_identity("wort"))), "no_key");
  EXPECT_EQ(opened(file, list(identity())), "no_key");
}

void expect_refused(ByteView file, std::span<const Identity> mine, const std::string& what) {
  const auto plaintext = age_decrypt(file, mine, {.max_scrypt_log2 = 11});
  ASSERT_FALSE(plaintext.has_value()) << what;
  const Errc code = plaintext.error().code;
  EXPECT_TRUE(code == Errc::corrupt || code == Errc::auth_failed || code == Errc::no_key || code == Errc::unsupported ||
              code == Errc::limit)
      << what << ": " << plaintext.error().to_string();
}

TEST(Age, NoChangedBitGoesUnseen) {
  for (const Kind& kind : kinds()) {
    const Bytes file = age_encrypt(as_bytes("sixteen bytes ok"), list(kind.recipient())).value();
    const auto mine = list(kind.identity());
    const unsigned bits = std::string_view(kind.name) == "scrypt" ? 1 : 8;  // a try costs milliseconds there
    for (std::size_t at = 0; at < file.size(); ++at) {
      for (unsigned bit = 0; bit < bits; ++bit) {
        Bytes changed = file;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << ((bit + at) % 8)));
        expect_refused(changed, mine, std::string(kind.name) + " byte " + std::to_string(at));
      }
    }
  }
}

TEST(Age, NoArmorOfChangedBits) {
  const auto mine = list(identity());
  for (std::size_t at = 0; at < kArmored.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = bytes_of(kArmored);
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << bit));
      const std::string result = opened(changed, mine);
      // A line end may turn into blanks only behind the last line.
      EXPECT_TRUE(at + 1 == kArmored.size() || result != kArmoredPlaintext) << at;
    }
  }
}

TEST(Age, NoCutFileIsOpened) {
  for (const Kind& kind : kinds()) {
    const Bytes file = age_encrypt(as_bytes("text"), list(kind.recipient())).value();
    const auto mine = list(kind.identity());
    for (std::size_t size = 0; size < file.size(); ++size) expect_refused(ByteView(file).first(size), mine, kind.name);
  }
  const std::string_view armored = kArmored.substr(0, kArmored.size() - 1);
  for (std::size_t size = 0; size < armored.size(); ++size) {
    expect_refused(as_bytes(armored.substr(0, size)), list(identity()), "armor");
  }
}

TEST(Age, NoCutOrLongerPayloadIsOpened) {
  const Bytes file = age_encrypt(noise(3 * kChunk), list(recipient())).value();
  const auto mine = list(identity());
  const std::size_t sealed_chunk = kChunk + 16, payload = file.size() - 3 * sealed_chunk;
  for (const std::size_t chunks : {0U, 1U, 2U}) {
    EXPECT_EQ(opened(ByteView(file).first(payload + chunks * sealed_chunk), mine),
              chunks == 0 ? "corrupt" : "auth_failed");
  }
  Bytes longer = file;
  longer.push_back(0);
  EXPECT_EQ(opened(longer, mine), "corrupt");
  longer.resize(file.size() + 16);  // as an empty last chunk
  EXPECT_EQ(opened(longer, mine), "corrupt");
  longer.resize(file.size() + 17);
  EXPECT_EQ(opened(longer, mine), "auth_failed");
  Bytes swapped = file;
  std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(payload),
                   swapped.begin() + static_cast<std::ptrdiff_t>(payload + sealed_chunk),
                   swapped.begin() + static_cast<std::ptrdiff_t>(payload + sealed_chunk));
  EXPECT_EQ(opened(swapped, mine), "auth_failed");
}

TEST(Age, HeadersHaveOneForm) {
  const SecretBytes key = SecretBytes::allocate(16).value();
  for (const std::size_t body : {0U, 1U, 47U, 48U, 49U, 96U, 500U}) {
    const std::vector<AgeStanza> stanzas = {{.type = "one", .arguments = {}, .body = noise(body)},
                                            {.type = "two", .arguments = {"a", "!~"}, .body = noise(body + 1)}};
    Bytes file = crypto::write_age_header(stanzas, key.view()).value();
    const auto header = crypto::read_age_header(file).value();
    EXPECT_TRUE(crypto::check_age_header(header, key.view()).has_value());
    EXPECT_EQ(crypto::write_age_header(header.stanzas, key.view()).value(), file);
    EXPECT_EQ(header.stanzas[1].body, stanzas[1].body);
    EXPECT_TRUE(header.payload.empty());
  }
}

}  // namespace
}  // namespace npk
