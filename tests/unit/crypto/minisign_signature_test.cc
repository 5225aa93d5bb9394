#include <gmock/gmock.h>
#include <algorithm>
#include <utility>

#include "unit/crypto/minisign_samples.h"

namespace npk {
namespace {

using ::testing::HasSubstr;
using testing::kLegacySignatureFile;
using testing::kMessage;
using testing::kSignatureFile;
using testing::public_key;
using testing::signer;
using ::testing::StartsWith;

ByteView message() {
  return as_bytes(kMessage);
}
MessageDigest digest() {
  return hash_message(message()).value();
}
Signature signature(std::string_view text = kSignatureFile) {
  return parse_signature(text).value();
}

// Both ways to verify; they differ for legacy signatures alone.
Errc refusal(const SignatureKey& key, const Signature& by, ByteView over = message()) {
  const auto whole = verify_signature(key, by, over);
  const auto hashed = verify_signature(key, by, hash_message(over).value());
  if (whole || hashed) return Errc::internal;
  EXPECT_EQ(whole.error().code, hashed.error().code);
  return whole.error().code;
}

std::string with_line(std::string_view file, unsigned number, std::string_view line) {
  std::string out;
  for (unsigned at = 1; !file.empty(); ++at) {
    const std::size_t end = file.find('\n');
    out += std::string(at == number ? line : file.substr(0, end)) + "\n";
    file.remove_prefix(end + 1);
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

TEST(Signature, SaysWhatMinisignWrote) {
  const Signature found = signature();
  EXPECT_TRUE(found.is_prehashed);
  EXPECT_EQ(found.key_id.to_string(), "20326778619CF440");
  EXPECT_EQ(found.comments.trusted, "commit 42, by José");
  EXPECT_EQ(found.comments.untrusted, "signature from npk");
  EXPECT_FALSE(signature(kLegacySignatureFile).is_prehashed);
}

TEST(Signature, VerifiesWhatMinisignSigned) {
  EXPECT_TRUE(verify_signature(public_key(), signature(), message()));
  EXPECT_TRUE(verify_signature(public_key(), signature(), digest()));
  const SignatureKey sealed = SignatureKey::parse(testing::kSealedPublicKeyLine).value();
  EXPECT_TRUE(verify_signature(sealed, signature(testing::kSealedSignatureFile), digest()));
}

TEST(Signature, ALegacyOneNeedsTheMessage) {
  const Signature legacy = signature(kLegacySignatureFile);
  EXPECT_TRUE(verify_signature(public_key(), legacy, message()));
  const auto hashed = verify_signature(public_key(), legacy, digest());
  EXPECT_EQ(hashed.error().code, Errc::unsupported);
  EXPECT_THAT(hashed.error().message, HasSubstr("legacy"));
  EXPECT_EQ(verify_signature(public_key(), legacy, as_bytes("another")).error().code, Errc::auth_failed);
}

TEST(Signature, IsTheOneMinisignMakes) {
  const SignatureComments comments = {.trusted = "commit 42, by José"};
  EXPECT_EQ(sign_message(signer(), message(), comments).value().to_file(), kSignatureFile);
  EXPECT_EQ(sign_message(signer(), digest(), comments).value().to_file(), kSignatureFile);
  const Signer plain = Signer::parse(as_bytes(testing::kUnsealedKeyFile)).value();
  EXPECT_EQ(sign_message(plain, message(), {"sealed key", "signature from minisign secret key"}).value().to_file(),
            testing::kSealedSignatureFile);
}

TEST(Signature, IsWrittenAsItWasRead) {
  for (const auto text : {kSignatureFile, kLegacySignatureFile, testing::kSealedSignatureFile}) {
    EXPECT_EQ(signature(text).to_file(), text);
    EXPECT_EQ(signature(with_crlf(text)).to_file(), text);
    EXPECT_EQ(signature(text.substr(0, text.size() - 1)).to_file(), text);
  }
}

TEST(Signature, VerifiesWhatWasSignedHere) {
  for (const std::string& trusted : {std::string(), std::string("a\tb"), std::string(8173, 'x')}) {
    for (const std::string_view text : {"", "x", "a longer message"}) {
      const Signature made = sign_message(signer(), as_bytes(text), {trusted, ""}).value();
      const std::string file = with_crlf(made.to_file());
      EXPECT_LE(file.size(), kMaxSignatureFileBytes);
      EXPECT_TRUE(verify_signature(public_key(), signature(file), as_bytes(text)));
      EXPECT_EQ(refusal(public_key(), signature(file)), Errc::auth_failed);
    }
  }
}

TEST(Signature, SaysWhatDoesNotFit) {
  const auto text_of = [](const SignatureKey& key, const Signature& by, ByteView over) {
    const auto done = verify_signature(key, by, over);
    return std::string(errc_name(done.error().code)) + ": " + done.error().message;
  };
  EXPECT_EQ(text_of(public_key(), signature(), as_bytes("another")),
            "auth_failed: the signature is not over this content by key 20326778619CF440");
  Signature commented = signature();
  commented.comments.trusted = "commit 43, by José";
  EXPECT_EQ(text_of(public_key(), commented, message()),
            "auth_failed: the signature's trusted comment is not what was signed");
  EXPECT_EQ(text_of(SignatureKey::parse(testing::kSealedPublicKeyLine).value(), signature(), message()),
            "auth_failed: signed with key 20326778619CF440, not with 09B6A0E7B6AB1482");
}

TEST(Signature, AnotherKeyWithTheSameIdDoesNotVerify) {
  const SignatureKey other = SignatureKey::parse(testing::kSealedPublicKeyLine).value();
  std::array<std::uint8_t, SignatureKey::kPointBytes> point;
  std::ranges::copy(other.point(), point.begin());
  EXPECT_EQ(refusal(SignatureKey(public_key().id(), point), signature()), Errc::auth_failed);
}

TEST(Signature, ALegacySignatureOfAHashIsOneOfTheMessage) {
  Signature turned = signature();
  turned.is_prehashed = false;  // the algorithm is not signed, in minisign either
  EXPECT_EQ(verify_signature(public_key(), turned, digest()).error().code, Errc::unsupported);
  EXPECT_EQ(verify_signature(public_key(), turned, message()).error().code, Errc::auth_failed);
  EXPECT_TRUE(verify_signature(public_key(), turned, digest().bytes));
}

TEST(Signature, NoChangedBitVerifies) {
  const Signature original = signature();
  std::size_t verified = 0;
  for (std::size_t bit = 0; bit < kSignatureFile.size() * 8; ++bit) {
    std::string text(kSignatureFile);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
    const auto parsed = parse_signature(text);
    if (!parsed) continue;
    if (parsed->comments.untrusted == original.comments.untrusted) {
      EXPECT_FALSE(verify_signature(public_key(), *parsed, message())) << "bit " << bit;
      EXPECT_FALSE(verify_signature(public_key(), *parsed, digest())) << "bit " << bit;
    } else {
      verified += verify_signature(public_key(), *parsed, message()).has_value();
    }
  }
  EXPECT_GT(verified, 0U);  // anyone may change the untrusted comment
}

TEST(Signature, NoTruncationIsOne) {
  for (std::size_t size = 0; size + 1 < kSignatureFile.size(); ++size) {
    const auto cut = parse_signature(kSignatureFile.substr(0, size));
    ASSERT_FALSE(cut.has_value()) << size;
    EXPECT_EQ(cut.error().code, Errc::corrupt) << size;
  }
}

TEST(Signature, WhatIsNone) {
  const std::string good(kSignatureFile);
  const std::string second =
      "RURA9JxheGcyIMFK79L73eW+V/tXeRPL9vvZwREdfWEm8XfO3UVeFaVzLu0NzFnCcgYzpp28aQs78uZ64mlLpPp4v/aSKokM1QM";
  const struct {
    const char* name;
    std::string text;
    Errc code;
    const char* line;
  } cases[] = {
      {"empty", "", Errc::corrupt, "line 1"},
      {"line ends only", "\n\n\n\n", Errc::corrupt, "line 1"},
      {"empty line before", "\n" + good, Errc::corrupt, "line 1"},
      {"empty line behind", good + "\n", Errc::corrupt, "line 4"},
      {"twice", good + good, Errc::corrupt, "line 4"},
      {"byte order mark", "\xef\xbb\xbf" + good, Errc::corrupt, "line 1"},
      {"no space in the prefix", with_line(good, 1, "untrusted comment:x"), Errc::corrupt, "line 1"},
      {"comments exchanged", with_line(good, 1, "trusted comment: x"), Errc::corrupt, "line 1"},
      {"long untrusted comment", with_line(good, 1, "untrusted comment: " + std::string(1004, 'x')), Errc::corrupt,
       "line 1"},
      {"escape in the untrusted comment", with_line(good, 1, "untrusted comment: \x1b[2J"), Errc::corrupt, "line 1"},
      {"carriage return inside", with_line(good, 1, "untrusted comment: a\rb"), Errc::corrupt, "line 1"},
      {"no padding", with_line(good, 2, second), Errc::corrupt, "line 2"},
      {"spare bits", with_line(good, 2, second.substr(0, second.size() - 1) + "N="), Errc::corrupt, "line 2"},
      {"blank behind", with_line(good, 2, second + "= "), Errc::corrupt, "line 2"},
      {"shorter", with_line(good, 2, second.substr(4) + "="), Errc::corrupt, "line 2"},
      {"longer", with_line(good, 2, "AAAA" + second + "="), Errc::corrupt, "line 2"},
      {"much longer", with_line(good, 2, std::string(1 << 20, 'A')), Errc::corrupt, "line 2"},
      {"key algorithm of another kind", with_line(good, 2, "RVRA" + second.substr(4) + "="), Errc::unsupported,
       "line 2"},
      {"untrusted where trusted is due", with_line(good, 3, "untrusted comment: x"), Errc::corrupt, "line 3"},
      {"no trusted comment", with_line(good, 3, ""), Errc::corrupt, "line 3"},
      {"long trusted comment", with_line(good, 3, "trusted comment: " + std::string(8174, 'x')), Errc::corrupt,
       "line 3"},
      {"zero in the trusted comment", with_line(good, 3, std::string("trusted comment: a\0b", 20)), Errc::corrupt,
       "line 3"},
      {"Latin-1", with_line(good, 3, "trusted comment: Jos\xe9"), Errc::corrupt, "line 3"},
      {"global signature missing", good.substr(0, good.rfind('\n', good.size() - 2) + 1), Errc::corrupt, "line 4"},
      {"global signature empty", with_line(good, 4, ""), Errc::corrupt, "line 4"},
      {"global signature as long as the other", with_line(good, 4, second + "="), Errc::corrupt, "line 4"},
      {"a public key", std::string(testing::kPublicKeyFile), Errc::corrupt, "line 2"},
      {"a secret key", std::string(testing::kPlainKeyFile), Errc::corrupt, "line 2"},
  };
  for (const auto& [name, text, code, line] : cases) {
    SCOPED_TRACE(name);
    const auto parsed = parse_signature(text);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code, code) << parsed.error().message;
    EXPECT_THAT(parsed.error().message, HasSubstr(line));
    EXPECT_TRUE(testing::tells_nothing(parsed.error(), testing::kPlainKeyFile));
  }
}

void expect_refused(std::string trusted, std::string untrusted, const char* which) {
  const auto made = sign_message(signer(), message(), {std::move(trusted), std::move(untrusted)});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, Errc::misuse);
  EXPECT_THAT(made.error().message, StartsWith(which));
}

TEST(Signature, CommentsThatMayNotBe) {
  for (const std::string& comment : {std::string("a\nb: forged"), std::string("\x1b[2J"), std::string("Jos\xe9"),
                                     std::string("a\r"), std::string(1, '\0'), std::string(8174, 'x')}) {
    expect_refused(comment, "", "trusted comment");
    expect_refused("", comment, "untrusted comment");
  }
  expect_refused("", std::string(1004, 'x'), "untrusted comment");
}

// RFC 7693, appendix A.
TEST(MessageHash, IsBlake2b) {
  constexpr std::string_view kHash =
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
      "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";
  std::string text;
  const MessageDigest hash = hash_message(as_bytes("abc")).value();
  for (const std::uint8_t byte : hash.bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(text, kHash);
}

TEST(MessageHash, DoesNotDependOnTheCuts) {
  Bytes bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  const MessageDigest whole = hash_message(bytes).value();
  for (const std::size_t piece : {1U, 63U, 64U, 128U, 129U, 999U}) {
    MessageHash hash = MessageHash::start().value();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hash.update(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
      static_cast<void>(hash.finish());  // more may follow
    }
    EXPECT_EQ(hash.finish(), whole);
  }
}

TEST(MessageHash, ACopyContinuesIndependently) {
  MessageHash one = MessageHash::start().value();
  one.update(as_bytes("The package has "));
  MessageHash other = one;
  one.update(as_bytes("3 entries.\n"));
  other.update(as_bytes("none.\n"));
  EXPECT_EQ(one.finish(), digest());
  EXPECT_NE(other.finish(), digest());
}

}  // namespace
}  // namespace npk
