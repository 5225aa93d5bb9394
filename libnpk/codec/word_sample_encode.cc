#include "codec/word_sample_encode.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "codec/word_filter_format.h"
#include "codec/word_tokens_encode.h"

namespace npk::codec::words {
namespace {

// Measured on C sources (linux-6.1, blocks of 4.5 MiB, zstd behind the filter).
constexpr std::size_t kSampleWindowBytes = 2U << 10;        // 16 KiB: 0.5 % larger
constexpr std::size_t kShare = 3;                           // 4: 0.2 % larger, 8: 1.1 %
constexpr std::size_t kLeastSampleBytes = 512U << 10;       // of less, all is looked at
constexpr std::size_t kOneByteSampleWords = 132;            // 112: 0.2 % larger, 148: 1.8
constexpr std::uint32_t kLeastSampleCount = 9;          // in all of the block, and a third of it in what is looked at
constexpr std::uint32_t kLeastSampleCountOfWhole = 32;  // a rarer token is counted by its parts; 64: 0.2 % larger
constexpr std::size_t kLongestSampled = 48;
constexpr std::uint64_t kRunShare = 3;            // tables of numbers have many, as `, 0x`

// Long tokens count by their parts: they would fill the table.
bool may_be_word(ByteView block, std::size_t at, std::size_t length) {
  const std::size_t most = block[at] >= 0x80 ? kLongestSampled : kKeyBytes;
  return length >= 2 && length <= most && !(block[at] >= '0' && block[at] <= '9');
}

// Of white space, or of what is none.
std::size_t run_end(ByteView block, std::size_t at, std::size_t end) {
  const bool space = is_space(block[at]);
  while (at < end && is_space(block[at]) == space) ++at;
  return at;
}

// Counts words, which are told apart by 31 bits of their hashes beside those that say where. What comes when it is full is not counted.
class SampleCounter {
 public:
  SampleCounter() : slots_(kSlots) { pieces_.reserve(kMostPieces); }

  void add(std::uint64_t hash, std::size_t offset, std::size_t length, std::uint32_t count) {
    const auto tag = static_cast<std::uint32_t>(hash >> 18 | 1);
    for (std::size_t at = hash >> (64 - kSlotsLog2);; at = (at + 1) % kSlots) {
      if (slots_[at].tag == tag) {
        slots_[at].count += count;
        return;
      }
      if (slots_[at].tag != 0) continue;
      if (pieces_.size() == kMostPieces) return;
      slots_[at] = {tag, count};
      pieces_.push_back({static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length), static_cast<std::uint32_t>(at), tag});
      return;
    }
  }

  // In the order in which they came first.
  [[nodiscard]] FilterVector<Piece> take() {
    for (Piece& piece : pieces_) piece.count = slots_[piece.count].count;
    return std::move(pieces_);
  }

 private:
  static constexpr unsigned kSlotsLog2 = 14;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotsLog2;
  static constexpr std::size_t kMostPieces = kSlots / 4 * 3;
  struct Slot {
    std::uint32_t tag = 0;  // 0: free
    std::uint32_t count = 0;
  };

  FilterVector<Slot> slots_;
  FilterVector<Piece> pieces_;  // count: where its slot is
};

class Sampler {
 public:
  Sampler(ByteView block, std::size_t most_bytes)
      : block_(block), share_(std::min(std::max(block.size() / kShare, std::min(block.size(), kLeastSampleBytes)), most_bytes)) {}

  // Of how many bytes one is looked at.
  [[nodiscard]] std::uint32_t weight() const { return static_cast<std::uint32_t>(block_.size() / std::max<std::size_t>(share_, 1)); }

  // What occurs often enough, counted as if in all of the block.
  FilterVector<Piece> count() {
    const std::size_t windows = std::max<std::size_t>(share_ / kSampleWindowBytes, 1), step = block_.size() / windows;
    for (std::size_t window = 0; window < windows; ++window) count_window(window * step, std::min(step, kSampleWindowBytes));
    for (const Piece& word : words_.take()) {
      if (word.count * weight() >= kLeastSampleCountOfWhole) {
        parts_.add(hash_at(word.offset, word.length), word.offset, word.length, word.count);
      } else {
        count_parts(word.offset, word.length, word.count);
      }
    }
    FilterVector<Piece> pieces = parts_.take();
    for (Piece& piece : pieces) piece.count *= weight();
    const std::uint32_t least = std::max<std::uint32_t>(kLeastSampleCount, kLeastSampleCount / kShare * weight());
    std::erase_if(pieces, [least](const Piece& piece) { return piece.count < least; });
    return pieces;
  }

 private:
  [[nodiscard]] std::uint64_t hash_at(std::size_t at, std::size_t length) const {
    if (length > kKeyBytes) return long_hash_of(block_.subspan(at, length));
    return (block_.size() - at >= kKeyBytes ? key_of(&block_[at], length) : key_of(block_.subspan(at, length))).hash();
  }

  // Tokens of two bytes or more that begin in it, but for what its first byte may be the end of.
  void count_window(std::size_t begin, std::size_t length) {
    const ByteView window = block_.subspan(begin, std::min(length + 2 * kLongestSampled, block_.size() - begin));
    tokens_.fill(window);
    for (std::size_t at = begin == 0 ? 0 : tokens_.token_end(0); at < length;) {
      const std::uint64_t starts = tokens_.starts(at);
      const auto singles = static_cast<std::size_t>(std::countr_one(starts)) - 1;
      at += singles;
      if (at >= length || singles == 63) continue;
      const std::size_t end = std::min(tokens_.token_end(at), window.size());
      count_token(begin + at, end - at);
      at = end;
    }
  }

  void count_token(std::size_t at, std::size_t length) {
    if (may_be_word(block_, at, length)) {
      words_.add(hash_at(at, length), at, length, 1);
    } else if (length > kKeyBytes) {
      count_parts(at, length, 1);
    }
  }

  void count_parts(std::size_t at, std::size_t length, std::uint32_t count) {
    for (const std::size_t end = at + length; at < end;) {
      const std::size_t next = kIsWordByte[block_[at]] ? part_end(block_, at, end) : run_end(block_, at, end);
      if (may_be_word(block_, at, next - at)) parts_.add(hash_at(at, next - at), at, next - at, count);
      at = next;
    }
  }

  ByteView block_;
  std::size_t share_;
  TokenMasks tokens_;  // of a window, and more than a word is long behind it
  SampleCounter words_, parts_;
};

// What a code of two bytes saves, less the word's place in the dictionary.
std::int64_t sample_saving(const Piece& piece) {
  return std::int64_t{piece.count} * (std::int64_t{piece.length} - 2) - std::int64_t{piece.length};
}

// A piece beside the first of its spelling as a number that sorts alike.
struct Ranked {
  Key spelling;
  Piece piece;
};

bool by_spelling(const Ranked& a, const Ranked& b) noexcept {
  return std::tie(a.spelling.low, a.spelling.high, a.piece.offset) < std::tie(b.spelling.low, b.spelling.high, b.piece.offset);
}
bool by_frequency(const Ranked& a, const Ranked& b) noexcept { return a.piece.count != b.piece.count ? a.piece.count > b.piece.count : by_spelling(a, b); }
bool by_gain(const Ranked& a, const Ranked& b) {
  const std::int64_t gain_a = sample_saving(a.piece), gain_b = sample_saving(b.piece);
  return gain_a != gain_b ? gain_a > gain_b : by_spelling(a, b);
}

FilterVector<Piece> in_order(FilterVector<Ranked>& words) {
  std::ranges::sort(words, by_spelling);
  FilterVector<Piece> pieces;
  pieces.reserve(words.size());
  for (const Ranked& word : words) pieces.push_back(word.piece);
  return pieces;
}

}  // namespace

Choice choose_words_by_sample(ByteView block, std::size_t most_bytes) {
  FilterVector<Ranked> words;
  for (const Piece& piece : Sampler(block, most_bytes).count()) {
    const Key key = key_of(block.subspan(piece.offset, piece.length));
    words.push_back({{std::byteswap(key.low), std::byteswap(key.high)}, piece});
  }
  const auto short_codes = static_cast<std::ptrdiff_t>(std::min(kOneByteSampleWords, words.size()));
  std::ranges::partial_sort(words, words.begin() + short_codes, by_frequency);
  FilterVector<Ranked> one_byte(words.begin(), words.begin() + short_codes);
  words.erase(words.begin(), words.begin() + short_codes);
  std::erase_if(words, [](const Ranked& word) { return sample_saving(word.piece) <= 0; });
  constexpr std::size_t kTwoByteWords = (kCodeBytes.size() - kOneByteSampleWords) * kWordsPerLead;
  if (words.size() > kTwoByteWords) {
    std::ranges::nth_element(words, words.begin() + kTwoByteWords, by_gain);
    words.resize(kTwoByteWords);
  }
  return {in_order(one_byte), in_order(words)};
}

std::uint64_t estimated_saving(ByteView block, const Choice& choice) noexcept {
  std::uint64_t of_words = 0, of_runs = 0;
  const auto add = [&](const Piece& word, std::size_t code_bytes) {
    const ByteView spelling = block.subspan(word.offset, word.length);
    if (kIsWordByte[spelling.front()]) of_words += std::uint64_t{word.count} * (word.length - code_bytes + 1);  // and a space that is implied
    else if (!std::ranges::all_of(spelling, is_space)) of_runs += std::uint64_t{word.count} * (word.length - code_bytes);
  };
  for (const Piece& word : choice.one_byte) add(word, 1);
  for (const Piece& word : choice.two_byte) add(word, 2);
  return of_words + of_runs / kRunShare;
}

}  // namespace npk::codec::words
