// The published vectors of what age files are made of.
#include "crypto/primitives.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <sodium.h>
#include <string>
#include <utility>

#include "crypto/base64.h"
#include "crypto/sodium.h"

namespace npk::crypto {
namespace {

std::string hex(ByteView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Bytes unhex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

Bytes count_up(std::uint8_t first, std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

TEST(Primitives, HkdfAsInRfc5869) {
  const auto derive = [](ByteView key, ByteView salt, ByteView info) {
    return hex(hkdf_sha256(key, salt, as_text(info)).value().view());
  };
  EXPECT_EQ(derive(Bytes(22, 0x0b), count_up(0, 13), count_up(0xf0, 10)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(derive(count_up(0, 80), count_up(0x60, 80), count_up(0xb0, 80)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c");
  EXPECT_EQ(derive(Bytes(22, 0x0b), {}, {}), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(Primitives, X25519AsInRfc7748) {
  const auto multiply = [](std::string_view scalar, std::string_view point) {
    return hex(x25519(unhex(scalar), unhex(point)).value().view());
  };
  EXPECT_EQ(multiply("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  EXPECT_EQ(multiply("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                     "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"),
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
  static constexpr std::string_view kAlice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
  static constexpr std::string_view kAlicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
  static constexpr std::string_view kBob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
  static constexpr std::string_view kBobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
  EXPECT_EQ(hex(x25519_base(unhex(kAlice)).value()), kAlicePublic);
  EXPECT_EQ(hex(x25519_base(unhex(kBob)).value()), kBobPublic);
  EXPECT_EQ(multiply(kAlice, kBobPublic), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  EXPECT_EQ(multiply(kBob, kAlicePublic), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

TEST(Primitives, X25519IteratedAsInRfc7748) {
  Bytes scalar = unhex("09"), point;
  scalar.resize(32);
  point = scalar;
  for (int i = 0; i < 1000; ++i) {
    const SecretBytes next = x25519(scalar, point).value();
    point = std::exchange(scalar, Bytes(next.view().begin(), next.view().end()));
    if (i == 0) {
      EXPECT_EQ(hex(scalar), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
  }
  EXPECT_EQ(hex(scalar), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST(Primitives, X25519RefusesPointsOfLowOrder) {
  for (const std::string_view point : {"0000000000000000000000000000000000000000000000000000000000000000",
                                       "0100000000000000000000000000000000000000000000000000000000000000",
                                       "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                                       "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                                       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                       "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const auto secret = x25519(count_up(1, 32), unhex(point));
    ASSERT_FALSE(secret.has_value()) << point;
    EXPECT_EQ(secret.error().code, Errc::corrupt);
  }
}

// Section 2.8.2, but for the tag: it covers associated data, which age has none of. Files of stock age test tags.
TEST(Primitives, ChaCha20Poly1305AsInRfc8439) {
  static constexpr std::string_view kPlaintext =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
      "it.";
  const Bytes key = count_up(0x80, 32);
  Nonce nonce{0x07, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
  Bytes sealed(kPlaintext.size() + kTagBytes);
  seal(sealed, key, nonce, as_bytes(kPlaintext));
  EXPECT_EQ(
      hex(ByteView(sealed).first(kPlaintext.size())),
      "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e06"
      "0b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586"
      "cec64b6116");
  Bytes opened(kPlaintext.size());
  ASSERT_TRUE(open(opened, key, nonce, sealed));
  EXPECT_EQ(as_text(opened), kPlaintext);
  sealed[5] ^= 1;
  EXPECT_FALSE(open(opened, key, nonce, sealed));
  EXPECT_EQ(std::ranges::count(opened, 0), std::ssize(opened));
}

TEST(Primitives, ScryptAsInRfc7914) {
  const auto derive = [](std::string_view passphrase, std::string_view salt, const ScryptCost& cost) {
    return hex(scrypt(as_bytes(passphrase), as_bytes(salt), cost, 64).value().view());
  };
  EXPECT_EQ(derive("", "", {.log2_n = 4, .r = 1, .p = 1}),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
            "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  EXPECT_EQ(derive("password", "NaCl", {.log2_n = 10, .r = 8, .p = 16}),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  EXPECT_EQ(derive("pleaseletmein", "SodiumChloride", {.log2_n = 14, .r = 8, .p = 1}),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

TEST(Primitives, ScryptWithoutTheMemoryForIt) {
  const auto key = scrypt({}, {}, {.log2_n = 40});
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().code, Errc::limit);
}

TEST(Base64, AsInRfc4648) {
  static constexpr std::pair<std::string_view, std::string_view> kVectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : kVectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), text);
    EXPECT_EQ(as_text(base64_decode(text).value()), plain);
    const std::string padded = std::string(text) + std::string((4 - text.size() % 4) % 4, '=');
    EXPECT_EQ(as_text(base64_decode(padded, Padding::required).value()), plain);
  }
}

TEST(Base64, HasSixtyFourCharacters) {
  int taken = 0;
  for (int c = 0; c < 256; ++c) {
    const std::string text = std::string("Zm9") + static_cast<char>(c);
    const auto bytes = base64_decode(text);
    if (bytes) {
      EXPECT_EQ(base64_encode(*bytes), text);
    }
    taken += bytes.has_value() ? 1 : 0;
  }
  EXPECT_EQ(taken, 64);
}

TEST(Base64, RefusesWhatAnEncoderWouldNotWrite) {
  for (const std::string_view text : {"Zh", "Zm9", "Z", "Zg==", "Zg=", "Zg ", " Zg", "Zm\n8", "Z-8_", "Zm8\r"}) {
    EXPECT_FALSE(base64_decode(text).has_value()) << text;
  }
  for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Zm9v=", "Zm9v====", "Zh==", "=", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text, Padding::required).has_value()) << text;
  }
}

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
TEST(Sealing, XChaCha20Poly1305IsTheDrafts) {
  const std::string_view text = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const Bytes key = unhex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const Bytes nonce = unhex("404142434445464748494a4b4c4d4e4f5051525354555657"), data = unhex("50515253c0c1c2c3c4c5c6c7");
  Bytes sealed(text.size()), tag(16);
  ASSERT_TRUE(start_sodium());
  ::crypto_aead_xchacha20poly1305_ietf_encrypt_detached(sealed.data(), tag.data(), nullptr, as_bytes(text).data(), text.size(), data.data(),
                                                        data.size(), nullptr, nonce.data(), key.data());
  EXPECT_EQ(sealed, unhex("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96"
                             "b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"));
  EXPECT_EQ(tag, unhex("c0875924c1c7987947deafd8780acf49"));
}

// McGrew and Viega, The Galois/Counter Mode of Operation (submitted to NIST), test case 16.
TEST(Sealing, Aes256GcmIsThePublished) {
  ASSERT_TRUE(start_sodium());
  if (::crypto_aead_aes256gcm_is_available() == 0) GTEST_SKIP() << "not on this processor";
  const Bytes key = unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const Bytes nonce = unhex("cafebabefacedbaddecaf888"), data = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes text = unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  Bytes sealed(text.size()), tag(16);
  ::crypto_aead_aes256gcm_encrypt_detached(sealed.data(), tag.data(), nullptr, text.data(), text.size(), data.data(), data.size(), nullptr,
                                           nonce.data(), key.data());
  EXPECT_EQ(sealed, unhex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"));
  EXPECT_EQ(tag, unhex("76fc6ece0f4e1768cddf8853bb2d551b"));
}

}  // namespace
}  // namespace npk::crypto
