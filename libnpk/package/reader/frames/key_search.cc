#include "package/reader/frames/key_search.h"

#include <algorithm>

#include "crypto/age_armor.h"
#include "hash/hash.h"

namespace npk::reader {
namespace {

constexpr std::uint32_t kFirstEpoch = 1;

}  // namespace

Result<void> check_sealing_expected(const format::Superblock& superblock, const Identities& identities) {
  if (superblock.sealed || identities == nullptr || identities->empty()) return {};
  return fail(Errc::auth_failed, "a key was given, but the package is not sealed: anyone may have made it");
}

bool is_record_of(const crypto::EpochRecord& record, const format::Superblock& superblock) {
  if (record.package_id != superblock.package_id) return false;
  const auto first = record.keys.find(kFirstEpoch);
  return first == record.keys.end() ||
         equal_in_constant_time(crypto::key_commitment(first->second.view(), superblock.package_id),
                                superblock.key_commitment);
}

void OwnEpochs::add(const crypto::EpochKeys& keys) {
  for (const auto& [epoch, key] : keys) holders_[epoch] |= std::uint64_t{1} << records_;
  ++records_;
}

std::uint32_t OwnEpochs::newest() const noexcept {
  std::uint64_t with_all = ~std::uint64_t{0};  // the records with the keys of all own epochs so far
  std::uint32_t newest = 0;
  for (const auto& [epoch, holders] : holders_) {
    if (newest == 0 && epoch != kFirstEpoch) return 0;
    if ((with_all & holders) == 0) continue;
    with_all &= holders;
    newest = epoch;
  }
  return newest;
}

bool is_for_passphrase(const std::vector<AgeStanza>& stanzas) noexcept {
  return std::ranges::any_of(stanzas, [](const AgeStanza& stanza) { return stanza.type == "scrypt"; });
}

Result<void> check_envelope_size(std::uint64_t stored_bytes) {
  if (stored_bytes > kMaxAgeFileBytes) return fail(Errc::limit, "an envelope is larger than age files may be");
  return {};
}

KeySearch::KeySearch(const format::Superblock& superblock, Identities identities)
    : superblock_(superblock), identities_(std::move(identities)) {}

bool KeySearch::may_try(ByteView envelope) {
  if (!goes_on()) return false;
  ++tries_;
  if (identities_ == nullptr || identities_->empty()) return false;
  if (std::ranges::none_of(*identities_, &Identity::is_passphrase)) return true;
  const auto stanzas = describe_stanzas(envelope);
  if (!stanzas || !is_for_passphrase(*stanzas)) return true;
  skipped_passphrase_ = tried_passphrase_;
  return !std::exchange(tried_passphrase_, true);
}

Result<void> KeySearch::offer(ByteView envelope) {
  if (!may_try(envelope) || crypto::is_age_armor(envelope)) return {};
  const auto record = age_decrypt(envelope, *identities_, {.max_scrypt_log2 = kMaxScryptLog2});
  if (record) return take(record->view());
  if (record.error().code != Errc::no_key && !refused_) refused_ = record.error();
  return {};
}

Result<void> KeySearch::take(ByteView bytes) {
  NPK_ASSIGN(crypto::EpochRecord record, crypto::decode_epoch_record(bytes));
  if (!is_record_of(record, superblock_)) return fail(Errc::auth_failed, "an envelope holds the keys of another package");
  if (opener_ == nullptr)
    opener_ = std::make_shared<crypto::BodyOpener>(hash::blake3(format::encode_superblock(superblock_)),
                                                   superblock_.cipher);
  epochs_.add(record.keys);
  opener_->allow_sealing(epochs_.newest());
  for (auto& [epoch, key] : record.keys) NPK_TRY(opener_->add_key(epoch, std::move(key)));
  return {};
}

Result<std::shared_ptr<const crypto::BodyOpener>> KeySearch::opener() const {
  if (opener_ != nullptr) return opener_;
  if (identities_ == nullptr || identities_->empty())
    return fail(Errc::no_key, "the package is sealed: an identity or a passphrase is needed");
  if (refused_) return std::unexpected(*refused_);
  return fail(Errc::no_key, why_none_opens());
}

std::string KeySearch::why_none_opens() const {
  if (skipped_passphrase_)
    return "the package is sealed, and none of the given keys opens it: of its passphrases only the first is tried";
  if (!std::ranges::all_of(*identities_, &Identity::is_passphrase))
    return "the package is sealed, and none of the given keys opens it";
  return tried_passphrase_ ? "the package is sealed, and the passphrase does not open it"
                           : "the package is sealed to keys alone: an identity is needed, no passphrase opens it";
}

}  // namespace npk::reader
