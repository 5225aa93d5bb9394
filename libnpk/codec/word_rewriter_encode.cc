#include "codec/word_rewriter_encode.h"

#include <algorithm>

#include "codec/filter/copy_short.h"
#include "codec/word_choice_encode.h"
#include "codec/word_filter_format.h"
#include "codec/word_tokens_encode.h"

namespace npk::codec::words {
namespace {

constexpr std::size_t kMostSingles = 16;         // bytes by themselves before a longer token
constexpr std::size_t kSlack = 64 + 64 + 16;     // bytes that a step reads beyond where it begins
constexpr std::size_t kRoom = 2 * 64 + 64;       // and writes, each an escape and a byte, and copied in steps
constexpr std::size_t kWindowBytes = 64U << 10;  // in which tokens begin; what the masks know beyond is more than a word is long
static_assert(kWindowBytes + 4 * kLongestWord <= TokenMasks::kMostBytes);

std::uint64_t low_bits(std::size_t count) noexcept { return (std::uint64_t{1} << count) - 1; }

// What is written so far. Handed on by value: bytes written through a pointer could be its own.
struct Written {
  std::uint8_t* end = nullptr;
  unsigned closed = 0;   // what is last is the code of a word that closes
  unsigned implied = 0;  // what is last is such a code and a space
};

// A part of a block from where a token begins. Steps of some bytes that are tokens by themselves and one longer token: the branches that could not be
// foreseen are whether that has a code, and how many parts it has otherwise. A space behind a word that closes is written, and taken back if
// the next word implies it.
class Window {
 public:
  explicit Window(const Lexicon& lexicon) : lexicon_(lexicon) {}

  void move_to(ByteView rest) {
    rest_ = rest;
    tokens_.fill(rest.first(std::min(rest.size(), TokenMasks::kMostBytes)));
  }

  // Tokens that begin in its first `length` bytes, of which it ends with the last. False if there may not be room up to `limit`.
  bool rewrite(std::size_t length, Written& result, const std::uint8_t* limit, std::size_t& taken) const {
    Written out = result;
    std::size_t at = 0;
    while (at < length) {
      if (limit - out.end < static_cast<std::ptrdiff_t>(kRoom)) return false;
      const std::uint64_t starts = tokens_.starts(at);
      const auto singles = static_cast<std::size_t>(std::countr_one(starts)) - 1;
      const auto token = static_cast<std::size_t>(std::countr_zero(starts >> singles >> 1)) + 1;  // 65: it ends further on
      if (singles <= kMostSingles && singles + token < 64) [[likely]] {
        out = step(out, at, singles, token);
        at += singles + token;
        continue;
      }
      const std::size_t to = singles > 0 ? at + std::min(singles, kMostSingles) : tokens_.token_end(at);
      result = out;
      if (!whole(rest_.subspan(at, to - at), result, limit)) return false;
      out = result;
      at = to;
    }
    result = out;
    taken = at;
    return true;
  }

  // Bytes of any number, by words, white space and single bytes: a long rule of a comment has the white space of others before and behind it.
  bool whole(ByteView bytes, Written& out, const std::uint8_t* limit) const {
    for (std::size_t length = 0; !bytes.empty(); bytes = bytes.subspan(length)) {
      length = token_end(bytes, 0);
      const ByteView piece = bytes.first(length);
      if (limit - out.end < static_cast<std::ptrdiff_t>(2 * piece.size() + kRoom)) return false;
      const CodedWord* word = piece.size() > 1 ? lexicon_.find(piece) : nullptr;
      if (word != nullptr && !joins(out, *word)) {
        out = code(out, *word);
      } else {
        out = escaped(out, piece);
        out.closed = out.implied = 0;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] Written step(Written out, std::size_t at, std::size_t singles, std::size_t length) const {
    out = literally(out, at, singles);
    out.implied = out.closed & static_cast<unsigned>(singles == 1) & static_cast<unsigned>(rest_[at] == ' ');
    out.closed &= static_cast<unsigned>(singles == 0);
    at += singles;
    const CodedWord* word = find(at, length);
    if (word != nullptr && !joins(out, *word)) [[likely]] return code(out, *word);
    return parts(out, at, length);
  }

  [[nodiscard]] const CodedWord* find(std::size_t at, std::size_t length) const {
    return length <= kKeyBytes ? lexicon_.find(key_of(&rest_[at], length), length) : lexicon_.find(rest_.subspan(at, length));
  }

  // Whether its code right behind what is written would imply a space that is none: within a token that was cut.
  [[nodiscard]] static bool joins(Written out, const CodedWord& word) { return (out.closed & word.opens) != 0; }

  // Implied by the words on both sides of it, a space has no byte.
  [[nodiscard]] static Written code(Written out, const CodedWord& word) {
    out.end -= out.implied & word.opens;
    std::memcpy(out.end, word.code.data(), word.code.size());
    return {out.end + word.code_length, word.closes, 0};
  }

  [[nodiscard]] Written parts(Written out, std::size_t at, std::size_t length) const {
    std::uint64_t starts = (tokens_.part_starts(at) & low_bits(length) & ~std::uint64_t{1}) | std::uint64_t{1} << length;
    for (std::size_t from = 0; from < length;) {
      const auto to = static_cast<std::size_t>(std::countr_zero(starts));
      starts &= starts - 1;
      const std::size_t size = to - from;
      const CodedWord* word = size == length || size == 1 ? nullptr : find(at + from, size);
      if (word != nullptr && !joins(out, *word)) {
        out = code(out, *word);
      } else {
        out = literally(out, at + from, size);
        out.closed = out.implied = 0;
      }
      from = to;
    }
    return out;
  }

  // Less than 64 bytes.
  [[nodiscard]] Written literally(Written out, std::size_t at, std::size_t length) const {
    if ((tokens_.unusual(at) & low_bits(length)) != 0) [[unlikely]] return escaped(out, rest_.subspan(at, length));
    const std::uint8_t* from = &rest_[at];
    copy_slack(out.end, from);
    for (std::size_t done = kValueSlack; done < length; done += kValueSlack) copy_slack(out.end + done, from + done);
    out.end += length;
    return out;
  }

  [[nodiscard]] Written escaped(Written out, ByteView bytes) const {
    for (const std::uint8_t byte : bytes) {
      if (lexicon_.is_code(byte)) *out.end++ = kEscape;
      *out.end++ = byte;
    }
    return out;
  }

  const Lexicon& lexicon_;
  ByteView rest_;      // to the end of the block
  TokenMasks tokens_;  // of the first of it
};

}  // namespace

std::optional<std::size_t> rewrite(ByteView block, const Lexicon& lexicon, MutableBytes out) {
  Window window(lexicon);
  Written written{out.data()};
  const std::uint8_t* const limit = out.data() + out.size();
  while (block.size() > kSlack) {
    window.move_to(block);
    std::size_t taken = 0;
    if (!window.rewrite(std::min(kWindowBytes, block.size() - kSlack), written, limit, taken)) return std::nullopt;
    block = block.subspan(taken);
  }
  if (!window.whole(block, written, limit)) return std::nullopt;
  return static_cast<std::size_t>(written.end - out.data());
}

}  // namespace npk::codec::words
