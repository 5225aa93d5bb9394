// Files that minisign 0.11 wrote, over kMessage. The sealed key was made where little memory was to be had, so that
// opening it takes 32 MiB instead of 1 GiB.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "crypto/minisign_text.h"
#include "npk/signature.h"

namespace npk::testing {

inline constexpr std::string_view kMessage = "The package has 3 entries.\n";

inline constexpr std::string_view kPublicKeyLine = "RWRA9JxheGcyIFZ2v8j8Y5lJV/32gl0jp41i61kREuKo2OXrCqB97r6Y";
inline constexpr std::string_view kPublicKeyFile =
    "untrusted comment: minisign public key 20326778619CF440\n"
    "RWRA9JxheGcyIFZ2v8j8Y5lJV/32gl0jp41i61kREuKo2OXrCqB97r6Y\n";
inline constexpr std::string_view kPlainKeyFile =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQPScYXhnMiC2tDuFP6D69mFUMkT+"
    "qmHay21tHOuidjFd"
    "n3E3RSulEVZ2v8j8Y5lJV/32gl0jp41i61kREuKo2OXrCqB97r6YAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
inline constexpr std::string_view kSignatureFile =
    "untrusted comment: signature from npk\n"
    "RURA9JxheGcyIMFK79L73eW+V/tXeRPL9vvZwREdfWEm8XfO3UVeFaVzLu0NzFnCcgYzpp28aQs78uZ64mlLpPp4v/aSKokM1QM=\n"
    "trusted comment: commit 42, by Jos\u00e9\n"
    "AO0B05KXD/yqmpNlz/OiI9zT7KeGqDVgEYUT8IoVjktH4yi4xPd0puwwdZGCaqwyipyulvWLV7W+/53PpbzSAg==\n";
inline constexpr std::string_view kLegacySignatureFile =
    "untrusted comment: signature from minisign secret key\n"
    "RWRA9JxheGcyIIn0vfq5Tgn8iNWHPVEpx5ybV3WVVvYWH29NrElFithYe/ZjgrZoAZdE93weEMQY8Jv1Fzih+uXSvSdpRcupzw4=\n"
    "trusted comment: legacy\n"
    "ktlDDP1uS9Ybn+N5E+p5AWqNiycy0W8fzCVQ87EEFx4o94+Por/ZA5DcAlo4m6UACA2GcZqSvc8zYXiQCbtDDQ==\n";

inline constexpr std::string_view kPassphrase = "correct horse";
inline constexpr std::string_view kSealedPublicKeyLine = "RWSCFKu256C2CeejJ8Ioj5NfGMntROCZr9irNITOSfhpzh1KXPOZSkI/";
inline constexpr std::string_view kSealedKeyFile =
    "untrusted comment: minisign encrypted secret key\n"
    "RWRTY0Iyz21VFr/eRm+erReM4wAT426hvGsOvMZHP7rFjJBw3vkAABAAAAAAAAAAAAIAAAAAn9QZujI1pfm+T/"
    "RqkYL9bfs3A610S1Qrqy88adZ06Bt/"
    "2fV2U6Y72PoB9FlvgMe8qKfisDKMY/vFC226Pnu7MO1Urc5vc9PjeLm6WxOUfIyQok7DI1uTQxYIqC6nWYQVrHlm87e5C68=\n";
// The same with its passphrase removed: `minisign -C -W`.
inline constexpr std::string_view kUnsealedKeyFile =
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyz21VFr/"
    "eRm+erReM4wAT426hvGsOvMZHP7rFjJBw3vkAABAAAAAAAAAAAAIAAAAAghSrtuegtgnxX3+BrPBw1lC4ylRFHTodfJT6GgfqLiN4"
    "3/kF+f/MMOejJ8Ioj5NfGMntROCZr9irNITOSfhpzh1KXPOZSkI/zMVtoiARRDO/CbS+hjDpz2cgwZWRvFqDSOMvuM0lwIc=\n";
inline constexpr std::string_view kSealedSignatureFile =
    "untrusted comment: signature from minisign secret key\n"
    "RUSCFKu256C2CVXzfPfu0ReQsuM9WRyvdzES13rGBvtucxcsOFg7YD7xWOS4tnYUiBBNpl5tpCizgsiU6YSjYgfwfosyZtZvCw4=\n"
    "trusted comment: sealed key\n"
    "Zm1ySmOG5srH3F9lZxgTZ+CJtDr1p9BghwlzQ1s4/tgNYzq6DFH39sCORsLUiJSIEGplV1PqvxNsfNZ1JAQ0BA==\n";

[[nodiscard]] inline SignatureKey public_key() {
  return SignatureKey::parse(kPublicKeyLine).value();
}
[[nodiscard]] inline Signer signer() {
  return Signer::parse(as_bytes(kPlainKeyFile)).value();
}

// A comment line, and the bytes as base64: what .pub and .key files are.
[[nodiscard]] inline std::string key_file_of(ByteView bytes) {
  return "untrusted comment: made for a test\n" + crypto::base64_text(bytes) + "\n";
}
// The bytes that the second of two lines stands for.
template <std::size_t N>
[[nodiscard]] std::array<std::uint8_t, N> key_bytes_of(std::string_view file) {
  crypto::LineReader lines(file, "sample");
  std::array<std::uint8_t, N> bytes;
  lines.line().value();
  lines.base64(bytes).value();
  return bytes;
}

// No eight characters of any line but comments and none of the passphrase are in the message.
[[nodiscard]] inline bool tells_nothing(const Error& error, std::string_view file) {
  constexpr std::size_t kTold = 8;
  const std::string_view key = file.substr(file.find('\n') + 1);
  for (std::size_t at = 0; at + kTold <= key.size(); ++at) {
    if (error.message.find(key.substr(at, kTold)) != std::string::npos) return false;
  }
  return error.message.find(kPassphrase) == std::string::npos;
}

}  // namespace npk::testing
