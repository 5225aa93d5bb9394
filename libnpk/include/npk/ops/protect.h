// Adds parity to a package: frames from which `repair` has damaged bytes back (spec section 11.3).
#pragma once

#include <stop_token>
#include <string>

#include "npk/limits.h"
#include "npk/progress.h"
#include "npk/result.h"

namespace npk::ops {

inline constexpr unsigned kDefaultRecoveryPercent = 5;
inline constexpr unsigned kMaxRecoveryPercent = 90;  // of the whole, the parity with it: nothing is left at 100

struct ProtectOptions {
  std::string package_path;
  // A burst of so many percent of what is protected, parity and all, can be mended wherever it lies: 1 to
  // kMaxRecoveryPercent.
  unsigned percent = kDefaultRecoveryPercent;
  Limits limits = {};
  ProgressCallback progress = {};  // bytes protected
  std::stop_token stop = {};
};

struct ProtectReport {
  std::uint64_t protected_bytes = 0;  // by this call; 0: all was protected before, nothing was written
  std::uint64_t parity_bytes = 0;     // what the package grew by
  std::uint64_t package_bytes = 0;
  std::uint32_t shard_bytes = 0;
  std::uint32_t data_shards = 0, parity_shards = 0;  // of each stripe
  std::uint64_t stripes = 0;
};

// Everything behind what is protected already, up to the end: all of a package that has no parity, the generations,
// signatures and envelopes since of one that has. A sealed package needs no key: parity is over the bytes as they are
// stored. Every frame that is to be protected is checked first. One pass over it, one thread; memory under 64 MiB. The
// same package and percentage give the same bytes.
//
// Errors: as opening; misuse (percent); truncated or corrupt (it does not end with a trailer, or is damaged: what is
// broken must not be protected); unsupported (features of a newer npk; a package inside a larger file); io (also:
// another process writes to it); cancelled. After an error the package is as before.
[[nodiscard]] Result<ProtectReport> protect(const ProtectOptions& options);

}  // namespace npk::ops
