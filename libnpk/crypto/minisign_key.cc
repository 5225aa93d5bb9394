#include "crypto/ed25519.h"
#include "crypto/minisign_text.h"
#include "npk/signature.h"

namespace npk {
namespace {

constexpr std::size_t kKeyBytes = 2 + 8 + 32;  // algorithm, id, point

}  // namespace

std::string SignatureKeyId::to_string() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (std::size_t i = bytes.size(); i-- > 0;) {  // the number they are, least byte first
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

Result<SignatureKey> SignatureKey::parse(std::string_view text) {
  static_assert(kPointBytes == crypto::kEd25519PublicBytes);
  crypto::LineReader lines(text, "public key");
  if (text.starts_with(crypto::kUntrustedPrefix)) {
    NPK_TRY(lines.comment(crypto::kUntrustedPrefix, kMaxUntrustedCommentBytes));
  }
  std::array<std::uint8_t, kKeyBytes> bytes;
  NPK_TRY(lines.base64(bytes));
  NPK_TRY(lines.expect_end());
  ByteReader reader(bytes);
  NPK_ASSIGN(const ByteView algorithm, reader.read_bytes(2));
  if (as_text(algorithm) != crypto::kEd25519Id) {
    return lines.fail_here(Errc::unsupported, "is not a minisign public key (\"Ed\")");
  }
  NPK_ASSIGN(const auto id, reader.read_array<8>());
  NPK_ASSIGN(const auto point, reader.read_array<kPointBytes>());
  return SignatureKey(SignatureKeyId{id}, point);
}

std::string SignatureKey::to_string() const {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.write_bytes(as_bytes(crypto::kEd25519Id));
  writer.write_bytes(id_.bytes);
  writer.write_bytes(point_);
  return crypto::base64_text(bytes);
}

std::string SignatureKey::to_file() const {
  return std::string(crypto::kUntrustedPrefix) + "minisign public key " + id_.to_string() + "\n" + to_string() + "\n";
}

}  // namespace npk
