// Chunk number, or stream position -> where the chunk's bytes are; block number -> frame. Over the chunk tree
// (spec 6.4, 6.5).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "npk/format/chunk_page.h"
#include "npk/format/commit.h"
#include "package/reader/cache/page_cache.h"

namespace npk::reader {

struct ChunkLocation {
  std::uint64_t number = 0;
  Digest hash{};
  std::uint32_t length = 0;
  std::uint64_t block = 0;  // block number
  std::uint32_t offset_in_block = 0;
  std::uint64_t stream_position = 0;
};

struct BlockLocation {
  std::uint64_t number = 0;
  format::BlockRow row;
};

struct ChunkInBlock {
  ChunkLocation chunk;
  BlockLocation block;
};

// How many of each there are; as a page's bounds, how many lie before it.
struct ChunkCounts {
  std::uint64_t chunks = 0;
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const ChunkCounts&, const ChunkCounts&) = default;
};

// A chunk leaf found by walking frames, for a package without a commit.
struct RecoveredChunkPage {
  format::FrameReference reference;
  ChunkCounts first;
};

// A look-up costs as many page reads as the tree is high, fewer when cached. Every page is checked against what leads
// to it: hash, position, height, first numbers, and that it ends where its successor begins, or at the commit's totals.
// Const members are thread-safe.
class ChunkTable {
 public:
  // Of a commit: `root` may be absent (no chunks); `before` is the commit's position; `stored_bytes` its total of the
  // blocks' stored lengths.
  ChunkTable(std::shared_ptr<PageCache> pages, const format::FrameReference& root, const ChunkCounts& totals,
             std::uint64_t stored_bytes, std::uint64_t before);
  // Of pages found one by one.
  ChunkTable(std::shared_ptr<PageCache> pages, const std::vector<RecoveredChunkPage>& found, const ChunkCounts& totals);

  [[nodiscard]] const ChunkCounts& totals() const noexcept { return totals_; }

  // Errc::corrupt if there is no such chunk or block (the numbers come from a package). `access`: as PageCache::get.
  [[nodiscard]] Result<ChunkLocation> chunk(std::uint64_t number, const CacheAccess& access = {}) const;
  [[nodiscard]] Result<ChunkLocation> at_stream_position(std::uint64_t position) const;
  [[nodiscard]] Result<BlockLocation> block(std::uint64_t number, const CacheAccess& access = {}) const;
  // The chunk at a stream position and its block, in one descent.
  [[nodiscard]] Result<ChunkInBlock> locate(std::uint64_t stream_position) const;
  // The leaf with a chunk, by stream position or number, to be kept by whoever reads on from there: then look-ups in it
  // cost no descent. Leaves never change.
  [[nodiscard]] Result<std::shared_ptr<const ChunkLeaf>> leaf_at(std::uint64_t stream_position,
                                                                 const CacheAccess& access = {}) const;
  [[nodiscard]] Result<std::shared_ptr<const ChunkLeaf>> leaf_of_chunk(std::uint64_t number) const;
  [[nodiscard]] static bool covers(const ChunkLeaf& leaf, std::uint64_t stream_position) noexcept;
  [[nodiscard]] static bool holds_chunk(const ChunkLeaf& leaf, std::uint64_t number) noexcept;
  // The leaf covers the position. Binary search; `row` (in and out) is where the last look-up ended, tried first.
  [[nodiscard]] static ChunkInBlock locate_in(const ChunkLeaf& leaf, std::uint64_t stream_position,
                                              std::size_t& row) noexcept;
  // The leaf holds the chunk.
  [[nodiscard]] static ChunkInBlock chunk_in(const ChunkLeaf& leaf, std::uint64_t number) noexcept;

  // All chunk leaves in order, each read afresh (not through the cache). At the end the stored bytes are compared with
  // the commit's total. The visitor's error ends the walk and is returned.
  using PageVisitor = std::function<Result<void>(const format::ChunkPage&)>;
  [[nodiscard]] Result<void> for_each_page(const PageVisitor& visit) const;

 private:
  struct Bounds;  // what a page must be, by what leads to it
  using Key = std::uint64_t ChunkCounts::*;
  [[nodiscard]] Bounds root_bounds() const;
  [[nodiscard]] Result<std::shared_ptr<const ChunkLeaf>> descend(std::uint64_t sought, Key key,
                                                                 const CacheAccess& access = {}) const;
  [[nodiscard]] Result<std::shared_ptr<const Page>> cached_page(const Bounds& bounds, const CacheAccess& access) const;
  [[nodiscard]] Result<std::shared_ptr<const Page>> fresh_page(const Bounds& bounds) const;
  [[nodiscard]] Result<std::shared_ptr<const Page>> checked(Result<std::shared_ptr<const Page>> found,
                                                            const Bounds& bounds) const;
  [[nodiscard]] Result<void> visit_subtree(const Bounds& bounds, const PageVisitor& visit,
                                           std::uint64_t& stored_bytes) const;
  [[nodiscard]] Result<void> visit_node(const Bounds& bounds, const format::ChunkNode& node, const PageVisitor& visit,
                                        std::uint64_t& stored_bytes) const;

  [[nodiscard]] Result<std::shared_ptr<const Page>> root_page(const CacheAccess& access) const;

  std::shared_ptr<PageCache> pages_;
  format::FrameReference root_;
  RootPage root_page_;
  std::shared_ptr<const format::ChunkNode> recovered_root_;  // stands for the root of a package without a commit
  ChunkCounts totals_;
  std::optional<std::uint64_t> stored_bytes_;
  std::uint64_t before_;
};

}  // namespace npk::reader
