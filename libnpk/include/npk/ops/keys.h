// Who may open a sealed package that is there: its envelopes, listed, added, taken away, exported and imported. Content is
// not touched; rekey() (ops/rekey.h) seals it anew.
//
// An envelope is an age file with the package's epoch keys (spec section 14). Changes are frames behind the end and a
// new trailer: the package is locked against other writers meanwhile, and as before after an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "npk/limits.h"
#include "npk/recipients.h"
#include "npk/source.h"

namespace npk::ops {

// Readers try no more.
inline constexpr std::size_t kMostLiveEnvelopes = 16;

struct KeyOptions {
  std::shared_ptr<const std::vector<Identity>> identities = {};  // what opens the package; may be null to list and export
  Limits limits = {};
};

struct EnvelopeInfo {
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> stanzas;        // the types in its age header, in clear: "X25519", "scrypt", …; unproven
  bool is_open = false;                    // an identity opens it; all below is empty or false otherwise
  std::vector<std::string> recipients;     // whom its record says it was made for; "" is a passphrase
  std::vector<std::uint32_t> epochs;       // whose keys are in it
  bool is_own = false;                     // holds the newest key of the readers' own: who added it could read the package
  bool is_complete = false;                // own, and for just those its record names: npk made it, and can make it again
  std::optional<Error> problem = {};       // why it does not open, if not for want of a key
};

// The live envelopes, in the order readers try them. One that is broken, or another package's, is listed all the same.
// Errors: misuse (not sealed); as opening; not no_key.
[[nodiscard]] Result<std::vector<EnvelopeInfo>> list_envelopes(const std::string& path, const KeyOptions& options = {});
// The age file of one, by its number from 1. Errors: not_found; as list_envelopes.
[[nodiscard]] Result<Bytes> export_envelope(const std::string& path, std::size_t number, const KeyOptions& options = {});

struct KeyReport {
  std::size_t live_envelopes = 0;  // afterwards
  std::uint32_t epoch = 0;         // the newest
  bool was_checked = true;         // import_envelope: false if no identity opened the file
};

// For more recipients, who can then read everything. Complete envelopes are joined into one with the new recipients,
// but for those of passphrases; others stay. Who is in already is not added twice, unless by a passphrase. Errors: misuse
// (not sealed; no recipients; a second passphrase); no_key; limit (kMostLiveEnvelopes).
[[nodiscard]] Result<KeyReport> add_recipients(const std::string& path, std::span<const Recipient> recipients,
                                               const KeyOptions& options);

struct RemovedKeys {
  std::vector<std::string> recipients;  // as text
  std::vector<std::size_t> envelopes;   // whole ones, by number from 1; also those that no identity here opens
};

// Begins a new epoch: what is added from now on those removed can't read. They keep what they could read: rekey()
// changes that, for who has no copy. All other envelopes must be complete, but for those that are open and not own: they
// are no longer live, either, and who stays gets their keys. Errors: misuse (not sealed; nobody would be left); not_found
// (no such recipient or envelope); no_key (the package, or one of the others, does not open, or isn't complete).
[[nodiscard]] Result<KeyReport> remove_recipients(const std::string& path, const RemovedKeys& removed,
                                                  const KeyOptions& options);

// An age file that someone made from an exported one, binary or armored. `replaced`: number of an envelope that is no
// longer live, 0: none. Errors: misuse (not sealed; as add_recipients); corrupt, unsupported (no age file); auth_failed
// (opens, but holds other keys than the package's, or not its newest own one); not_found; limit (as add_recipients);
// no_key (the package does not open).
[[nodiscard]] Result<KeyReport> import_envelope(const std::string& path, ByteView age_file, std::size_t replaced,
                                                const KeyOptions& options);

}  // namespace npk::ops
