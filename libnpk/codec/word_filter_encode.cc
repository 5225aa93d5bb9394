#include <algorithm>
#include <bit>

#include "codec/filter_encoder_functions.h"
#include "codec/word_choice_encode.h"
#include "codec/word_filter.h"
#include "codec/word_filter_format.h"
#include "codec/word_rewriter_encode.h"
#include "codec/word_sample_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastRawBytes = 1024;
constexpr std::size_t kLeastSavedShare = 10;
constexpr std::size_t kLeastWordPercent = 34;  // text has two fifths or more, scripts and assembly 35, tables and code a tenth to a third
constexpr std::size_t kMostZeroShare = 128;    // strings that end in zeros, as in catalogs of messages, repeat others whole: they lose 4 to 19 % by words
constexpr std::size_t kTextSampleBytes = 3U << 19;  // a third of 4.5 MiB: the words of much more have no place in the table
constexpr unsigned kLeastSlotsLog2 = 10;

// As many as `pieces`, or as the table may have.
words::ChoiceLimits limits_for(std::size_t pieces, unsigned most_tokens_log2, std::size_t text_bytes) {
  const auto log2 = static_cast<unsigned>(std::bit_width(pieces));
  return {std::clamp(log2, kLeastSlotsLog2, most_tokens_log2), std::clamp(log2, kLeastSlotsLog2, most_tokens_log2 - 1), text_bytes};
}

words::ChoiceLimits limits_for_block(std::size_t raw_length) {
  constexpr unsigned kMostTokensLog2 = 21;  // 32 MiB, and 16 for parts
  return limits_for((std::max<std::size_t>(raw_length, 1) - 1) / 16, kMostTokensLog2, words::kMaxDictionaryText);
}

bool is_declined(ByteView raw) noexcept { return raw.size() < kLeastRawBytes || raw.size() > kMaxWordFilterBytes; }

std::optional<std::size_t> write(ByteView raw, const words::Choice& choice, MutableBytes out) {
  const MutableBytes room = out.first(std::min(out.size(), raw.size() - raw.size() / kLeastSavedShare));
  const words::Lexicon lexicon(raw, choice);
  const FilterBytes head = lexicon.head();
  if (head.size() >= room.size()) return std::nullopt;
  std::ranges::copy(head, room.begin());
  const auto written = words::rewrite(raw, lexicon, room.subspan(head.size()));
  if (!written) return std::nullopt;
  return head.size() + *written;
}

std::optional<std::size_t> encode_with(words::ChoiceLimits limits, ByteView raw, MutableBytes out) {
  if (is_declined(raw)) return std::nullopt;
  return write(raw, words::choose_words(raw, limits), out);
}

bool has_zeros(ByteView raw) noexcept { return static_cast<std::size_t>(std::ranges::count(raw, 0)) > raw.size() / kMostZeroShare; }

bool is_of_text(ByteView raw, const words::Choice& choice) { return words::estimated_saving(raw, choice) >= raw.size() / 100 * kLeastWordPercent; }

}  // namespace

std::optional<std::size_t> WordFilter::encode(ByteView raw, MutableBytes out) {
  if (is_declined(raw)) return std::nullopt;
  return encode_within(kWordFilterMemory, 0, [&] { return write(raw, words::choose_words_by_sample(raw, SIZE_MAX), out); });
}

bool WordFilter::is_text(ByteView raw) {
  if (is_declined(raw) || has_zeros(raw)) return false;
  const auto count = [raw]() -> std::optional<std::size_t> { return is_of_text(raw, words::choose_words_by_sample(raw, kTextSampleBytes)) ? 1 : 0; };
  return encode_within(kWordFilterMemory, 0, count).value_or(0) != 0;
}

std::optional<std::size_t> WordFilter::encode_text(ByteView raw, MutableBytes out) {
  if (is_declined(raw) || has_zeros(raw)) return std::nullopt;
  return encode_within(kWordFilterMemory, 0, [&]() -> std::optional<std::size_t> {
    const words::Choice choice = words::choose_words_by_sample(raw, SIZE_MAX);
    return is_of_text(raw, choice) ? write(raw, choice, out) : std::nullopt;
  });
}

std::optional<std::size_t> WordFilter::encode_smaller(ByteView raw, MutableBytes out) { return encode_with(limits_for_block(raw.size()), raw, out); }

// As choose_words.
std::uint64_t word_filter_memory(std::uint64_t raw_length) noexcept {
  const words::ChoiceLimits limits = limits_for_block(static_cast<std::size_t>(raw_length));
  const std::uint64_t slots = (std::uint64_t{1} << limits.tokens_log2) + (std::uint64_t{1} << limits.parts_log2);
  return 2 * slots * sizeof(words::Piece) + (16U << 20);
}

std::optional<std::size_t> WordFilter::encode_within_filter(ByteView raw, MutableBytes out) {
  return encode_within_filter(raw, out, words::kMaxWords, words::kMaxInnerDictionaryText);
}

std::optional<std::size_t> WordFilter::encode_within_filter(ByteView raw, MutableBytes out, std::size_t most_words, std::size_t most_text) {
  constexpr unsigned kMostTokensLog2 = 18;
  words::ChoiceLimits limits = limits_for(raw.size() / 8, kMostTokensLog2, std::min(most_text, words::kMaxInnerDictionaryText));
  limits.words = most_words;
  return encode_with(limits, raw, out);
}

std::optional<std::size_t> encode_words(ByteView raw, MutableBytes out) { return WordFilter::encode(raw, out); }
std::optional<std::size_t> encode_words_smaller(ByteView raw, MutableBytes out) { return WordFilter::encode_smaller(raw, out); }
std::uint64_t words_encoder_memory(std::uint64_t raw_length) { return word_filter_memory(raw_length); }

}  // namespace npk::codec
