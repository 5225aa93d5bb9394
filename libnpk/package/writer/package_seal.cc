#include "package/writer/package_seal.h"

#include <algorithm>

#include "crypto/epoch_record.h"
#include "hash/hash.h"
#include "package/writer/envelopes.h"

namespace npk::writer {

Result<std::unique_ptr<const PackageSeal>> PackageSeal::create(std::span<const Recipient> recipients,
                                                               format::Cipher cipher, bool pad) {
  if (recipients.empty()) return nullptr;
  if (cipher == format::Cipher::none) return fail(Errc::misuse, "cipher: a sealed package needs one");
  NPK_TRY(crypto::check_cipher(cipher));
  crypto::EpochKeys keys;
  SecretBytes& key = keys[Names().epoch];
  NPK_ASSIGN(key, crypto::random_key());
  NPK_ASSIGN(const SecretBytes random, crypto::random_key());
  format::Superblock superblock{.sealed = true, .package_id = {}, .key_commitment = {}, .cipher = cipher};
  std::copy_n(random.view().begin(), superblock.package_id.size(), superblock.package_id.begin());
  superblock.key_commitment = crypto::key_commitment(key.view(), superblock.package_id);
  NPK_ASSIGN(std::vector<Bytes> envelopes, make_envelopes(superblock.package_id, keys, recipients));
  NPK_ASSIGN(crypto::SealingSession session,
             crypto::SealingSession::begin(key.view(), hash::blake3(format::encode_superblock(superblock)), cipher));
  std::unique_ptr<PackageSeal> seal(new PackageSeal(superblock, std::move(envelopes), {}, std::move(session)));
  seal->pads_ = pad;
  return seal;
}

Result<std::unique_ptr<const PackageSeal>> PackageSeal::resume(const format::Superblock& superblock,
                                                               const crypto::BodyOpener& keys, std::uint32_t salt_id, bool pad) {
  NPK_TRY(crypto::check_cipher(superblock.cipher));
  const std::uint32_t epoch = keys.sealing_epoch();
  if (epoch == 0) return fail(Errc::no_key, "the keys given open only what others added: nothing can be sealed under them");
  const SecretBytes& key = keys.epoch_keys().at(epoch);
  NPK_ASSIGN(crypto::SealingSession session,
             crypto::SealingSession::begin(key.view(), hash::blake3(format::encode_superblock(superblock)), superblock.cipher));
  std::unique_ptr<PackageSeal> seal(new PackageSeal(superblock, {}, {epoch, salt_id}, std::move(session)));
  seal->pads_ = pad;
  return seal;
}

void PackageSeal::pad(MutableBytes room, std::size_t plain_bytes) noexcept {
  if (room.size() == plain_bytes) return;
  std::ranges::fill(room.subspan(plain_bytes), std::uint8_t{0});
  std::uint8_t* const length = room.data() + format::kPaddingLengthOffset;
  store_le(length, load_le<std::uint32_t>(length) + static_cast<std::uint32_t>(room.size() - plain_bytes));
}

format::FrameHeader PackageSeal::header(format::FrameType type, std::uint32_t counter, bool carries_head,
                                        std::uint64_t stored_length) const {
  format::FrameHeader header;
  header.type = type;
  header.flags = static_cast<std::uint8_t>(format::kFrameSealed | (carries_head ? format::kFrameCarriesSalt : 0));
  header.tag = format::package_tag(superblock_.package_id);
  header.key_epoch = names_.epoch;
  header.writer_salt_id = names_.salt_id;
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
