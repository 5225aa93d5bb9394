#include <gmock/gmock.h>
#include <functional>
#include <type_traits>

#include "unit/crypto/minisign_samples.h"

namespace npk {
namespace {

using ::testing::HasSubstr;
using testing::kPlainKeyFile;
using testing::kSealedKeyFile;

static_assert(!std::is_copy_constructible_v<Signer> && !std::is_copy_assignable_v<Signer>);
static_assert(std::is_nothrow_move_constructible_v<Signer> && std::is_nothrow_move_assignable_v<Signer>);

constexpr std::size_t kFileBytes = 158;
using KeyFileBytes = std::array<std::uint8_t, kFileBytes>;

SecretBytes passphrase(std::string_view text = testing::kPassphrase) {
  return SecretBytes::copy_of(text).value();
}

std::string changed(std::string_view file, const std::function<void(KeyFileBytes&)>& change) {
  KeyFileBytes bytes = testing::key_bytes_of<kFileBytes>(file);
  change(bytes);
  return testing::key_file_of(bytes);
}

void set_cost(KeyFileBytes& bytes, std::uint64_t operations, std::uint64_t memory) {
  store_le(bytes.data() + 38, operations);
  store_le(bytes.data() + 46, memory);
}

TEST(Signer, OpensAPlainKey) {
  EXPECT_FALSE(Signer::is_encrypted(as_bytes(kPlainKeyFile)).value());
  const Signer signer = Signer::parse(as_bytes(kPlainKeyFile)).value();
  EXPECT_EQ(signer.public_key(), testing::public_key());
  EXPECT_EQ(signer.secret().size(), 64U);
}

TEST(Signer, APassphraseForAPlainKeyIsNotUsed) {
  const SecretBytes words = passphrase();
  EXPECT_TRUE(Signer::parse(as_bytes(kPlainKeyFile), &words));
}

TEST(Signer, OpensASealedKey) {
  EXPECT_TRUE(Signer::is_encrypted(as_bytes(kSealedKeyFile)).value());
  const SecretBytes words = passphrase();
  const Signer signer = Signer::parse(as_bytes(kSealedKeyFile), &words).value();
  EXPECT_EQ(signer.public_key().to_string(), testing::kSealedPublicKeyLine);
}

TEST(Signer, NeedsTheRightPassphrase) {
  for (const std::string_view text : {"", "correct hors", "correct horse ", "Correct horse"}) {
    const SecretBytes words = passphrase(text);
    const auto signer = Signer::parse(as_bytes(kSealedKeyFile), &words);
    ASSERT_FALSE(signer.has_value()) << text;
    EXPECT_EQ(signer.error().code, Errc::no_key);
    EXPECT_EQ(signer.error().message, "secret key: wrong passphrase");
  }
}

TEST(Signer, SaysThatItNeedsAPassphrase) {
  const auto signer = Signer::parse(as_bytes(kSealedKeyFile));
  EXPECT_EQ(signer.error().code, Errc::no_key);
  EXPECT_THAT(signer.error().message, HasSubstr("no passphrase"));
}

TEST(Signer, KeepsToItsLimits) {
  constexpr std::uint64_t kOperations = 1U << 20, kMemory = 32U << 20;  // the sample's
  const SecretBytes words = passphrase();
  const auto open = [&](const SignerLimits& limits) { return Signer::parse(as_bytes(kSealedKeyFile), &words, limits); };
  EXPECT_TRUE(open({.max_memory_bytes = kMemory, .max_operations = kOperations}));
  EXPECT_EQ(open({.max_memory_bytes = kMemory - 1, .max_operations = kOperations}).error().code, Errc::limit);
  EXPECT_EQ(open({.max_memory_bytes = kMemory, .max_operations = kOperations - 1}).error().code, Errc::limit);
}

TEST(Signer, WhatIsNoKey) {
  const std::string plain(kPlainKeyFile), second = plain.substr(plain.find('\n') + 1);
  const auto edit = [](std::string_view file, const std::function<void(KeyFileBytes&)>& change) {
    return changed(file, change);
  };
  const struct {
    const char* name;
    std::string text;
    Errc code;
  } cases[] = {
      {"empty", "", Errc::corrupt},
      {"no comment", second, Errc::corrupt},
      {"another comment", "comment: key\n" + second, Errc::corrupt},
      {"comment only", plain.substr(0, plain.find('\n') + 1), Errc::corrupt},
      {"a public key", std::string(testing::kPublicKeyFile), Errc::corrupt},
      {"a signature", std::string(testing::kSignatureFile), Errc::corrupt},
      {"more lines", plain + second, Errc::corrupt},
      {"a zero byte behind", plain + std::string(1, '\0'), Errc::corrupt},
      {"three bytes less", "untrusted comment: key\n" + second.substr(4), Errc::corrupt},
      {"another key algorithm", edit(plain, [](auto& b) { b[1] = 'D'; }), Errc::unsupported},
      {"another key derivation", edit(plain, [](auto& b) { b[2] = 'A'; }), Errc::unsupported},
      {"half a key derivation", edit(plain, [](auto& b) { b[2] = 'S'; }), Errc::unsupported},
      {"another checksum algorithm", edit(plain, [](auto& b) { b[5] = '3'; }), Errc::unsupported},
      {"wrong checksum", edit(plain, [](auto& b) { b[157] = 1; }), Errc::corrupt},
      {"another seed", edit(plain, [](auto& b) { b[62] ^= 1; }), Errc::corrupt},
      {"another public half", edit(plain, [](auto& b) { b[62 + 63] ^= 1; }), Errc::corrupt},
      {"4 TiB of memory", edit(kSealedKeyFile, [](auto& b) { set_cost(b, 1U << 20, 1ULL << 42); }), Errc::limit},
      {"all memory", edit(kSealedKeyFile, [](auto& b) { set_cost(b, 1U << 20, UINT64_MAX); }), Errc::limit},
      {"a byte above 1 GiB", edit(kSealedKeyFile, [](auto& b) { set_cost(b, 1U << 20, (1ULL << 30) + 1); }),
       Errc::limit},
      {"a year of work", edit(kSealedKeyFile, [](auto& b) { set_cost(b, 1ULL << 50, 1U << 25); }), Errc::limit},
      {"hardly any memory", edit(kSealedKeyFile, [](auto& b) { set_cost(b, 1U << 25, 1U << 10); }), Errc::corrupt},
      {"no work", edit(kSealedKeyFile, [](auto& b) { set_cost(b, 0, 1U << 25); }), Errc::corrupt},
      {"another salt", edit(kSealedKeyFile, [](auto& b) { b[6] ^= 1; }), Errc::no_key},
      {"another id", edit(kSealedKeyFile, [](auto& b) { b[54] ^= 1; }), Errc::no_key},
      {"another sealed seed", edit(kSealedKeyFile, [](auto& b) { b[62] ^= 1; }), Errc::no_key},
      {"sealed, said to be plain", edit(kSealedKeyFile, [](auto& b) { b[2] = b[3] = 0; }), Errc::corrupt},
  };
  const SecretBytes words = passphrase();
  for (const auto& [name, text, code] : cases) {
    SCOPED_TRACE(name);
    const auto signer = Signer::parse(as_bytes(text), &words);
    ASSERT_FALSE(signer.has_value());
    EXPECT_EQ(signer.error().code, code) << signer.error().message;
    EXPECT_THAT(signer.error().message, HasSubstr("secret key"));
    EXPECT_TRUE(testing::tells_nothing(signer.error(), kPlainKeyFile));
    EXPECT_TRUE(testing::tells_nothing(signer.error(), text));
  }
}

// As `minisign -C -W` leaves it: its checksum is there, and counts.
TEST(Signer, OpensAPlainKeyWithItsChecksum) {
  const Signer signer = Signer::parse(as_bytes(testing::kUnsealedKeyFile)).value();
  EXPECT_EQ(signer.public_key().to_string(), testing::kSealedPublicKeyLine);
  const std::string wrong = changed(testing::kUnsealedKeyFile, [](KeyFileBytes& bytes) { bytes[54] ^= 1; });
  EXPECT_EQ(Signer::parse(as_bytes(wrong)).error().code, Errc::corrupt);
}

TEST(Signer, NoTruncationIsOne) {
  for (std::size_t size = 0; size + 1 < kPlainKeyFile.size(); ++size) {
    EXPECT_FALSE(Signer::parse(as_bytes(kPlainKeyFile.substr(0, size)))) << size;
    EXPECT_FALSE(Signer::is_encrypted(as_bytes(kPlainKeyFile.substr(0, size)))) << size;
  }
}

TEST(Signer, LineEndsMayBeTheOthers) {
  std::string file(kPlainKeyFile);
  file.replace(file.find('\n'), 1, "\r\n");
  EXPECT_TRUE(Signer::parse(as_bytes(file)));
  EXPECT_TRUE(Signer::parse(as_bytes(kPlainKeyFile.substr(0, kPlainKeyFile.size() - 1))));
}

}  // namespace
}  // namespace npk
