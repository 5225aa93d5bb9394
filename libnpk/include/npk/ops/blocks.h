// How each block of a package is stored, and why.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "npk/reader.h"

namespace npk::ops {

struct BlockStep {
  std::string name;     // as --chain takes it; "codec 99" if this build does not know it
  int level = 0;        // of a compressor; of a filter: by how many percent a trial found it to help, 0 if there was none
  bool is_filter = false;
};

struct BlockInfo {
  std::uint64_t number = 0;
  std::uint64_t position = 0;      // of its frame
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;  // of the body
  std::uint64_t chunks = 0;
  std::optional<std::uint64_t> base;  // number of the block or dictionary it was compressed with
  bool is_dictionary = false;
  std::vector<BlockStep> chain;    // in the order of encoding; empty: stored
  bool is_readable = true;         // false: its frame could not be read, and there is no chain here
};

// One sentence part: "json saves 31 % in a trial", "stored: compressing saves less than a 64th".
[[nodiscard]] std::string reason_of(const BlockInfo& block);

// Blocks and dictionaries in the order of their numbers, until `visit` returns false. Reads chunk pages and the first bytes of each frame,
// which nothing vouches for: for show only. Errors: as reading.
[[nodiscard]] Result<void> for_each_block(const PackageReader& package, const std::function<bool(const BlockInfo&)>& visit);

}  // namespace npk::ops
