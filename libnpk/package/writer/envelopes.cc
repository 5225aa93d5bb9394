#include "package/writer/envelopes.h"

#include "crypto/age_with_header.h"
#include "hash/hash.h"

namespace npk::writer {
namespace {

Result<SecretBytes> record_of(const format::PackageId& id, const crypto::EpochKeys& keys,
                              std::span<const Recipient> recipients, ByteView header) {
  crypto::EpochRecord record;
  record.header_hash = hash::blake3(header);
  record.package_id = id;
  for (const auto& [epoch, key] : keys) {
    NPK_ASSIGN(SecretBytes copy, SecretBytes::copy_of(key.view()));
    record.keys.emplace(epoch, std::move(copy));
  }
  for (const Recipient& recipient : recipients) record.recipients.push_back(recipient.text());
  return crypto::encode_epoch_record(record);
}

}  // namespace

Result<std::vector<Bytes>> make_envelopes(const format::PackageId& id, const crypto::EpochKeys& keys,
                                          std::span<const Recipient> recipients) {
  std::vector<Bytes> envelopes;
  const auto add = [&](std::span<const Recipient> together) -> Result<void> {
    if (together.empty()) return {};
    const auto record = [&](ByteView header) { return record_of(id, keys, together, header); };
    NPK_ASSIGN(envelopes.emplace_back(), crypto::age_encrypt_with_header(together, record));
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

}  // namespace npk::writer
