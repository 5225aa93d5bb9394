// Finds the package in a source and the commit in the package (spec sections 12 and 13).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "npk/reader.h"
#include "package/reader/chunk_table.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::reader {

struct LocatedPackage {
  PackageExtent extent;
  PackageInfo info;
  format::FrameHeader trailer_header;  // unless recovered
  std::uint64_t commit_position = 0;   // 0: no commit, the two below stand for it
  std::vector<RecoveredChunkPage> chunk_pages;
  ChunkCounts chunk_totals;
  std::vector<std::shared_ptr<const format::CatalogPage>> manifests;
};

// Errors: as PackageReader::open. Without a valid trailer: the trailer's error unless options.accept_recovered.
[[nodiscard]] Result<LocatedPackage> locate_package(std::shared_ptr<const RandomAccessSource> source,
                                                    const ReaderOptions& options,
                                                    const std::shared_ptr<ReadCounters>& counters);

// A package that begins at the source's start, whatever has become of its end: as far as frames go on from there, and
// opened by the envelopes right behind its superblock. Errors: those of the superblock; auth_failed, no_key.
struct BegunPackage {
  PackageExtent extent;
  format::Superblock superblock;
};
[[nodiscard]] Result<BegunPackage> locate_begun(std::shared_ptr<const RandomAccessSource> source,
                                                const ReaderOptions& options,
                                                const std::shared_ptr<ReadCounters>& counters);

// Where the last whole trailer of the package ends, of a package that begins at the source's start: its end, unless that
// is torn. nullopt: there is none. Errors: io; those of the superblock.
[[nodiscard]] Result<std::optional<std::uint64_t>> last_whole_end(const std::shared_ptr<const RandomAccessSource>& source,
                                                                  const Limits& limits);

// What can be known of a sealed package without a key.
struct EnvelopePlaces {
  PackageExtent extent;  // without an opener: for frames that are clear
  format::Superblock superblock;
  format::FrameHeader trailer_header;
  format::Trailer trailer;  // with the positions of the live envelopes
};
// Errors: as locate_package; truncated without a trailer.
[[nodiscard]] Result<EnvelopePlaces> locate_envelopes(std::shared_ptr<const RandomAccessSource> source,
                                                      const Limits& limits);

// From a checked body; the storage root is checked too, all else that needs other frames is not.
[[nodiscard]] Result<format::Commit> open_commit(ByteView body, std::uint64_t position, const Limits& limits);

}  // namespace npk::reader
