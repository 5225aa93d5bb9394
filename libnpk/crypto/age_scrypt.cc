// The scrypt recipient type of the age specification.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "crypto/age_key.h"
#include "crypto/age_wrap.h"
#include "crypto/base64.h"
#include "crypto/scrypt_work.h"

namespace npk::crypto {
namespace {

constexpr std::string_view kSaltLabel = "age-encryption.org/v1/scrypt";
constexpr std::size_t kSaltBytes = 16;
constexpr int kMostThatIsComputed = 40;  // far beyond any memory; keeps the arithmetic of a caller's limit safe

Result<SecretBytes> wrap_key(const SecretBytes& passphrase, ByteView salt, int log2_work) {
  Bytes labelled(as_bytes(kSaltLabel).begin(), as_bytes(kSaltLabel).end());
  labelled.insert(labelled.end(), salt.begin(), salt.end());
  return scrypt(passphrase.view(), labelled, {.log2_n = log2_work});
}

// Digits without a leading zero. What is too large for an int is more than any limit.
Result<int> read_work(std::string_view text, const AgeLimits& limits) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.starts_with('0') || !std::ranges::all_of(text, is_digit)) {
    return fail_corrupt("an age stanza's work factor is no number");
  }
  int work = 0;
  const auto outcome = std::from_chars(text.data(), text.data() + text.size(), work);
  const int most = std::min(limits.max_scrypt_log2, kMostThatIsComputed);
  if (outcome.ec != std::errc() || work > most) {
    return fail(Errc::limit, "the passphrase's work factor is above 2^" + std::to_string(most));
  }
  return work;
}

Result<Bytes> read_salt(std::string_view text) {
  auto salt = base64_decode(text);
  if (!salt || salt->size() != kSaltBytes) {
    return fail_corrupt("an age stanza's salt isn't 16 bytes in canonical base64");
  }
  return salt;
}

class ScryptRecipient final : public RecipientKey {
 public:
  ScryptRecipient(SecretBytes passphrase, int log2_work) : passphrase_(std::move(passphrase)), log2_work_(log2_work) {}

  [[nodiscard]] Result<AgeStanza> wrap(ByteView file_key) const override {
    NPK_ASSIGN(const SecretBytes salt, random_secret(kSaltBytes));
    NPK_ASSIGN(const SecretBytes key, wrap_key(passphrase_, salt.view(), log2_work_));
    return AgeStanza{.type = std::string(kScryptType),
                     .arguments = {base64_encode(salt.view()), std::to_string(log2_work_)},
                     .body = seal_file_key(key.view(), file_key)};
  }
  [[nodiscard]] std::string text() const override { return {}; }
  [[nodiscard]] bool is_passphrase() const noexcept override { return true; }

 private:
  SecretBytes passphrase_;
  int log2_work_;
};

class ScryptIdentity final : public IdentityKey {
 public:
  explicit ScryptIdentity(SecretBytes passphrase) : passphrase_(std::move(passphrase)) {}

  [[nodiscard]] Result<SecretBytes> unwrap(const AgeStanza& stanza, const AgeLimits& limits) const override {
    if (stanza.type != kScryptType) return SecretBytes();
    NPK_TRY(check_shape(stanza, 2));
    NPK_ASSIGN(const Bytes salt, read_salt(stanza.arguments[0]));
    NPK_ASSIGN(const int log2_work, read_work(stanza.arguments[1], limits));
    NPK_ASSIGN(const SecretBytes key, wrap_key(passphrase_, salt, log2_work));
    return open_file_key(key.view(), stanza.body);
  }
  [[nodiscard]] Result<Recipient> recipient() const override {
    NPK_ASSIGN(SecretBytes copy, SecretBytes::copy_of(passphrase_.view()));
    return scrypt_recipient(std::move(copy), 0);
  }
  [[nodiscard]] bool is_passphrase() const noexcept override { return true; }

 private:
  SecretBytes passphrase_;
};

}  // namespace

int scrypt_log2_for(std::chrono::nanoseconds probe) noexcept {
  using Seconds = std::chrono::duration<double>;
  double time = std::max(Seconds(probe).count(), 1e-9);
  int log2 = kProbeLog2;
  const double longest = Seconds(kScryptTarget).count() * 1.4142135623730951;  // half a step above the target
  for (; time > longest && log2 > kMinScryptLog2; time /= 2) --log2;
  for (; time * 2 <= longest && log2 < kMaxScryptLog2; time *= 2) ++log2;
  return log2;
}

Result<int> measure_scrypt_log2() {
  static constexpr std::array<std::uint8_t, kSaltBytes> kNoSalt{};
  const auto start = std::chrono::steady_clock::now();
  NPK_TRY(scrypt(kNoSalt, kNoSalt, {.log2_n = kProbeLog2}));
  return scrypt_log2_for(std::chrono::steady_clock::now() - start);
}

Result<Recipient> scrypt_recipient(SecretBytes passphrase, int log2_work) {
  if (passphrase.empty()) return fail(Errc::misuse, "an empty passphrase");
  if (log2_work != 0 && (log2_work < kMinScryptLog2 || log2_work > kMaxScryptLog2)) {
    return fail(Errc::misuse, "a passphrase's work factor is 2^10 to 2^20");
  }
  if (log2_work == 0) {
    NPK_ASSIGN(log2_work, measure_scrypt_log2());
  }
  return Recipient(std::make_unique<ScryptRecipient>(std::move(passphrase), log2_work));
}

Result<Identity> scrypt_identity(SecretBytes passphrase) {
  if (passphrase.empty()) return fail(Errc::misuse, "an empty passphrase");
  return Identity(std::make_unique<ScryptIdentity>(std::move(passphrase)));
}

}  // namespace npk::crypto
