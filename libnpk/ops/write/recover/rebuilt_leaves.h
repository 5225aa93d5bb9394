// Chunk leaves that are lost, made anew of what manifests tell of their chunks (spec 6.2) and of the blocks themselves.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "ops/write/recover/found_frames.h"

namespace npk::ops {

// Offered the frames of a package as they lie; knows after each which chunk and block numbers come next. One thread.
class RebuiltLeaves {
 public:
  explicit RebuiltLeaves(const FoundFrames& frames) : frames_(frames) {}

  // A chunk leaf that is there.
  void pass(const format::ChunkPage& leaf);
  // frames.all()[number], a manifest: the leaf that should lie before it, if that is not there, and if numbers, lengths and blocks are as the
  // manifest says. Chunks have no hashes yet; a block that is not there has raw length 0.
  [[nodiscard]] std::optional<format::ChunkPage> leaf_before(std::size_t number);

 private:
  struct Shape {
    format::ChunkPage leaf;
    std::vector<std::uint64_t> block_ends;  // by block: where its last chunk ends
    bool is_filled = true;                  // it is there that the block ends
  };
  struct Numbers {
    std::uint64_t chunk = 0, block = 0, byte = 0;
    friend auto operator<=>(const Numbers&, const Numbers&) = default;
  };
  [[nodiscard]] std::vector<Numbers> beginnings(std::size_t chunks, std::uint64_t end);
  void read_nodes();
  [[nodiscard]] std::optional<Shape> shape_of(const Numbers& first, const format::ChunkPlaces& places, const format::CatalogPage& rows) const;
  [[nodiscard]] bool find_blocks(Shape& shape, std::size_t manifest) const;

  const FoundFrames& frames_;
  Numbers next_;
  std::optional<std::vector<Numbers>> numbers_;  // of all leaves that nodes name, ascending; read when it is wanted
};

}  // namespace npk::ops
