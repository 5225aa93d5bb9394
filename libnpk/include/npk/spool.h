// All of what can be read once, kept so that it can be read anywhere: a package from a pipe, for what one pass can't do.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "npk/source.h"

namespace npk {

struct SpoolOptions {
  std::uint64_t bytes = 1ULL << 30;         // most that is kept; at least 1
  std::uint64_t memory_bytes = 32ULL << 20; // of that, what is kept in memory before all of it goes to a file; at least 1
  std::string directory = {};               // of that file, which has no name; empty: TMPDIR or /tmp
  std::stop_token stop = {};
};

// Reads `source` to its end. The result has its name. Errors: the source's; limit (longer than `bytes`); io (the file);
// cancelled.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> spool_source(SequentialSource& source, const SpoolOptions& options = {});

}  // namespace npk
