// Mends a damaged package by its parity, into a new file (spec section 11.3).
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "npk/limits.h"
#include "npk/progress.h"
#include "npk/result.h"

namespace npk::ops {

struct RepairOptions {
  std::string package_path;
  std::string output_path;   // a regular file, another than the package; appears when whole, as create_atomic_file's
  bool keep_damaged = false; // write it also if not everything can be mended: what can't be is as it was found, or zeros
  Limits limits = {};
  ProgressCallback progress = {};  // bytes of the output; may begin anew
  std::stop_token stop = {};
};

// Bytes of the package as it should be.
struct PackageRange {
  std::uint64_t position = 0;
  std::uint64_t length = 0;

  friend bool operator==(const PackageRange&, const PackageRange&) = default;
};

struct RepairReport {
  std::vector<PackageRange> mended;  // had back from parity, or made anew; ascending, none touches another
  std::vector<PackageRange> lost;    // not to be had: likewise
  std::uint64_t mended_bytes = 0, lost_bytes = 0;
  std::uint64_t moved_bytes = 0;     // of whole shards that were found at another place than they belong
  std::uint64_t dropped_bytes = 0;   // behind the package's end, that no frame of it lies in
  std::uint64_t package_bytes = 0;   // of the output
  std::uint64_t protected_bytes = 0; // of these, those whose every byte was compared with a hash of the parity frames
  bool written = false;              // the output is there

  [[nodiscard]] bool is_whole() const noexcept { return lost.empty(); }
};

// Mends flipped and zeroed bytes, bytes that are missing in the middle or at the end, too many bytes, and a lost
// superblock, as far as in each stripe no more shards are lost than it has parity. Every shard of the output has the
// hash that the parity frames say, recovered or not; what lies behind the newest parity is copied, its frames checked
// by themselves. The package itself is only read. Needs no key. Unless the report is whole, or keep_damaged is set,
// nothing is written.
//
// One thread. Memory: under 64 MiB (or one group of stripes, at most kMaxParityGroupBytes, of a package laid out by another
// writer), 40 bytes a parity frame and 16 MiB when shards have moved.
//
// Errors: not_found, io; misuse (the output is the package, or no regular file); unsupported (no parity frame is there:
// nothing can be done); limit (hostile layouts); cancelled.
[[nodiscard]] Result<RepairReport> repair(const RepairOptions& options);

}  // namespace npk::ops
