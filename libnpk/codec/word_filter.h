// The words filter (spec section 5): frequent words of a block become codes of one or two bytes, so that the compressor
// behind it sees about half the bytes and reaches twice as far. For text and source code; any bytes survive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

// The most raw bytes that are looked at: the filter takes no longer block.
inline constexpr std::uint64_t kMaxWordFilterBytes = 1ULL << 28;

// Encodes. In npk_codec_encode. Not thread-safe: one per thread; reusable. Deterministic: the result depends on raw alone.
// Takes up to kWordFilterMemory while it runs, and keeps nothing between calls.
class WordFilter {
 public:
  // Writes the filtered payload to the front of `out` and returns its length, which is the step's parameter. Nothing
  // if that is not at least a tenth shorter than raw, or does not fit with 511 bytes to spare: compress without the
  // filter then; so blocks of less than 1 KiB are always declined. `out` past the
  // length returned is unspecified.
  [[nodiscard]] static std::optional<std::size_t> encode(ByteView raw, MutableBytes out);
};
inline constexpr std::uint64_t kWordFilterMemory = 112ULL << 20;

// Decodes. In npk_codec_decode. Not thread-safe: one per thread; reusable, after an error too.
class WordRestorer {
 public:
  // Fills the view with the first bytes of the filtered payload (a prefix decode of the rest of the chain).
  using ReadPrefix = std::function<Result<void>(MutableBytes)>;

  // The first out.size() bytes of a block of raw_length bytes whose filtered payload has filtered_length bytes.
  // Asks for as much of the payload as it guesses is needed, and again, for twice that, if it is not enough. Only with
  // out.size() == raw_length is the whole payload checked. Takes no more than filtered_length + kWordRestorerMemory bytes,
  // some of which it keeps for the next call: release() gives them back.
  // Errors: misuse if out is longer than the block, corrupt, or what `read` fails with.
  [[nodiscard]] Result<void> decode_prefix(std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out,
                                           const ReadPrefix& read);
  void release() noexcept;

  WordRestorer();
  ~WordRestorer();

 private:
  struct Dictionary;

  std::unique_ptr<Dictionary> dictionary_;
  std::unique_ptr<std::uint8_t[]> filtered_;  // not a vector: reading fills it, clearing it would cost as much again
  std::size_t filtered_room_ = 0;
};
inline constexpr std::uint64_t kWordRestorerMemory = 2ULL << 20;

}  // namespace npk::codec
