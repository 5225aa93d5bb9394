#include "codec/word_choice_encode.h"

#include <algorithm>

#include "codec/ascii.h"
#include "codec/word_filter_format.h"

namespace npk::codec::words {
namespace {

// Measured on C sources (linux-6.1, blocks of 96 MiB, LZMA2 behind the filter).
constexpr std::size_t kOneByteWords = 76;            // 60 and 92: +0.1 and +0.2 % of the compressed size
constexpr std::uint32_t kLeastCountOfWhole = 64;     // a rarer identifier is split at its underscores
constexpr std::uint32_t kLeastCount = 6;

// Numbers seldom come again as one word; they compress better spelt out.
bool is_candidate(ByteView block, std::size_t from, std::size_t to) { return to - from >= 2 && !is_digit(block[from]); }

struct Ignore {
  void operator()(const Piece&) const noexcept {}
};
using PartCounter = PieceCounter<Ignore>;

// A token of which there are enough counts as it is, another by its parts.
struct CountParts {
  ByteView block;
  PartCounter* parts;

  void operator()(const Piece& token) const {
    if (token.count >= kLeastCountOfWhole || !kIsWordByte[block[token.offset]]) {
      parts->add(token.offset, token.length, token.count);
      return;
    }
    const std::size_t end = std::size_t{token.offset} + token.length;
    for (std::size_t at = token.offset; at < end;) {
      const std::size_t next = part_end(block, at, end);
      if (is_candidate(block, at, next))
        parts->add(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(next - at), token.count);
      at = next;
    }
  }
};

FilterVector<Piece> count_pieces(ByteView block, ChoiceLimits limits) {
  PartCounter parts(block, limits.parts_log2, Ignore{});
  const CountParts count_parts{block, &parts};
  PieceCounter tokens(block, limits.tokens_log2, count_parts);
  for (std::size_t at = 0; at < block.size();) {
    const std::size_t next = token_end(block, at);
    if (is_candidate(block, at, next)) tokens.add(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(next - at));
    at = next;
  }
  for (const Piece& token : tokens.take()) count_parts(token);
  FilterVector<Piece> pieces = parts.take();
  std::erase_if(pieces, [](const Piece& piece) { return piece.count < kLeastCount; });
  return pieces;
}

// What a code of two bytes saves, less the word's place in the dictionary.
std::int64_t saving(const Piece& piece) {
  return std::int64_t{piece.count} * (std::int64_t{piece.length} - 2) - std::int64_t{piece.length};
}

class Orders {
 public:
  explicit Orders(ByteView block) : block_(block) {}

  [[nodiscard]] bool spelling(const Piece& a, const Piece& b) const { return std::ranges::lexicographical_compare(view(a), view(b)); }
  [[nodiscard]] bool frequency(const Piece& a, const Piece& b) const { return a.count != b.count ? a.count > b.count : spelling(a, b); }
  [[nodiscard]] bool gain(const Piece& a, const Piece& b) const {
    const std::int64_t gain_a = saving(a), gain_b = saving(b);
    return gain_a != gain_b ? gain_a > gain_b : spelling(a, b);
  }

 private:
  [[nodiscard]] ByteView view(const Piece& piece) const { return block_.subspan(piece.offset, piece.length); }

  ByteView block_;
};

std::size_t text_of(const FilterVector<Piece>& pieces) {
  std::size_t bytes = 0;
  for (const Piece& piece : pieces) bytes += piece.length;
  return bytes;
}

// As many as there are codes and dictionary text for.
void keep_first(FilterVector<Piece>& pieces, std::size_t text, const ChoiceLimits& limits) {
  constexpr std::size_t kTwoByteWords = (kCodeBytes.size() - kOneByteWords) * kWordsPerLead;
  std::size_t count = 0;
  const std::size_t most = std::min({pieces.size(), kTwoByteWords, limits.words - std::min(limits.words, kOneByteWords)});
  while (count < most && text + pieces[count].length <= limits.text_bytes)
    text += pieces[count++].length;
  pieces.resize(count);
}

// Neighbours in the alphabet share a lead byte; under one lead the frequent words come first, so that second bytes
// are mostly small: 0.6 % smaller behind LZMA2 than the alphabet alone, 1.3 % than frequency alone.
void arrange(FilterVector<Piece>& pieces, const Orders& orders) {
  const auto by_frequency = [&](const Piece& a, const Piece& b) { return orders.frequency(a, b); };
  std::ranges::sort(pieces, [&](const Piece& a, const Piece& b) { return orders.spelling(a, b); });
  for (auto from = pieces.begin(); from != pieces.end();) {
    const auto to = pieces.end() - from > static_cast<std::ptrdiff_t>(kWordsPerLead) ? from + kWordsPerLead : pieces.end();
    std::sort(from, to, by_frequency);
    from = to;
  }
}

}  // namespace

std::size_t token_end(ByteView block, std::size_t at) noexcept {
  const std::uint8_t first = block[at];
  const std::size_t limit = std::min(block.size(), at + kLongestWord);
  std::size_t end = at + 1;
  if (kIsWordByte[first]) {
    while (end < limit && kIsWordByte[block[end]]) ++end;
  } else if (is_space(first)) {
    while (end < limit && is_space(block[end])) ++end;
  }
  return end;
}

std::size_t part_end(ByteView block, std::size_t at, std::size_t end) noexcept {
  while (at < end && block[at] == '_') ++at;
  while (at < end && block[at] != '_') ++at;
  return at;
}

Choice choose_words(ByteView block, ChoiceLimits limits) {
  const Orders orders(block);
  FilterVector<Piece> pieces = count_pieces(block, limits);
  Choice choice;
  std::ranges::sort(pieces, [&](const Piece& a, const Piece& b) { return orders.frequency(a, b); });
  const auto short_codes = pieces.begin() + static_cast<std::ptrdiff_t>(std::min(kOneByteWords, pieces.size()));
  choice.one_byte.assign(pieces.begin(), short_codes);
  pieces.erase(pieces.begin(), short_codes);
  std::ranges::sort(choice.one_byte, [&](const Piece& a, const Piece& b) { return orders.spelling(a, b); });

  std::erase_if(pieces, [](const Piece& piece) { return saving(piece) <= 0; });
  std::ranges::sort(pieces, [&](const Piece& a, const Piece& b) { return orders.gain(a, b); });
  keep_first(pieces, text_of(choice.one_byte), limits);
  arrange(pieces, orders);
  choice.two_byte = std::move(pieces);
  return choice;
}

}  // namespace npk::codec::words
