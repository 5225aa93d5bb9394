// What a package consists of, and what each part costs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "npk/reader.h"

namespace npk::ops {

struct CodecShare {
  std::uint64_t blocks = 0;
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;  // bodies
};

// Files by the end of their name: ".c", ".tar"; "" for names without one.
struct TypeShare {
  std::uint64_t files = 0;
  std::uint64_t content_bytes = 0;  // sum of sizes
  std::uint64_t unique_bytes = 0;   // of chunks that no file before, in path order, has
  std::uint64_t stored_bytes = 0;   // an estimate: of each such chunk, its share of its block by length
};

// Where the package's bytes are; headers of frames included. They add up to the package's length.
struct ByteCosts {
  std::uint64_t blocks = 0;
  std::uint64_t dictionaries = 0;
  std::uint64_t catalog_pages = 0;
  std::uint64_t chunk_pages = 0;
  std::uint64_t manifests = 0;
  std::uint64_t commits = 0;
  std::uint64_t others = 0;  // superblock, trailers, hint pages, padding, frames of other kinds, damage
};

struct InspectReport {
  PackageInfo info;
  ByteCosts costs;
  std::map<std::string, CodecShare> codecs;  // by the chain's name: "zstd", "store", "lz4", …; "unreadable"
  std::map<std::string, TypeShare> types;    // by ending, lower case
  std::uint64_t symlinks = 0;
  std::uint64_t devices = 0;                 // and FIFOs
  std::uint64_t hard_links = 0;              // entries that share content with a link group's first
  std::uint64_t duplicate_bytes = 0;         // content without holes, less the unique bytes
};

// Reads every catalog and chunk page and the header of every frame; of blocks no more than the start. Damage of single frames counts as `others`;
// damage of pages is an error.
[[nodiscard]] Result<InspectReport> inspect(const PackageReader& package);

}  // namespace npk::ops
