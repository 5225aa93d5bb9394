// Which filters a block goes through, and its bytes behind them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "block/seal.h"
#include "codec/filter/encoder_memory.h"
#include "npk/format/frame.h"

namespace npk::block {

// What filters made of a block: views of the raw data or of the filterer's buffer.
struct FilteredBlock {
  ByteView bytes;
  // A step's level: by how many percent the trial found the block to compress better or, negative, by how many a filter made it shorter, without a trial.
  std::vector<format::ChainStep> steps;
  bool may_be_worse = false;  // than the raw data: both are to be compressed
};

struct Pieces;

// Not thread-safe. Takes memory as long as the block, the filters' own, and with a trial an encoder's; keeps the first until it ends.
class BlockFilterer {
 public:
  // words_buffer: for quick words, kept from block to block. Both must stay.
  BlockFilterer(const SealOptions& options, codec::FilterBuffer& words_buffer) : options_(options), words_buffer_(words_buffer) {}

  // The block as a trial of its kind's filters says, or as it is: that, too, where what the filters made of it would not come back.
  // Valid until the next call, of either. room: as long as the block and kSealHeadroom more, to work in; what is there afterwards is not used.
  [[nodiscard]] Result<FilteredBlock> filter(ByteView raw, codec::ContentKind kind, MutableBytes room);
  // Memory in the place of what was filtered, and no longer.
  [[nodiscard]] MutableBytes take_memory(std::size_t bytes) { return buffer_.take(bytes); }

 private:
  using Filters = std::span<const format::CodecId>;

  [[nodiscard]] FilteredBlock apply(ByteView raw, Filters filters, std::int8_t level);
  [[nodiscard]] Result<FilteredBlock> choose(ByteView raw, codec::ContentKind kind);
  [[nodiscard]] Result<FilteredBlock> filtered(ByteView raw, codec::ContentKind kind);
  [[nodiscard]] ByteView gather(ByteView from, const Pieces& pieces);
  [[nodiscard]] Result<std::size_t> trial_size(ByteView bytes, codec::ContentKind kind);
  [[nodiscard]] Result<std::int8_t> words_gain(ByteView raw);
  [[nodiscard]] FilteredBlock quick_words(ByteView raw, MutableBytes out, bool only_text = true);
  [[nodiscard]] Result<FilteredBlock> long_quick_words(ByteView raw);
  [[nodiscard]] Result<bool> repeats_itself(ByteView part);
  [[nodiscard]] FilteredBlock words_of_text(ByteView raw);

  const SealOptions& options_;
  codec::FilterBuffer& words_buffer_;
  MutableBytes room_;
  codec::FilterBuffer buffer_, trial_room_, gathered_;
  std::unique_ptr<codec::Encoder> trial_encoder_;
};

// Whether a trial on `part`, of at most 16 MiB, finds a filter of its kind worth taking. Thread-safe; takes the filters' memory for a part so long.
[[nodiscard]] Result<bool> filters_pay(ByteView part, codec::ContentKind kind);

}  // namespace npk::block
