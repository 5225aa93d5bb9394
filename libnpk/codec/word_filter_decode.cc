#include <algorithm>

#include "codec/filter_factories.h"
#include "codec/word_dictionary.h"
#include "codec/word_filter.h"
#include "codec/word_filter_format.h"

namespace npk::codec {

WordRestorer::WordRestorer() = default;
WordRestorer::~WordRestorer() = default;

// Text shrinks to about its share of the whole: of nine in ten beginnings of blocks of source an eighth more is enough.
std::uint64_t WordRestorer::prefix_guess(std::uint64_t filtered_length, std::uint64_t raw_length, std::uint64_t wanted) const {
  constexpr std::uint64_t kDictionaryGuess = 64U << 10;
  if (wanted >= raw_length || raw_length > kMaxWordFilterBytes) return filtered_length;
  const std::uint64_t share = wanted * filtered_length / raw_length;  // both below 2^32
  return std::min(filtered_length, kDictionaryGuess + share + share / 8);
}

Result<bool> WordRestorer::restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) {
  if (raw_length > kMaxWordFilterBytes) return fail_corrupt("a block is too long for the words filter");
  if (filtered_length > raw_length) return fail_corrupt("a words payload is longer than its block");
  if (dictionary_ == nullptr) dictionary_ = std::make_unique<words::Dictionary>();
  NPK_ASSIGN(const bool has_dictionary, dictionary_->parse(filtered, filtered_length, words::kMaxDictionaryText));
  if (has_dictionary) {
    words::Progress at{.read = dictionary_->bytes()};
    if (!dictionary_->decode(filtered, out, at)) return fail_corrupt("a words payload has a code without a word");
    const bool ends_well = !at.cut && at.read == filtered_length;
    if (at.written == out.size() && (out.size() < raw_length || ends_well)) return true;
    if (at.written == out.size() && filtered.size() == filtered_length) return fail_corrupt("a words payload goes on beyond its block");
  }
  if (filtered.size() == filtered_length) return fail_corrupt("a words payload ends short of its block");
  return false;
}

std::unique_ptr<FilterDecoder> create_words_decoder() { return std::make_unique<WordRestorer>(); }
std::uint64_t words_decoder_memory(std::uint64_t) { return kWordRestorerMemory; }

}  // namespace npk::codec
