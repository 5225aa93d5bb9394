// Raw bytes to the body of a frame: the one place where it is decided how a block is stored. Counterpart of block/open.h.
// Spec: sections 5 and 15.
#pragma once

#include <memory>
#include <optional>

#include "codec/encoder.h"
#include "npk/bytes.h"
#include "npk/profile.h"
#include "npk/result.h"

namespace npk::block {

// Free bytes that seal() needs in front of the raw data, so that storing it raw copies nothing.
inline constexpr std::size_t kSealHeadroom = 64 + 40;  // what a sealed body may begin with, and an inner header of two steps

// A base for compression, as the reader will find it.
struct Base {
  ByteView raw;                // empty: none
  std::uint64_t position = 0;  // of its frame
};

struct SealOptions {
  codec::EncoderOptions encoder;
  bool word_filter = false;  // replace words first, in blocks where that shortens
  Profile* profile = nullptr;
};

// Not thread-safe: one per thread; reusable. Deterministic: the body depends on raw, base and options alone.
class BlockSealer {
 public:
  [[nodiscard]] static Result<BlockSealer> create(const SealOptions& options);

  // `buffer` is kSealHeadroom free bytes, then the raw data; `room` is at least as long. Returns the body, which lies in `room`, or, when
  // compression saves less than 1/64, in `buffer` with the raw data stored as it is.
  // try_compression false stores without trying.
  [[nodiscard]] Result<ByteView> seal(MutableBytes buffer, const Base& base, MutableBytes room, bool try_compression = true);

 private:
  BlockSealer(std::unique_ptr<codec::Encoder> encoder, const SealOptions& options) noexcept
      : encoder_(std::move(encoder)), word_filter_(options.word_filter), profile_(options.profile) {}
  [[nodiscard]] Result<std::optional<std::size_t>> compress(ByteView input, ByteView base, MutableBytes room);
  [[nodiscard]] std::optional<std::size_t> filter(ByteView raw);

  std::unique_ptr<codec::Encoder> encoder_;
  bool word_filter_;
  Profile* profile_;
  std::unique_ptr<std::uint8_t[]> filtered_;  // not a vector: clearing it would cost for nothing
  std::size_t filtered_room_ = 0;
};

// The body of a page or other small frame: compressed with zstd at `level` where that pays, else stored.
[[nodiscard]] Result<Bytes> seal_page(ByteView raw, int level);
// The body of a frame that is always stored, as commits are.
[[nodiscard]] Bytes seal_stored(ByteView raw);

}  // namespace npk::block
