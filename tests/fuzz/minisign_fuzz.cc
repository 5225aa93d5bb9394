// links: npk_crypto
// Input: a kind (1 byte), then by kind
//   0  a text: read as signature, public key and secret key
//   1  what a key's line stands for: a public or a secret key
//   2  what a signature's lines stand for: 74 bytes, 64 bytes, the trusted comment
// What is accepted is written again as it was read, up to line ends; no passphrase is ever tried.
#include <string>

#include "crypto/minisign_text.h"
#include "fuzz/fuzz_input.h"
#include "npk/signature.h"

namespace {

using namespace npk;

// Of LF alone, with the last one.
std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r' || text.substr(at, 2) != "\r\n") out += text[at];
  }
  if (text.ends_with('\r')) out.pop_back();
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

void require_known(const Error& error) {
  const bool known = error.code == Errc::corrupt || error.code == Errc::unsupported || error.code == Errc::limit;
  fuzz::require(known, "one of the promised codes");
  fuzz::require(crypto::is_printable(error.message), "a message that can be shown");
}

void read_signature(std::string_view text) {
  const auto signature = parse_signature(text);
  if (!signature) return require_known(signature.error());
  fuzz::require(text.size() <= kMaxSignatureFileBytes, "no longer than promised");
  fuzz::require(signature->to_file() == with_plain_line_ends(text), "the same signature again");
  const SignatureKey key(signature->key_id, {1});
  fuzz::require(!verify_signature(key, *signature, MessageDigest()), "not signed by a key of small order");
}

void read_public_key(std::string_view text) {
  const auto key = SignatureKey::parse(text);
  if (!key) return require_known(key.error());
  const std::string plain = with_plain_line_ends(text);
  fuzz::require(plain.ends_with(key->to_string() + "\n"), "the same line again");
  fuzz::require(SignatureKey::parse(key->to_file()) == *key, "the same key again");
}

void read_secret_key(ByteView text) {
  constexpr SignerLimits kNone = {.max_memory_bytes = 0, .max_operations = 0};
  const auto encrypted = Signer::is_encrypted(text);
  const auto signer = Signer::parse(text, nullptr, kNone);
  fuzz::require(!(encrypted.value_or(false) && signer), "an encrypted key stays closed");
  if (!signer) return require_known(signer.error());
  fuzz::require(encrypted.has_value(), "what can be parsed is known to be plain");
}

void read_all(std::string_view text) {
  read_signature(text);
  read_public_key(text);
  read_secret_key(as_bytes(text));
}

std::string signature_text(fuzz::Input input) {
  const ByteView line = input.bytes(74), global = input.bytes(64);
  std::string text = std::string(crypto::kUntrustedPrefix) + "\n" + crypto::base64_text(line) + "\n";
  text += std::string(crypto::kTrustedPrefix) + std::string(as_text(input.rest())) + "\n";
  return text + crypto::base64_text(global) + "\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.byte() % 3) {
    case 0:
      read_all(input.text(size));
      break;
    case 1:
      read_all(std::string(crypto::kUntrustedPrefix) + "\n" + crypto::base64_text(input.rest()));
      break;
    case 2:
      read_all(signature_text(input));
      break;
  }
  return 0;
}
