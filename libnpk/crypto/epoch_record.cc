#include "crypto/epoch_record.h"

#include <algorithm>

namespace npk::crypto {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic = {'N', 'P', 'K', 'K', 'E', 'Y', 'S', '1'};
constexpr std::size_t kMostRecipientBytes = 4096;

std::size_t encoded_bytes(const EpochRecord& record) {
  std::size_t bytes = kMagic.size() + record.package_id.size() + 8 + record.keys.size() * (4 + kEpochKeyBytes);
  for (const std::string& recipient : record.recipients) bytes += 4 + recipient.size();
  return bytes + (record.header_hash ? record.header_hash->size() : 0);
}

// Into guarded memory of the right size: a growing vector would leave copies behind.
class SecretWriter {
 public:
  explicit SecretWriter(MutableBytes out) noexcept : left_(out) {}
  void write(ByteView bytes) noexcept {
    std::ranges::copy(bytes, left_.begin());
    left_ = left_.subspan(bytes.size());
  }
  void write(std::uint32_t value) noexcept {
    store_le(left_.data(), value);
    left_ = left_.subspan(sizeof value);
  }

 private:
  MutableBytes left_;
};

Result<void> read_keys(ByteReader& reader, EpochRecord& record) {
  NPK_ASSIGN(const auto count, reader.read<std::uint32_t>());
  if (count == 0 || count > kMostEpochs) return fail_corrupt("an envelope has no epoch keys, or too many");
  for (std::uint32_t i = 0; i < count; ++i) {
    NPK_ASSIGN(const auto epoch, reader.read<std::uint32_t>());
    NPK_ASSIGN(const ByteView key, reader.read_bytes(kEpochKeyBytes));
    if (epoch == 0 || (!record.keys.empty() && epoch <= record.keys.rbegin()->first))
      return fail_corrupt("an envelope's epochs do not ascend from 1");
    NPK_ASSIGN(SecretBytes secret, SecretBytes::copy_of(key));
    record.keys.emplace(epoch, std::move(secret));
  }
  return {};
}

Result<void> read_recipients(ByteReader& reader, EpochRecord& record) {
  NPK_ASSIGN(const auto count, reader.read<std::uint32_t>());
  if (count > kMostRecipients) return fail_corrupt("an envelope names too many recipients");
  for (std::uint32_t i = 0; i < count; ++i) {
    NPK_ASSIGN(const auto length, reader.read<std::uint32_t>());
    if (length > kMostRecipientBytes) return fail_corrupt("an envelope names a recipient that is too long");
    NPK_ASSIGN(const ByteView text, reader.read_bytes(length));
    record.recipients.emplace_back(as_text(text));
  }
  return {};
}

}  // namespace

Result<SecretBytes> encode_epoch_record(const EpochRecord& record) {
  if (record.keys.size() > kMostEpochs) return fail(Errc::limit, "a package has at most 4,096 key epochs");
  if (record.recipients.size() > kMostRecipients) return fail(Errc::limit, "a package has at most 1,024 recipients");
  NPK_ASSIGN(SecretBytes out, SecretBytes::allocate(encoded_bytes(record)));
  SecretWriter writer(out.span());
  writer.write(kMagic);
  writer.write(record.package_id);
  writer.write(static_cast<std::uint32_t>(record.keys.size()));
  for (const auto& [epoch, key] : record.keys) {
    writer.write(epoch);
    writer.write(key.view());
  }
  writer.write(static_cast<std::uint32_t>(record.recipients.size()));
  for (const std::string& recipient : record.recipients) {
    writer.write(static_cast<std::uint32_t>(recipient.size()));
    writer.write(as_bytes(recipient));
  }
  if (record.header_hash) writer.write(*record.header_hash);
  return out;
}

Result<EpochRecord> decode_epoch_record(ByteView bytes) {
  ByteReader reader(bytes);
  NPK_ASSIGN(const auto magic, reader.read_array<8>());
  if (magic != kMagic) return fail(Errc::unsupported, "an envelope holds no keys that this npk knows: use a newer npk");
  EpochRecord record;
  NPK_ASSIGN(record.package_id, reader.read_array<16>());
  NPK_TRY(read_keys(reader, record));
  NPK_TRY(read_recipients(reader, record));
  if (reader.remaining() == Digest().size()) {
    NPK_ASSIGN(record.header_hash, reader.read_array<Digest().size()>());
  }
  NPK_TRY(reader.expect_end());
  return record;
}

}  // namespace npk::crypto
