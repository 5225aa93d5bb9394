// The envelope frames of a sealed package: age files that hold its epoch keys (spec section 14).
#pragma once

#include <span>
#include <vector>

#include "crypto/epoch_record.h"
#include "npk/bytes.h"
#include "npk/recipients.h"

namespace npk::writer {

// Bodies of envelopes that give all keys to all recipients: one for each passphrase, which age wants alone in its file,
// and one for all others, in the order in which they come. None for no recipients. Errors: limit, misuse (age_encrypt).
[[nodiscard]] Result<std::vector<Bytes>> make_envelopes(const format::PackageId& id, const crypto::EpochKeys& keys,
                                                        std::span<const Recipient> recipients);

}  // namespace npk::writer
