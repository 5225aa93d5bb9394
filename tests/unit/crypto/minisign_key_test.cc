#include <gmock/gmock.h>

#include "unit/crypto/minisign_samples.h"

namespace npk {
namespace {

using ::testing::HasSubstr;
using testing::kPublicKeyFile;
using testing::kPublicKeyLine;

TEST(SignatureKey, IsReadAsALineOrAFile) {
  const SignatureKey key = SignatureKey::parse(kPublicKeyLine).value();
  EXPECT_EQ(key.id().to_string(), "20326778619CF440");
  EXPECT_EQ(key.to_string(), kPublicKeyLine);
  EXPECT_EQ(key.to_file(), kPublicKeyFile);
  EXPECT_EQ(SignatureKey::parse(kPublicKeyFile).value(), key);
  EXPECT_EQ(SignatureKey::parse(std::string(kPublicKeyLine) + "\r\n").value(), key);
  EXPECT_EQ(SignatureKey::parse("untrusted comment: \r\n" + std::string(kPublicKeyLine) + "\r\n").value(), key);
}

TEST(SignatureKey, ItsIdHasLeadingZeros) {
  EXPECT_EQ(SignatureKey::parse(testing::kSealedPublicKeyLine).value().id().to_string(), "09B6A0E7B6AB1482");
}

TEST(SignatureKey, WhatIsNone) {
  const std::string line(kPublicKeyLine), comment = "untrusted comment: key\n";
  const struct {
    const char* name;
    std::string text;
    Errc code;
  } cases[] = {
      {"empty", "", Errc::corrupt},
      {"comment only", comment, Errc::corrupt},
      {"empty line", comment + "\n", Errc::corrupt},
      {"blank before", " " + line, Errc::corrupt},
      {"blank behind", line + " ", Errc::corrupt},
      {"another comment", "comment: key\n" + line, Errc::corrupt},
      {"two keys", line + "\n" + line, Errc::corrupt},
      {"empty line behind", line + "\n\n", Errc::corrupt},
      {"a character less", line.substr(1), Errc::corrupt},
      {"four characters less", line.substr(4), Errc::corrupt},
      {"four characters more", line + "AAAA", Errc::corrupt},
      {"padded", line + "====", Errc::corrupt},
      {"URL alphabet", "RW-_" + line.substr(4), Errc::corrupt},
      {"a zero byte", line + std::string(1, '\0'), Errc::corrupt},
      {"long comment", "untrusted comment: " + std::string(1004, 'x') + "\n" + line, Errc::corrupt},
      {"comment that steers a terminal", "untrusted comment: \x1b[2J\n" + line, Errc::corrupt},
      {"old Mac line ends", "untrusted comment: key\r" + line, Errc::corrupt},
      {"another algorithm", "RU" + line.substr(2), Errc::unsupported},
      {"a signature", std::string(testing::kSignatureFile), Errc::corrupt},
      {"a secret key", std::string(testing::kPlainKeyFile), Errc::corrupt},
  };
  for (const auto& [name, text, code] : cases) {
    SCOPED_TRACE(name);
    const auto key = SignatureKey::parse(text);
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().code, code) << key.error().message;
    EXPECT_THAT(key.error().message, HasSubstr("public key, line "));
    EXPECT_TRUE(testing::tells_nothing(key.error(), comment + line));
  }
}

TEST(SignatureKey, TheLongestComment) {
  const std::string text =
      "untrusted comment: " + std::string(1003, 'x') + "\r\n" + std::string(kPublicKeyLine) + "\r\n";
  EXPECT_TRUE(SignatureKey::parse(text));
  EXPECT_LT(text.size(), kMaxSignatureKeyFileBytes);
}

TEST(SignatureKey, NoTruncationIsOne) {
  for (std::size_t size = 0; size + 1 < kPublicKeyFile.size(); ++size) {
    EXPECT_FALSE(SignatureKey::parse(kPublicKeyFile.substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace npk
