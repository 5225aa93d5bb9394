#include "crypto/ssh_key.h"

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/age_key.h"
#include "crypto/base64.h"
#include "crypto/text_lines.h"

namespace npk::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----", kEnd = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view kMagic{"openssh-key-v1\0", 15};
constexpr std::size_t kBlockBytes = 8;  // of the cipher "none": what the padding fills up

std::unexpected<Error> bad_private() {
  return fail_corrupt("not a whole OpenSSH private key");
}

// Numbers of 4 bytes, big-endian, and strings after their length.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] Result<ByteView> take(std::size_t size) {
    if (bytes_.size() < size) return fail_corrupt("an SSH key ends early");
    const ByteView out = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return out;
  }
  [[nodiscard]] Result<std::uint32_t> number() {
    NPK_ASSIGN(const ByteView bytes, take(4));
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
    return value;
  }
  [[nodiscard]] Result<ByteView> string() {
    NPK_ASSIGN(const std::uint32_t size, number());
    return take(size);
  }
  [[nodiscard]] ByteView rest() const noexcept { return bytes_; }

 private:
  ByteView bytes_;
};

void append_string(Bytes& out, ByteView bytes) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(bytes.size() >> shift));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Result<PublicKey> read_wire(ByteView wire) {
  WireReader reader(wire);
  NPK_ASSIGN(const ByteView type, reader.string());
  if (as_text(type) != kSshEd25519Type) return fail(Errc::unsupported, "an SSH key of another type than ed25519");
  NPK_ASSIGN(const ByteView point, reader.string());
  PublicKey key;
  if (point.size() != key.size() || !reader.rest().empty()) return fail_corrupt("not a whole ssh-ed25519 key");
  std::ranges::copy(point, key.begin());
  return key;
}

// What is between the lines BEGIN and END. The text is public until the key is seen to have no passphrase, and secret
// from then on: so it goes into guarded memory.
Result<SecretBytes> read_pem(std::string_view file) {
  TextLines lines(without_blanks(file));
  if (lines.next() != kBegin) return bad_private();
  NPK_ASSIGN(SecretBytes text, SecretBytes::allocate(file.size()));
  std::size_t size = 0;
  for (;;) {
    const auto line = lines.next();
    if (!line) return bad_private();
    if (*line == kEnd) break;
    std::ranges::copy(as_bytes(*line), text.span().subspan(size).begin());
    size += line->size();
  }
  if (lines.next()) return fail_corrupt("something follows the OpenSSH private key");
  text.shorten(size);
  auto bytes = base64_decode_secret(as_text(text.view()), Padding::required);
  if (!bytes) return bad_private();
  return bytes;
}

// The clear part, up to the private one.
Result<ByteView> read_envelope(WireReader& reader) {
  NPK_ASSIGN(const ByteView magic, reader.take(kMagic.size()));
  if (as_text(magic) != kMagic) return bad_private();
  NPK_ASSIGN(const ByteView cipher, reader.string());
  NPK_ASSIGN(const ByteView derivation, reader.string());
  NPK_ASSIGN(const ByteView derivation_options, reader.string());
  if (as_text(cipher) != "none" || as_text(derivation) != "none") {
    return fail(Errc::unsupported,
                "the OpenSSH key has a passphrase; make a copy of it without one: ssh-keygen -p -N '' -f COPY");
  }
  NPK_ASSIGN(const std::uint32_t keys, reader.number());
  if (!derivation_options.empty() || keys != 1) return bad_private();
  return reader.string();
}

bool is_padding(ByteView bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != i + 1) return false;
  return bytes.size() < kBlockBytes;
}

// Two equal numbers, the type, the public key, the private one (seed and public key), a comment, and padding 1, 2, 3….
Result<SecretBytes> read_private_part(ByteView part, const PublicKey& key) {
  WireReader reader(part);
  NPK_ASSIGN(const std::uint32_t check, reader.number());
  NPK_ASSIGN(const std::uint32_t check_again, reader.number());
  NPK_ASSIGN(const ByteView type, reader.string());
  NPK_ASSIGN(const ByteView key_again, reader.string());
  NPK_ASSIGN(const ByteView pair, reader.string());
  NPK_ASSIGN(const ByteView comment, reader.string());
  static_cast<void>(comment);
  const bool fits = check == check_again && as_text(type) == kSshEd25519Type && std::ranges::equal(key_again, key) &&
                    pair.size() == 2 * kKeyBytes && std::ranges::equal(pair.subspan(kKeyBytes), key);
  if (!fits || part.size() % kBlockBytes != 0 || !is_padding(reader.rest())) return bad_private();
  return SecretBytes::copy_of(pair.first(kKeyBytes));
}

}  // namespace

Bytes ssh_ed25519_wire(const PublicKey& key) {
  Bytes wire;
  append_string(wire, as_bytes(kSshEd25519Type));
  append_string(wire, key);
  return wire;
}

// A key of this type has 51 bytes, so its base64 needs no padding.
std::string ssh_ed25519_text(ByteView wire) {
  return std::string(kSshEd25519Type) + " " + base64_encode(wire);
}

Result<PublicKey> parse_ssh_public(std::string_view line) {
  const std::size_t end_of_type = line.find_first_of(kBlanks);
  if (line.substr(0, end_of_type) != kSshEd25519Type) {
    return fail(Errc::unsupported, "an SSH key of another type than ed25519");
  }
  if (end_of_type == std::string_view::npos) return fail_corrupt("an ssh-ed25519 key without the key");
  const std::string_view rest = without_blanks(line.substr(end_of_type));
  const auto wire = base64_decode(rest.substr(0, rest.find_first_of(kBlanks)), Padding::required);
  if (!wire) return fail_corrupt("an ssh-ed25519 key that is not canonical base64");
  auto key = read_wire(*wire);
  if (!key) return fail_corrupt("not a whole ssh-ed25519 key");
  return key;
}

bool is_ssh_private(std::string_view file) {
  return without_blanks(file).starts_with(kBegin);
}

Result<SshPrivateKey> parse_ssh_private(std::string_view file) {
  NPK_ASSIGN(const SecretBytes bytes, read_pem(file));
  WireReader reader(bytes.view());
  NPK_ASSIGN(const ByteView public_wire, read_envelope(reader));
  NPK_ASSIGN(const PublicKey key, read_wire(public_wire));
  NPK_ASSIGN(const ByteView private_part, reader.string());
  if (!reader.rest().empty()) return bad_private();
  NPK_ASSIGN(SecretBytes seed, read_private_part(private_part, key));
  return SshPrivateKey{.key = key, .seed = std::move(seed)};
}

}  // namespace npk::crypto
