// The live envelopes of a package, and what the caller's identities open of them.
#pragma once

#include <vector>

#include "crypto/epoch_record.h"
#include "npk/ops/keys.h"
#include "package/reader/locate.h"

namespace npk::ops {

struct Envelope {
  EnvelopeInfo info;
  Bytes age_file;
  crypto::EpochRecord record;           // if it opens
  bool is_for_passphrase = false;
  const Identity* passphrase = nullptr; // the one that opens it, if it is for a passphrase
};

// `identities` outlive it. What is wrong with an age file is its info's problem. Errors: as FrameReader; corrupt (no
// envelope); limit.
[[nodiscard]] Result<std::vector<Envelope>> read_envelopes(const reader::FrameReader& frames,
                                                           const format::Superblock& superblock,
                                                           const std::vector<std::uint64_t>& positions,
                                                           const std::vector<Identity>& identities);
// Of an age file that is not in the package yet. `position` of the result is 0, and whether it is own isn't known.
// Errors: corrupt, unsupported, limit (no age file that is to be tried); auth_failed (other keys).
[[nodiscard]] Result<Envelope> read_envelope(Bytes age_file, const format::Superblock& superblock,
                                             const std::vector<Identity>& identities);

// Adds whom a complete envelope is for, each only once. Errors: those of Recipient::parse; limit.
[[nodiscard]] Result<void> add_recipients_of(const Envelope& envelope, std::vector<Recipient>& recipients);

// Who stays, of all envelopes, passphrases first: the others then come together, in one envelope. Errors: misuse
// (nobody), not_found, no_key (an envelope that can't be made again).
[[nodiscard]] Result<std::vector<Recipient>> remaining_recipients(const std::vector<Envelope>& envelopes,
                                                                  const RemovedKeys& removed);

}  // namespace npk::ops
