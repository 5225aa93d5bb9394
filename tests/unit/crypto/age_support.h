// Keys that tests use, none of them anyone's, and shorthands.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "npk/age.h"

namespace npk {

// The age specification's example.
inline constexpr std::string_view kIdentity =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
inline constexpr std::string_view kRecipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

// By ssh-keygen.
inline constexpr std::string_view kSshRecipient =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAP8KNpDWS0Q+pn+CHwmqX+34qELMK69w19mwDi8zJV";
inline constexpr std::string_view kSshIdentity = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAwD/CjaQ1ktEPqZ/gh8Jql/t+KhCzCuvcNfZsA4vMyVQAAAJBr0Pd6a9D3
egAAAAtzc2gtZWQyNTUxOQAAACAwD/CjaQ1ktEPqZ/gh8Jql/t+KhCzCuvcNfZsA4vMyVQ
AAAEBMExXmEcQfqiyUUu/wc9zSa5u98L/rALoMHjxNATXHSTAP8KNpDWS0Q+pn+CHwmqX+
34qELMK69w19mwDi8zJVAAAACG5wayB0ZXN0AQIDBAU=
-----END OPENSSH PRIVATE KEY-----
)";
inline constexpr std::string_view kSshIdentityWithPassphrase = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDMHQlgeu
whAo9PiERXoJmlAAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIDfKEZtzO/Q0LGNJ
/5hsAZs9YxGMYBlsLFD0CkQTMR4MAAAAkO60BZdxK38QUidNAE56uIy85ywFztqpuTLEy9
0NA9OcJGKC3C6i9L4TAzgryixwcgMfy/uKOyfX+AO6Pxi2yoIFD0xVuDk1MHh7p/mJAuxR
cnifOAqhULa1wPkGRdwbyGuxIXwd/lS1yiaSFN+atfdrl6p7V+CtmrCCYgvqSiRpCHaD6r
81AnbTnOafW8TRCg==
-----END OPENSSH PRIVATE KEY-----
)";
inline constexpr std::string_view kEcdsaRecipient =
    "ecdsa-sha2-nistp256 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMkDPOfY0hfr0gqzck9brOfhQ5HrXwXqmDa+X/oHqznizSed/"
    "X88kPYbIQtGZz4DuEMCODKdCW1W26vot9+Bz+s= npk test";
inline constexpr std::string_view kEcdsaIdentity = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQTJAzzn2NIX69IKs3JPW6zn4UOR618F
6pg2vl/6B6s54s0nnf1/PJD2GyELRmc+A7hDAjgynQltVtur6Lffgc/rAAAAoIdVhaaHVY
WmAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMkDPOfY0hfr0gqz
ck9brOfhQ5HrXwXqmDa+X/oHqznizSed/X88kPYbIQtGZz4DuEMCODKdCW1W26vot9+Bz+
sAAAAgGGLBpDxedrYxgPLp0kfYsKKGMaFmhiFzFCEYuEw6rsgAAAAIbnBrIHRlc3Q=
-----END OPENSSH PRIVATE KEY-----
)";

// By age 1.1.1, for kRecipient and kSshRecipient.
inline constexpr std::string_view kArmored = R"(-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBsWTdiMFBCV3djUnRtdmRS
TXMwYitmNHdZdlBFTlJlRFFzSlJybXpCdFNrCmpoSnR6U2RnNGUrM2FlZTIvNm5Z
cmdIRjBNNDJvVWJWK1JUb1JzVzdJVE0KLT4gc3NoLWVkMjU1MTkgSlFmWlp3IG5Y
eUtRYUJOZE5WRFBlaStIVUk4UFFSZjUxb2NudUNWUDZKelFLTmxGbTAKd21jbEhr
WUF4Ri9HcjF2UGIxei84d2xHeDFhcXk3MDcyWXBTek80bFBNZwotLS0gZGNET2or
WUV6cmJhYlo2TlhlT0hka1ArK3dvczV4MDhDalhNYjZmSFRGVQqzh83qBw2wsKZJ
OrDT9qOb+MSmz96Sg8Eokcvppops7gONYmV5zj7zlJg=
-----END AGE ENCRYPTED FILE-----
)";
inline constexpr std::string_view kArmoredPlaintext = "hello, age";

inline Recipient recipient(std::string_view text = kRecipient) {
  return Recipient::parse(text).value();
}
inline Identity identity(std::string_view text = kIdentity) {
  return Identity::parse(text).value();
}
inline Identity ssh_identity() {
  return std::move(parse_identities(as_bytes(kSshIdentity)).value().front());
}

inline Recipient passphrase_recipient(std::string_view passphrase, int log2_work = kMinScryptLog2) {
  return Recipient::from_passphrase(SecretBytes::copy_of(passphrase).value(), log2_work).value();
}
inline Identity passphrase_identity(std::string_view passphrase) {
  return Identity::from_passphrase(SecretBytes::copy_of(passphrase).value()).value();
}

// A list of things that can't be copied.
template <class Key, class... More>
std::vector<Key> list(Key first, More... more) {
  std::vector<Key> keys;
  keys.push_back(std::move(first));
  (keys.push_back(std::move(more)), ...);
  return keys;
}

// The plaintext, or the error's name.
inline std::string opened(ByteView file, std::span<const Identity> identities, const AgeLimits& limits = {}) {
  const auto plaintext = age_decrypt(file, identities, limits);
  return std::string(plaintext ? as_text(plaintext->view()) : errc_name(plaintext.error().code));
}

inline Bytes bytes_of(std::string_view text) {
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

}  // namespace npk
