// The words filter (spec section 5): frequent words of a block become codes of one or two bytes, so that the compressor
// behind it sees about half the bytes and reaches twice as far. For text and source code; any bytes survive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "codec/filter_decoder.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {
namespace words {
class Dictionary;
}

// The most raw bytes that are looked at: the filter takes no longer block.
inline constexpr std::uint64_t kMaxWordFilterBytes = 1ULL << 28;

// Encodes. In npk_codec_encode. Thread-safe. Deterministic: the result depends on raw alone. Takes kWordFilterMemory or
// word_filter_memory while it runs, and keeps nothing between calls.
class WordFilter {
 public:
  // Writes the filtered payload to the front of `out` and returns its length, which is the step's parameter. Nothing
  // if that is not at least a tenth shorter than raw, or does not fit with 511 bytes to spare: compress without the
  // filter then; so blocks of less than 1 KiB are always declined. `out` past the
  // length returned is unspecified. Words are chosen by a third of the block; none is longer than 48 bytes.
  [[nodiscard]] static std::optional<std::size_t> encode(ByteView raw, MutableBytes out);
  // Whether by that third, or 1.5 MiB of it, what is no white space saves a third or more, and few bytes are 0: not so of columns of numbers, nor of
  // catalogs of messages.
  [[nodiscard]] static bool is_text(ByteView raw);
  // As encode, of text only.
  [[nodiscard]] static std::optional<std::size_t> encode_text(ByteView raw, MutableBytes out);
  // As encode with words of any length, chosen by all of the block: four times as slow.
  [[nodiscard]] static std::optional<std::size_t> encode_smaller(ByteView raw, MutableBytes out);
  // As encode_smaller with smaller tables, for the text of a block within another filter's encoder, which counts what it takes: some 5 MiB
  // and raw.size(). Its words have 512 KiB at most.
  [[nodiscard]] static std::optional<std::size_t> encode_within_filter(ByteView raw, MutableBytes out);
  // The same with no more words than that, of no more bytes together.
  [[nodiscard]] static std::optional<std::size_t> encode_within_filter(ByteView raw, MutableBytes out, std::size_t most_words, std::size_t most_text);
};
inline constexpr std::uint64_t kWordFilterMemory = 8ULL << 20;
// Of encode_smaller: 112 MiB for the longest blocks.
[[nodiscard]] std::uint64_t word_filter_memory(std::uint64_t raw_length) noexcept;

// Undoes it. In npk_codec_decode.
class WordRestorer final : public FilterDecoder {
 public:
  [[nodiscard]] std::uint64_t prefix_guess(std::uint64_t filtered_length, std::uint64_t raw_length, std::uint64_t wanted) const override;
  // Besides FilterDecoder's: corrupt if raw_length is above kMaxWordFilterBytes or below filtered_length.
  [[nodiscard]] Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override;

  WordRestorer();
  ~WordRestorer() override;

 private:
  std::unique_ptr<words::Dictionary> dictionary_;
};
inline constexpr std::uint64_t kWordRestorerMemory = 2ULL << 20;

}  // namespace npk::codec
