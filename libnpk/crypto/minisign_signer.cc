#include <sodium.h>
#include <algorithm>
#include <functional>

#include "crypto/ed25519.h"
#include "crypto/minisign_text.h"
#include "npk/signature.h"

namespace npk {
namespace {

// A .key file's bytes: algorithm, key derivation, checksum algorithm (2 each), salt, operations, memory, then the
// sealed part: key id, secret key, checksum.
constexpr std::string_view kScryptId = "Sc", kBlake2bId = "B2";
constexpr std::string_view kNoDerivationId("\0\0", 2);
constexpr std::size_t kSaltBytes = 32, kChecksumBytes = 32;
constexpr std::size_t kSaltAt = 6, kOperationsAt = kSaltAt + kSaltBytes, kMemoryAt = kOperationsAt + 8;
constexpr std::size_t kSealedAt = kMemoryAt + 8;
constexpr std::size_t kSealedBytes = 8 + crypto::kEd25519SecretBytes + kChecksumBytes;

static_assert(kSaltBytes == crypto_pwhash_scryptsalsa208sha256_SALTBYTES);

struct KeyFile {
  SecretBytes bytes;
  bool is_encrypted = false;

  ByteView part(std::size_t at, std::size_t size) const noexcept { return bytes.view().subspan(at, size); }
  std::uint64_t operations() const noexcept { return load_le<std::uint64_t>(bytes.view().data() + kOperationsAt); }
  std::uint64_t memory() const noexcept { return load_le<std::uint64_t>(bytes.view().data() + kMemoryAt); }
  MutableBytes sealed() noexcept { return bytes.span().subspan(kSealedAt); }
  ByteView id() const noexcept { return part(kSealedAt, 8); }
  ByteView secret() const noexcept { return part(kSealedAt + 8, crypto::kEd25519SecretBytes); }
  ByteView checksum() const noexcept { return bytes.view().last(kChecksumBytes); }
};

Result<KeyFile> read_key_file(ByteView text) {
  crypto::LineReader lines(as_text(text), "secret key");
  KeyFile file;
  NPK_ASSIGN(file.bytes, SecretBytes::allocate(kSealedAt + kSealedBytes));
  NPK_TRY(lines.comment(crypto::kUntrustedPrefix, kMaxUntrustedCommentBytes));
  NPK_TRY(lines.base64(file.bytes.span()));
  NPK_TRY(lines.expect_end());
  if (as_text(file.part(0, 2)) != crypto::kEd25519Id || as_text(file.part(4, 2)) != kBlake2bId) {
    return lines.fail_here(Errc::unsupported, "is not a minisign secret key");
  }
  file.is_encrypted = as_text(file.part(2, 2)) == kScryptId;
  if (!file.is_encrypted && as_text(file.part(2, 2)) != kNoDerivationId) {
    return lines.fail_here(Errc::unsupported, "is encrypted in an unknown way");
  }
  return file;
}

// Below libsodium's least values scrypt's other parameter would grow, and take more memory than the file says.
Result<void> check_cost(const KeyFile& file, const SignerLimits& limits) {
  if (file.operations() > limits.max_operations || file.memory() > limits.max_memory_bytes) {
    return fail(Errc::limit, "secret key: opening it would take more time or memory than is allowed");
  }
  if (file.operations() < crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_MIN ||
      file.memory() < crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_MIN) {
    return fail_corrupt("secret key: its key derivation is weaker than can be");
  }
  return {};
}

Result<SecretBytes> derive(const KeyFile& file, const SecretBytes& passphrase) {
  NPK_ASSIGN(SecretBytes key, SecretBytes::allocate(kSealedBytes));
  const ByteView salt = file.part(kSaltAt, kSaltBytes);
  const std::string_view text = passphrase.empty() ? "" : as_text(passphrase.view());  // never null
  const int status = ::crypto_pwhash_scryptsalsa208sha256(key.span().data(), key.size(), text.data(), text.size(),
                                                          salt.data(), file.operations(), file.memory());
  if (status == 0) return key;
  return fail(Errc::limit, "secret key: opening it takes " + std::to_string(file.memory() >> 20) +
                               " MiB of memory, which are not there");
}

Result<void> open(KeyFile& file, const SecretBytes& passphrase) {
  NPK_ASSIGN(const SecretBytes key, derive(file, passphrase));
  const MutableBytes sealed = file.sealed();
  std::ranges::transform(sealed, key.view(), sealed.begin(), std::bit_xor<>());
  return {};
}

// BLAKE2b-256 of algorithm, key id and secret key.
bool has_right_checksum(const KeyFile& file) {
  crypto_generichash_state state;
  std::array<std::uint8_t, kChecksumBytes> computed;
  ::crypto_generichash_init(&state, nullptr, 0, computed.size());
  for (const ByteView part : {file.part(0, 2), file.id(), file.secret()}) {
    ::crypto_generichash_update(&state, part.data(), part.size());
  }
  ::crypto_generichash_final(&state, computed.data(), computed.size());
  ::sodium_memzero(&state, sizeof state);
  return equal_in_constant_time(computed, file.checksum());
}

Result<void> open_encrypted(KeyFile& file, const SecretBytes* passphrase, const SignerLimits& limits) {
  NPK_TRY(check_cost(file, limits));
  if (passphrase == nullptr) return fail(Errc::no_key, "secret key: it is encrypted, and no passphrase was given");
  NPK_TRY(open(file, *passphrase));
  if (!has_right_checksum(file)) return fail(Errc::no_key, "secret key: wrong passphrase");
  return {};
}

// `minisign -G -W` writes zeros for the checksum, `-C -W` the checksum.
Result<void> check_plain(const KeyFile& file) {
  const bool has_none = ::sodium_is_zero(file.checksum().data(), kChecksumBytes) != 0;
  if (!has_none && !has_right_checksum(file)) return fail_corrupt("secret key: its checksum is wrong");
  return {};
}

}  // namespace

Result<bool> Signer::is_encrypted(ByteView key_file) {
  NPK_ASSIGN(const KeyFile file, read_key_file(key_file));
  return file.is_encrypted;
}

Result<Signer> Signer::parse(ByteView key_file, const SecretBytes* passphrase, const SignerLimits& limits) {
  NPK_ASSIGN(KeyFile file, read_key_file(key_file));
  NPK_TRY(file.is_encrypted ? open_encrypted(file, passphrase, limits) : check_plain(file));
  NPK_ASSIGN(const bool is_pair, crypto::is_ed25519_pair(file.secret()));
  if (!is_pair) return fail_corrupt("secret key: its halves don't belong together");
  NPK_ASSIGN(SecretBytes secret, SecretBytes::copy_of(file.secret()));
  SignatureKeyId id;
  std::array<std::uint8_t, SignatureKey::kPointBytes> point;
  std::ranges::copy(file.id(), id.bytes.begin());
  std::ranges::copy(file.secret().last(point.size()), point.begin());
  return Signer(std::move(secret), SignatureKey(id, point));
}

}  // namespace npk
