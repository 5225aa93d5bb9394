// Which filters a block goes through, and its bytes behind them.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "block/seal.h"
#include "npk/format/frame.h"

namespace npk::block {

// What filters made of a block: views of the raw data or of the filterer's buffers.
struct FilteredBlock {
  ByteView bytes;
  std::vector<format::ChainStep> steps;  // a step's level: by how many percent the trial found the block to compress better
};

// Not thread-safe; keeps two buffers as long as the longest block.
class BlockFilterer {
 public:
  explicit BlockFilterer(const SealOptions& options) : options_(options) {}

  // The block as a trial of its kind's filters says, or as it is. Valid until the next call.
  [[nodiscard]] Result<FilteredBlock> filter(ByteView raw, codec::ContentKind kind);

 private:
  using Filters = std::span<const format::CodecId>;

  struct Buffer {
    [[nodiscard]] MutableBytes take(std::size_t length);

    std::unique_ptr<std::uint8_t[]> bytes;  // not a vector: clearing it would cost for nothing
    std::size_t room = 0;
  };

  [[nodiscard]] FilteredBlock apply(ByteView raw, Filters filters, std::int8_t level);
  [[nodiscard]] Result<FilteredBlock> choose(ByteView raw, codec::ContentKind kind);
  [[nodiscard]] Result<std::size_t> trial_size(ByteView bytes);

  SealOptions options_;
  std::array<Buffer, 2> buffers_;
  Buffer trial_room_;
  std::unique_ptr<codec::Encoder> trial_encoder_;
};

}  // namespace npk::block
