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
  std::uint64_t parity = 0;
  std::uint64_t others = 0;  // superblock, trailers, hint pages, padding, frames of other kinds, damage
};

// A range of the package that parity frames protect (spec section 11.3).
struct Protection {
  std::uint64_t begin = 0, end = 0;    // the range, in the package
  std::uint64_t parity_bytes = 0;      // of its frames
  std::uint32_t shard_bytes = 0;
  std::uint32_t data_shards = 0, parity_shards = 0;  // of each stripe: so many of all of them may be lost
  std::uint64_t stripes = 0;
};

struct InspectReport {
  PackageInfo info;
  ByteCosts costs;
  std::map<std::string, CodecShare> codecs;  // by the chain's name: "zstd", "store", "lz4", …; "unreadable"
  std::map<std::string, TypeShare> types;    // by ending, lower case
  std::vector<Protection> protections;       // ascending
  std::uint64_t symlinks = 0;
  std::uint64_t devices = 0;                 // and FIFOs
  std::uint64_t hard_links = 0;              // entries that share content with a link group's first
  std::uint64_t duplicate_bytes = 0;         // content without holes, less the unique bytes
};

// Reads every catalog and chunk page and the header of every frame; of blocks no more than the start. Damage of single frames counts as `others`;
// damage of pages is an error.
[[nodiscard]] Result<InspectReport> inspect(const PackageReader& package);

}  // namespace npk::ops
