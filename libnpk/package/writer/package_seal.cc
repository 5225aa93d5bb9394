#include "package/writer/package_seal.h"

#include <algorithm>
#include <span>

#include "crypto/epoch_record.h"
#include "hash/hash.h"
#include "npk/age.h"

namespace npk::writer {
namespace {

constexpr std::uint32_t kFirstEpoch = 1;
constexpr std::uint32_t kFirstSalt = 1;

Result<SecretBytes> record_of(const format::PackageId& id, ByteView key, std::span<const Recipient> recipients) {
  crypto::EpochRecord record;
  record.package_id = id;
  NPK_ASSIGN(SecretBytes copy, SecretBytes::copy_of(key));
  record.keys.emplace(kFirstEpoch, std::move(copy));
  for (const Recipient& recipient : recipients) record.recipients.push_back(recipient.text());
  return crypto::encode_epoch_record(record);
}

// age wants a passphrase alone in its file: an envelope for each, and one for all others.
Result<std::vector<Bytes>> envelopes_for(std::span<const Recipient> recipients, const format::PackageId& id,
                                         ByteView key) {
  std::vector<Bytes> envelopes;
  const auto add = [&](std::span<const Recipient> together) -> Result<void> {
    if (together.empty()) return {};
    NPK_ASSIGN(const SecretBytes record, record_of(id, key, together));
    NPK_ASSIGN(envelopes.emplace_back(), age_encrypt(record.view(), together));
    return {};
  };
  std::size_t begin = 0;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!recipients[i].is_passphrase()) continue;
    NPK_TRY(add(recipients.subspan(begin, i - begin)));
    NPK_TRY(add(recipients.subspan(i, 1)));
    begin = i + 1;
  }
  NPK_TRY(add(recipients.subspan(begin)));
  return envelopes;
}

}  // namespace

Result<std::unique_ptr<const PackageSeal>> PackageSeal::create(const WriterOptions& options) {
  if (options.recipients == nullptr || options.recipients->empty()) return nullptr;
  if (options.cipher == format::Cipher::none) return fail(Errc::misuse, "cipher: a sealed package needs one");
  NPK_TRY(crypto::check_cipher(options.cipher));
  NPK_ASSIGN(const SecretBytes key, crypto::random_key());
  NPK_ASSIGN(const SecretBytes random, crypto::random_key());
  format::Superblock superblock{.sealed = true, .package_id = {}, .key_commitment = {}, .cipher = options.cipher};
  std::copy_n(random.view().begin(), superblock.package_id.size(), superblock.package_id.begin());
  superblock.key_commitment = crypto::key_commitment(key.view(), superblock.package_id);
  NPK_ASSIGN(std::vector<Bytes> envelopes, envelopes_for(*options.recipients, superblock.package_id, key.view()));
  NPK_ASSIGN(crypto::SealingSession session,
             crypto::SealingSession::begin(key.view(), hash::blake3(format::encode_superblock(superblock)), options.cipher));
  return std::unique_ptr<const PackageSeal>(new PackageSeal(superblock, std::move(envelopes), std::move(session)));
}

format::FrameHeader PackageSeal::header(format::FrameType type, std::uint32_t counter, bool carries_head,
                                        std::uint64_t stored_length) const {
  format::FrameHeader header;
  header.type = type;
  header.flags = static_cast<std::uint8_t>(format::kFrameSealed | (carries_head ? format::kFrameCarriesSalt : 0));
  header.tag = format::package_tag(superblock_.package_id);
  header.key_epoch = kFirstEpoch;
  header.writer_salt_id = kFirstSalt;
  header.seal_counter = counter;
  header.stored_length = stored_length;
  return header;
}

void PackageSeal::seal(const format::FrameHeader& header, MutableBytes room) const noexcept {
  if ((header.flags & format::kFrameCarriesSalt) != 0) {
    std::ranges::copy(session_.head().salt, room.begin());
    std::ranges::copy(session_.head().commitment, room.subspan(session_.head().salt.size()).begin());
    room = room.subspan(crypto::SessionHead::kBytes);
  }
  session_.seal(header, room);
}

}  // namespace npk::writer
