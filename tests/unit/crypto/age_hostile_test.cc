// Headers that are wrong in one place, and what is said of each.
#include <gtest/gtest.h>

#include <string>

#include "unit/crypto/age_support.h"

namespace npk {
namespace {

// The examples of the age specification. Its X25519 stanza is for its identity, kIdentity, so that a header is refused
// only for its MAC, which is another example's, where it isn't refused for its form.
const std::string kVersion = "age-encryption.org/v1\n";
const std::string kShare = "O6DLx/wDIawpUC978NSPjYvrfDtJVnZApXKp4FMPHCY";
const std::string kBody = "3aKjozt9agh7jGmvOKvR4iax41Wl4zj95MKK4X9JuWc";
const std::string kStanza = "-> X25519 " + kShare + "\n" + kBody + "\n";
const std::string kScrypt = "-> scrypt ajMFur+EJLGaohv/dLRGnw 18\n8SHBz/ldWnjyGFQqfjat6uNBarWqqEMDS7W8X7+Xq5Q\n";
const std::string kMac = "--- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s\n";
const std::string kFullLine(64, 'A');
const std::string kSshTag = "JQfZZw";

struct Case {
  const char* what;
  std::string file, code;
};

void expect_codes(std::span<const Case> cases, std::span<const Identity> mine, const AgeLimits& limits = {}) {
  for (const Case& one : cases) EXPECT_EQ(opened(as_bytes(one.file), mine, limits), one.code) << one.what;
}

std::string x25519(const std::string& arguments, const std::string& body) {
  return "-> X25519" + arguments + "\n" + body;
}
std::string with(const std::string& stanzas) {
  return kVersion + stanzas + kMac;
}

TEST(HostileAge, Headers) {
  const Case cases[] = {
      {"the example", with(kStanza), "auth_failed"},
      {"empty", "", "corrupt"},
      {"another format", "minisign", "corrupt"},
      {"another version", "age-encryption.org/v2\n", "unsupported"},
      {"no version", "age-encryption.org/\n", "corrupt"},
      {"a longer version", "age-encryption.org/v1 \n" + kStanza + kMac, "corrupt"},
      {"CRLF", "age-encryption.org/v1\r\n" + kStanza + kMac, "corrupt"},
      {"a blank before it", " " + with(kStanza), "corrupt"},
      {"no stanza", with(""), "corrupt"},
      {"no MAC", kVersion + kStanza, "corrupt"},
      {"a MAC without its line end", kVersion + kStanza + kMac.substr(0, kMac.size() - 1), "corrupt"},
      {"a MAC without its blank", kVersion + kStanza + "---" + kMac.substr(4), "corrupt"},
      {"a MAC after two blanks", kVersion + kStanza + "---  " + kMac.substr(4), "corrupt"},
      {"a blank after the MAC", kVersion + kStanza + kMac.substr(0, kMac.size() - 1) + " \n", "corrupt"},
      {"a short MAC", kVersion + kStanza + "--- AAAA\n", "corrupt"},
      {"an empty MAC", kVersion + kStanza + "--- \n", "corrupt"},
      {"only a mark", kVersion + kStanza + "---\n", "corrupt"},
      {"a MAC with padding", kVersion + kStanza + kMac.substr(0, kMac.size() - 1) + "=\n", "corrupt"},
      {"a MAC with bits left over", kVersion + kStanza + kMac.substr(0, kMac.size() - 2) + "t\n", "corrupt"},
  };
  expect_codes(cases, list(identity(), passphrase_identity("word")));
}

TEST(HostileAge, Stanzas) {
  const std::string good_arguments = " " + kShare;
  const Case cases[] = {
      {"unknown ones are skipped",
       with("-> unknown.example/type a b\n\n" + kStanza + "-> grease\n" + kFullLine + "\nAA\n"), "auth_failed"},
      {"no arguments", with("->\n\n"), "corrupt"},
      {"an empty argument", with("-> \n\n"), "corrupt"},
      {"two blanks", with("-> X25519  " + kShare + "\n" + kBody + "\n"), "corrupt"},
      {"a blank at the end", with("-> X25519 " + kShare + " \n" + kBody + "\n"), "corrupt"},
      {"no blank", with("->X25519 " + kShare + "\n" + kBody + "\n"), "corrupt"},
      {"a tab", with("-> X25519\t" + kShare + "\n" + kBody + "\n"), "corrupt"},
      {"a byte that is no ASCII", with("-> X25519\xFF " + kShare + "\n" + kBody + "\n"), "corrupt"},
      {"a CR", with("-> X25519 " + kShare + "\r\n" + kBody + "\n"), "corrupt"},
      {"no body", with("-> X25519 " + kShare + "\n"), "corrupt"},
      {"a full last line", with("-> other\n" + kFullLine + "\n"), "corrupt"},
      {"a full line, then an empty one", with("-> other\n" + kFullLine + "\n\n"), "no_key"},
      {"a long line", with("-> other\n" + kFullLine + "A\n\n"), "corrupt"},
      {"two short lines", with("-> other\nAAAA\nAAAA\n"), "corrupt"},
      {"padding", with("-> other\nAA==\n"), "corrupt"},
      {"bits left over", with("-> other\nAB\n"), "corrupt"},
      {"the other alphabet", with("-> other\n-_\n"), "corrupt"},
      {"a lone character", with("-> other\nA\n"), "corrupt"},
      {"many arguments",
       with("-> other" +
            [] {
              std::string all;
              for (int i = 0; i < 65; ++i) all += " a";
              return all;
            }() +
            "\n\n"),
       "limit"},
  };
  expect_codes(cases, list(identity(), passphrase_identity("word")));
}

TEST(HostileAge, X25519) {
  const std::string body = kBody + "\n", share = " " + kShare, zero = " " + std::string(43, 'A');
  const Case cases[] = {
      {"the example", with(x25519(share, body)), "auth_failed"},
      {"no share", with(x25519("", body)), "corrupt"},
      {"an argument more", with(x25519(share + " more", body)), "corrupt"},
      {"a short share", with(x25519(" AAAA", body)), "corrupt"},
      {"a long share", with(x25519(share + "A", body)), "corrupt"},
      {"a share with bits left over", with(x25519(" " + kShare.substr(0, 42) + "Z", body)), "corrupt"},
      {"a share of low order", with(x25519(zero, body)), "corrupt"},
      {"a short body", with(x25519(share, "AAAA\n")), "corrupt"},
      {"a long body", with(x25519(share, kFullLine + "\n\n")), "corrupt"},
      {"no body", with(x25519(share, "\n")), "corrupt"},
      {"another case is another type", with("-> x25519 nonsense\n\n"), "no_key"},
      {"after one that fits", with(kStanza + x25519(zero, body)), "auth_failed"},
      {"before one that fits", with(x25519(zero, body) + kStanza), "corrupt"},
  };
  expect_codes(cases, list(identity()));
}

TEST(HostileAge, Scrypt) {
  const std::string salt = "ajMFur+EJLGaohv/dLRGnw", body = "\n8SHBz/ldWnjyGFQqfjat6uNBarWqqEMDS7W8X7+Xq5Q\n";
  const auto scrypt = [&](const std::string& arguments) { return with("-> scrypt" + arguments + body); };
  const Case cases[] = {
      {"good, but another passphrase", scrypt(" " + salt + " 10"), "no_key"},
      {"beside another", with(kScrypt + kScrypt), "corrupt"},
      {"beside another type", with(kScrypt + kStanza), "corrupt"},
      {"after an unknown type", with("-> grease\n\n" + kScrypt), "corrupt"},
      {"above the limit", scrypt(" " + salt + " 12"), "limit"},
      {"far above it", scrypt(" " + salt + " 18446744073709551626"), "limit"},
      {"no work factor", scrypt(" " + salt), "corrupt"},
      {"an argument more", scrypt(" " + salt + " 10 10"), "corrupt"},
      {"zero", scrypt(" " + salt + " 0"), "corrupt"},
      {"a leading zero", scrypt(" " + salt + " 010"), "corrupt"},
      {"a sign", scrypt(" " + salt + " +10"), "corrupt"},
      {"a negative one", scrypt(" " + salt + " -10"), "corrupt"},
      {"hexadecimal", scrypt(" " + salt + " 0xa"), "corrupt"},
      {"something behind it", scrypt(" " + salt + " 10a"), "corrupt"},
      {"a short salt", scrypt(" AAAA 10"), "corrupt"},
      {"a long salt", scrypt(" " + salt + "AA 10"), "corrupt"},
      {"a salt with bits left over", scrypt(" ajMFur+EJLGaohv/dLRGnx 10"), "corrupt"},
      {"a short body", with("-> scrypt " + salt + " 10\nAAAA\n"), "corrupt"},
  };
  expect_codes(cases, list(passphrase_identity("word")), {.max_scrypt_log2 = 11});
  const Case work_of_23[] = {{"the default limit", scrypt(" " + salt + " 23"), "limit"}};
  expect_codes(work_of_23, list(passphrase_identity("word")));
}

TEST(HostileAge, Ssh) {
  const auto ssh = [&](const std::string& arguments) {
    return with("-> ssh-ed25519" + arguments + "\n" + kBody + "\n");
  };
  const Case cases[] = {
      {"another key's", ssh(" AAAAAA " + kShare), "no_key"},
      {"ours, but sealed for someone else", ssh(" " + kSshTag + " " + kShare), "no_key"},
      {"no share", ssh(" " + kSshTag), "corrupt"},
      {"an argument more", ssh(" " + kSshTag + " " + kShare + " more"), "corrupt"},
      {"a short share", ssh(" " + kSshTag + " AAAA"), "corrupt"},
      {"a share of low order", ssh(" " + kSshTag + " " + std::string(43, 'A')), "corrupt"},
      {"of low order, another key's", ssh(" AAAAAA " + std::string(43, 'A')), "no_key"},
  };
  expect_codes(cases, list(ssh_identity()));
}

TEST(HostileAge, StanzasAreCounted) {
  std::string stanzas;
  for (std::size_t i = 0; i < kMaxAgeStanzas; ++i) stanzas += "-> grease\n\n";
  EXPECT_EQ(opened(as_bytes(with(stanzas)), list(identity())), "no_key");
  EXPECT_EQ(opened(as_bytes(with(stanzas + kStanza)), list(identity())), "limit");
}

// Nothing may be added to a header, taken from it or moved by one who has no key.
TEST(HostileAge, HeadersAreAuthentic) {
  const Bytes bytes = age_encrypt(as_bytes("text"), list(recipient(), recipient(kSshRecipient))).value();
  const std::string file(as_text(bytes));
  const std::size_t first = file.find("-> X25519"), second = file.find("-> ssh-ed25519"), mac = file.find("---");
  const std::string x = file.substr(first, second - first), ssh = file.substr(second, mac - second),
                    rest = file.substr(mac);
  const auto mine = list(identity());
  EXPECT_EQ(opened(as_bytes(kVersion + x + ssh + rest), mine), "text");
  for (const std::string& stanzas :
       {x, ssh + x, x + ssh + ssh, "-> grease\n\n" + x + ssh, x + ssh + kStanza, kStanza + x + ssh}) {
    EXPECT_EQ(opened(as_bytes(kVersion + stanzas + rest), mine), "auth_failed");
  }
  EXPECT_EQ(opened(as_bytes(kVersion + ssh + rest), mine), "no_key");
}

std::string replaced(std::string_view what, std::string_view by) {
  std::string text(kArmored);
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

TEST(HostileAge, Armor) {
  const std::string armored(kArmored), plain(kArmoredPlaintext);
  const std::string begin = armored.substr(0, armored.find('\n') + 1), end = "-----END AGE ENCRYPTED FILE-----\n";
  const std::size_t second = begin.size() + 65;
  const Case cases[] = {
      {"blanks around it", " \r\n\t\n" + armored + "\n \n", plain},
      {"CRLF", replaced("\n", "\r\n"), plain},
      {"without its last line end", armored.substr(0, armored.size() - 1), plain},
      {"no end line", armored.substr(0, armored.size() - end.size()), "corrupt"},
      {"no content", begin + end, "corrupt"},
      {"something before it", "a\n" + armored, "corrupt"},
      {"something after it", armored + "a\n", "corrupt"},
      {"twice", armored + armored, "corrupt"},
      {"another kind", replaced("AGE ENCRYPTED FILE", "PGP MESSAGE"), "corrupt"},
      {"another end", replaced("-----END AGE ENCRYPTED", "-----END AGE"), "corrupt"},
      {"lower case", replaced("AGE ENCRYPTED FILE", "age encrypted file"), "corrupt"},
      {"a header", begin + "Comment: none\n\n" + armored.substr(begin.size()), "corrupt"},
      {"an empty line", begin + "\n" + armored.substr(begin.size()), "corrupt"},
      {"a blank line at the end", replaced("\n-----END", "\n\n-----END"), "corrupt"},
      {"blanks at a line's end", armored.substr(0, second - 1) + " " + armored.substr(second - 1), "corrupt"},
      {"a short line", armored.substr(0, second - 5) + "\n" + armored.substr(second - 5), "corrupt"},
      {"a long line", armored.substr(0, second - 1) + armored.substr(second), "corrupt"},
      {"no padding", replaced("=", ""), "corrupt"},
      {"a foreign character", armored.substr(0, second) + "-" + armored.substr(second + 1), "corrupt"},
  };
  EXPECT_NE(armored.find('='), std::string::npos);
  expect_codes(cases, list(identity()));
}

}  // namespace
}  // namespace npk
