// Blocks that a writing that was stopped has left: what is in them is known, so they need not be compressed again.
#pragma once

#include <optional>

#include "hash/hash.h"
#include "npk/bytes.h"
#include "npk/format/chunk_page.h"

namespace npk::writer {

// Names a block by its chunks, one after another: equal names, equal raw bytes.
class BlockName {
 public:
  void add(const format::ChunkRow& chunk) {
    hash_.update(chunk.hash);
    std::array<std::uint8_t, 4> length;
    store_le(length.data(), chunk.length);
    hash_.update(length);
  }
  [[nodiscard]] Digest finish() const { return hash_.finish(); }

 private:
  hash::Blake3 hash_;
};

// Of a block that is compressed with a base.
[[nodiscard]] inline Digest name_with_base(const Digest& name, const Digest& base) {
  hash::Blake3 hash;
  hash.update(name);
  hash.update(base);
  return hash.finish();
}

class EarlierBlocks {
 public:
  virtual ~EarlierBlocks() = default;
  // The plain body, without padding, of the compressed block of this name, as this writer's encoder would make it; the
  // position of its base, if it has one, is where that was.
  // Nothing: it has to be made. Any thread.
  [[nodiscard]] virtual std::optional<Bytes> find(const Digest& name, std::uint64_t raw_length) const = 0;
};

}  // namespace npk::writer
