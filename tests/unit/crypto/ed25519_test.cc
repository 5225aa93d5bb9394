#include "crypto/ed25519.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>

namespace npk::crypto {
namespace {

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

Ed25519Signature signature_from_hex(std::string_view text) {
  Ed25519Signature signature = {};
  std::ranges::copy(from_hex(text), signature.begin());
  return signature;
}

struct Vector {
  std::string_view name, seed, public_key, message, signature;

  Bytes secret() const { return from_hex(std::string(seed) + std::string(public_key)); }
};

// RFC 8032, section 7.1.
constexpr Vector kVectors[] = {
    {"1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {"SHA(abc)", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
     "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

TEST(Ed25519, SignsAsTheRfcDoes) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.name);
    EXPECT_TRUE(is_ed25519_pair(vector.secret()).value());
    EXPECT_EQ(ed25519_sign(vector.secret(), from_hex(vector.message)).value(), signature_from_hex(vector.signature));
  }
}

TEST(Ed25519, VerifiesTheRfcsSignaturesAndNoOthers) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.name);
    const Bytes key = from_hex(vector.public_key), message = from_hex(vector.message);
    Ed25519Signature signature = signature_from_hex(vector.signature);
    EXPECT_TRUE(ed25519_verify(key, signature, message).value());
    EXPECT_FALSE(ed25519_verify(key, signature, from_hex("00")).value());
    signature[40] ^= 1;
    EXPECT_FALSE(ed25519_verify(key, signature, message).value());
  }
}

TEST(Ed25519, KnowsAPairThatIsNone) {
  Bytes secret = kVectors[0].secret();
  secret[63] ^= 0x80;
  EXPECT_FALSE(is_ed25519_pair(secret).value());
}

// S + L for S verifies where S is not compared with L: the same signature in another form.
TEST(Ed25519, RefusesASignatureThatIsNotCanonical) {
  constexpr std::string_view kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  const Bytes order = from_hex(kOrder);
  Ed25519Signature signature = signature_from_hex(kVectors[1].signature);
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += unsigned{signature[32 + i]} + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(ed25519_verify(from_hex(kVectors[1].public_key), signature, from_hex("72")).value());
}

// With the identity for a key, R = identity and S = 0 would be a signature over anything.
TEST(Ed25519, RefusesAKeyOfSmallOrder) {
  Bytes key(32, 0);
  key[0] = 1;
  Ed25519Signature signature = {1};
  EXPECT_FALSE(ed25519_verify(key, signature, from_hex("72")).value());
}

}  // namespace
}  // namespace npk::crypto
