#include "package/reader/key_search.h"

#include <algorithm>

#include "crypto/age_armor.h"
#include "hash/hash.h"
#include "npk/age.h"

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

KeySearch::KeySearch(const format::Superblock& superblock, Identities identities)
    : superblock_(superblock), identities_(std::move(identities)) {}

bool KeySearch::may_try(ByteView envelope) {
  if (!goes_on()) return false;
  ++tries_;
  if (identities_ == nullptr || identities_->empty()) return false;
  const auto stanzas = describe_stanzas(envelope);
  const bool takes_passphrase =
      stanzas && std::ranges::any_of(*stanzas, [](const AgeStanza& stanza) { return stanza.type == "scrypt"; });
  if (!takes_passphrase || std::ranges::none_of(*identities_, &Identity::is_passphrase)) return true;
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
  if (record.keys.contains(kFirstEpoch)) opener_->allow_sealing(record.keys.rbegin()->first);
  for (auto& [epoch, key] : record.keys) NPK_TRY(opener_->add_key(epoch, std::move(key)));
  return {};
}

Result<std::shared_ptr<const crypto::BodyOpener>> KeySearch::opener() const {
  if (opener_ != nullptr) return opener_;
  if (identities_ == nullptr || identities_->empty())
    return fail(Errc::no_key, "the package is sealed: an identity or a passphrase is needed");
  if (refused_) return std::unexpected(*refused_);
  return fail(Errc::no_key, "the package is sealed, and none of the given keys opens it");
}

}  // namespace npk::reader
