// The chunk tree, page by page, past damaged ones.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "ops/read/damage_list.h"
#include "package/reader/impl.h"

namespace npk::ops {

// A chunk leaf that is sound in itself and in its place.
struct ChunkLeafPlace {
  format::FrameReference reference;
  std::uint64_t before = 0;
  std::uint64_t first_block = 0;
};

// Where a block's frame must lie, and what its header must say.
struct BlockPlace {
  std::uint64_t position = 0;
  std::uint64_t stored_length = 0;
  std::array<std::uint8_t, 8> check{};
  bool is_dictionary = false;
  std::uint64_t number = 0;
};

// Chunks of the page's block `index`, neighbours joined.
[[nodiscard]] std::vector<ChunkRange> chunks_of_block(const format::ChunkPage& page, std::size_t index);

class ChunkTreeCheck {
 public:
  ChunkTreeCheck(const PackageReader::Impl& package, DamageList& damages) : package_(package), damages_(damages) {}

  [[nodiscard]] Result<void> run();
  [[nodiscard]] const std::vector<ChunkLeafPlace>& leaves() const noexcept { return leaves_; }
  [[nodiscard]] const std::vector<BlockPlace>& blocks() const noexcept { return blocks_; }  // by position
  [[nodiscard]] Result<std::shared_ptr<const reader::ChunkLeaf>> load(const ChunkLeafPlace& place) const;
  // What is lost with a block; nothing if its page can't be read (then that is known already).
  [[nodiscard]] std::vector<ChunkRange> chunks_of_block(std::uint64_t number) const;

 private:
  struct Place {
    format::FrameReference reference;
    std::uint64_t before = 0;
    ChunkRange chunks;
    std::optional<int> height;  // none: the root
  };
  Result<void> visit(const Place& place);
  Result<void> visit_node(const Place& place, const format::ChunkNode& node);
  Result<void> visit_leaf(const Place& place, const reader::ChunkLeaf& leaf);
  Result<void> check_recovered();
  void add_blocks(const format::ChunkPage& page);

  const PackageReader::Impl& package_;
  DamageList& damages_;
  std::vector<ChunkLeafPlace> leaves_;
  std::vector<BlockPlace> blocks_;
  std::uint64_t stored_bytes_ = 0;
  bool complete_ = true;
};

}  // namespace npk::ops
