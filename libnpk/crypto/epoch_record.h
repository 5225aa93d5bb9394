// The plain text of an envelope (spec section 14): the epoch keys its writer knows, and whom it was made for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/sealing.h"
#include "npk/format/superblock.h"

namespace npk::crypto {

inline constexpr std::size_t kMostEpochs = 4096;
inline constexpr std::size_t kMostRecipients = 1024;

struct EpochRecord {
  format::PackageId package_id{};
  EpochKeys keys;
  std::vector<std::string> recipients;  // as text; empty for a passphrase
  std::optional<Digest> header_hash;    // BLAKE3 of the header of the age file that was made for these recipients
};

// Errors: limit (kMostEpochs, kMostRecipients, no guarded memory).
[[nodiscard]] Result<SecretBytes> encode_epoch_record(const EpochRecord& record);
// Errors: unsupported (another version), corrupt, limit.
[[nodiscard]] Result<EpochRecord> decode_epoch_record(ByteView bytes);

}  // namespace npk::crypto
