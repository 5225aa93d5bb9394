// Takes paths out of all of a package's history: into a new file, which takes the package's place.
#pragma once

#include "npk/ops/compact.h"

namespace npk::ops {

struct PurgeOptions {
  RewriteOptions rewrite;
  std::vector<std::string> globs;  // as AppendOptions::removed; each must fit something in some generation (not_found)
  bool rewrite_signed = false;     // else misuse if a generation that is signed would change
};

struct PurgeReport {
  RewriteReport rewrite;
  std::uint64_t generations = 0;          // all
  std::uint64_t changed_generations = 0;  // that had such entries
  std::uint64_t purged_entries = 0;       // in all generations together, equal ones on a shared page counted once
  // Generations whose message contains a purged path. Messages are not changed.
  std::vector<std::uint64_t> messages_naming;
};

// No byte of what only those entries had is in the new file: no block that holds any of it is copied, no page or
// manifest names them. What old blocks the file system and its disk still hold is their affair. The content roots of
// changed generations change; their old statements are kept as records, with their signatures, which are then of content
// that is not there any more. Generations stay, with number, time and message, also those left without entries. Memory
// and errors: as compact().
[[nodiscard]] Result<PurgeReport> purge(const std::string& path, const PurgeOptions& options);

}  // namespace npk::ops
