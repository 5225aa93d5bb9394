// Raw bytes to the body of a frame: the one place where it is decided how a block is stored. Counterpart of block/open.h.
// Spec: sections 5 and 15.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "block/seal_slots.h"
#include "codec/content_kind.h"
#include "codec/encoder.h"
#include "codec/filter_encoder.h"
#include "npk/bytes.h"
#include "npk/profile.h"
#include "npk/result.h"

namespace npk::block {

// Free bytes that seal() needs in front of the raw data, so that storing it raw copies nothing.
inline constexpr std::size_t kSealHeadroom = 64 + 24 + 8 * 8;  // what a sealed body may begin with, and an inner header of eight steps

// A base for compression, as the reader will find it.
struct Base {
  ByteView raw;                // empty: none
  std::uint64_t position = 0;  // of its frame
};

// A position for a base whose frame has none yet: the one who writes it puts the right one in its place, at
// format::kBasePositionOffset of the body.
inline constexpr std::uint64_t kPlacedLater = UINT64_MAX;

// What words may leave of a long block: those that they make shorter by less are not looked at further.
[[nodiscard]] constexpr std::size_t most_long_words_bytes(std::size_t raw_bytes) noexcept { return raw_bytes / 5 * 4; }

// Words for general content that is text (codec::WordFilter::encode_text), without a trial; of long blocks, also for what they may make smaller, by one.
struct QuickWords {
  codec::ZstdParameters zstd = {};             // of the encoder behind them, else as SealOptions::encoder
  codec::ZstdParameters repetitive_zstd = {};  // instead of it, where that shows that the block repeats itself; takes no more memory than it
  codec::ZstdParameters long_zstd = {};        // of blocks of more than most_raw_bytes
  codec::ZstdParameters long_plain_zstd = {};  // of such blocks that have no words
  std::size_t most_raw_bytes = 0;              // 0: no block has words
  std::size_t most_long_raw_bytes = 0;         // longer blocks have none; those of more than most_raw_bytes take a slot meanwhile
};

// Of the encoder behind them, `encoder` being the one without.
[[nodiscard]] codec::EncoderOptions behind_quick_words(codec::EncoderOptions encoder, const codec::ZstdParameters& zstd);

struct SealOptions {
  codec::EncoderOptions encoder;
  codec::EncoderOptions filtered_encoder = {};  // of kinds that have filters, and behind forced ones; store: as `encoder`
  codec::EncoderOptions code_encoder = {};      // of machine code, instead of filtered_encoder; store: as that
  std::optional<int> markup_min_match = {};     // of filtered_encoder behind the filter markup, instead of its own, if that is zstd
  bool word_filter = false;                     // try words where no other filter is chosen, with `encoder`
  QuickWords quick_words = {};
  bool tries_words = false;                     // try words as one of the filters of lines and tables
  bool smaller_filters = false;                 // codec::FilterEncoderInfo::encode_smaller
  bool whole_trials = false;                    // of lines, tables and numbers on all of a block, not on a part of it
  bool choose_filters = false;                  // for kinds of content that have some, by trial
  std::vector<format::CodecId> forced_filters = {};  // these, in this order, wherever they take the block
  std::span<const codec::FilterEncoderInfo> filter_encoders = codec::filter_encoders();  // must stay
  std::shared_ptr<FilterSlots> slots = nullptr;  // for blocks that filters are tried on or forced on; null: no bound
  Profile* profile = nullptr;
  std::atomic<std::uint64_t>* not_restored = nullptr;  // counts blocks that are not filtered as they would not come back; must stay
};

// Not thread-safe: one per thread; reusable. Deterministic: the body depends on raw, base and options alone.
class BlockSealer {
 public:
  [[nodiscard]] static Result<BlockSealer> create(const SealOptions& options);
  BlockSealer(BlockSealer&&) noexcept;
  BlockSealer& operator=(BlockSealer&&) noexcept;
  ~BlockSealer();

  // `buffer` is kSealHeadroom free bytes, then the raw data; `room` is at least as long. Returns the body, which lies in `room`, or, when
  // compression saves less than 1/64, in `buffer` with the raw data stored as it is.
  // `kind`: of the content, for which filters are tried. try_compression false stores without trying. Memory that filters need, and the
  // compressor behind them, is taken while a slot is held, and given back with it. Errors: cancelled while it waits for one.
  [[nodiscard]] Result<ByteView> seal(MutableBytes buffer, const Base& base, MutableBytes room, codec::ContentKind kind = codec::ContentKind::general,
                                      bool try_compression = true);

  // As codec::Encoder's.
  void keep_base(ByteView base);

 private:
  struct State;
  explicit BlockSealer(std::unique_ptr<State> state) noexcept;

  std::unique_ptr<State> state_;
};

// The most that a filter takes of a block, and the check that the block comes back, besides buffers as long as the block. 0 for what is no filter.
[[nodiscard]] std::uint64_t filter_memory(format::CodecId id, std::uint64_t raw_length) noexcept;

// The most that choosing filters for a block of this kind takes besides buffers as long as the block.
[[nodiscard]] std::uint64_t trial_memory(std::uint64_t raw_length, codec::ContentKind kind, bool whole_trials) noexcept;

// The kind of content that a filter is tried for; general if that does not show it.
[[nodiscard]] codec::ContentKind kind_of_filter(format::CodecId id) noexcept;

// The body of a page or other small frame: compressed with zstd at `level` where that pays, else stored.
[[nodiscard]] Result<Bytes> seal_page(ByteView raw, int level);
// The body of a frame that is always stored, as commits are.
[[nodiscard]] Bytes seal_stored(ByteView raw);

}  // namespace npk::block
