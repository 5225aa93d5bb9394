// Makes small packages frame by frame, for tests of the reader that must not depend on the writer: trees of any shape,
// bases, holes, shared chunks, cut packages, and wrong ones (the caller edits rows, totals or references before they
// are written).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"

namespace npk::test {

// One entry with its own storage, and the content it must read back as.
struct BuiltEntry {
  std::string path;
  format::EntryKind kind = format::EntryKind::regular;
  std::vector<format::Run> runs;
  std::uint64_t size = 0;
  std::optional<Digest> digest;
  std::string target;
  Bytes content;

  [[nodiscard]] format::EntryRow row() const;
};

struct BlockOptions {
  std::optional<std::uint64_t> base;  // a block number
  bool is_dictionary = false;
  format::CodecId codec = format::CodecId::store;
};

class PackageBuilder {
 public:
  explicit PackageBuilder(std::string_view name);

  // Edits what is about to be written: for wrong packages. Called with each object once; unset: nothing.
  std::function<void(format::Commit&)> edit_commit;
  std::function<void(format::Trailer&)> edit_trailer;
  std::function<void(format::ChunkPage&)> edit_chunk_page;
  std::function<void(format::ChunkNode&)> edit_chunk_node;
  std::function<void(std::vector<format::CatalogChild>&)> edit_catalog_node;
  std::function<void(format::InnerHeader&)> edit_block_header;

  format::FrameReference frame(format::FrameType type, ByteView body);
  format::FrameReference stored_frame(format::FrameType type, ByteView raw);

  // A block of these chunks, or a dictionary of these bytes. Returns its number; the chunks get the next numbers.
  std::uint64_t block(const std::vector<Bytes>& chunks, const BlockOptions& options = {});
  // A leaf with all blocks and chunks that are in none yet.
  void chunk_page();
  void manifest(const std::vector<BuiltEntry>& entries);
  // Catalog leaves of `leaf_rows` entries, nodes of `fanout` children, over chunk leaves and catalog leaves alike.
  void commit(std::vector<BuiltEntry> entries, std::size_t leaf_rows = 1024, std::size_t fanout = 16);
  void trailer();

  [[nodiscard]] std::uint64_t chunk_count() const noexcept { return chunk_lengths_.size(); }
  [[nodiscard]] const Bytes& bytes() const noexcept { return out_; }

 private:
  struct ChunkLeafReference {
    format::FrameReference reference;
    format::ChunkChild child;
  };
  format::FrameReference catalog_tree(const std::vector<BuiltEntry>& entries, std::size_t leaf_rows,
                                      std::size_t fanout);
  format::FrameReference chunk_tree(std::size_t fanout);
  [[nodiscard]] format::Totals totals_of(const std::vector<BuiltEntry>& entries) const;

  Bytes out_;
  format::PackageId id_{};
  format::PackageTag tag_{};
  std::uint64_t sequence_ = 0;
  std::uint64_t last_commit_ = 0;
  std::uint64_t generation_ = 0;
  format::FrameReference commit_;
  format::ChunkPage open_page_;
  std::vector<format::ChunkChild> chunk_leaves_;
  std::vector<std::uint32_t> chunk_lengths_;
  std::vector<std::uint64_t> block_positions_;
  std::vector<Bytes> block_raw_;
  std::uint64_t unique_bytes_ = 0;
  std::uint64_t stored_bytes_ = 0;
};

// What make_package makes of a seed.
struct PackageShape {
  std::size_t files = 20;
  std::size_t largest_file = 40'000;
  std::size_t chunk_bytes = 1500;  // average
  std::size_t chunks_per_block = 5;
  std::size_t blocks_per_page = 4;
  std::size_t leaf_rows = 4;
  std::size_t fanout = 3;
  format::CodecId codec = format::CodecId::store;
  bool bases = false;  // every third block on the one before it
  bool holes = true;
};

struct BuiltPackage {
  Bytes bytes;
  std::vector<BuiltEntry> entries;  // in path order
  std::uint64_t manifests_end = 0;  // where the last manifest ends and the commit's pages begin
};

[[nodiscard]] BuiltPackage make_package(std::uint64_t seed, const PackageShape& shape = {});

}  // namespace npk::test
