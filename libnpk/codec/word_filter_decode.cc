#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "codec/filter_factories.h"
#include "codec/word_filter.h"
#include "codec/word_filter_format.h"

namespace npk::codec {
namespace {

constexpr std::size_t kStride = 16;  // words are copied by this many bytes where there is room to spare
constexpr std::size_t kLongestStep = 1 + words::kLongestWord + kStride;

std::unexpected<Error> corrupt(const char* what) { return fail(Errc::corrupt, what); }

enum class ByteKind : std::uint8_t { literal, word, lead, escape };

struct Word {
  std::uint32_t offset = 0;
  std::uint8_t length = 0;
  bool opens = false;
  bool closes = false;
};

struct ByteMeaning {
  ByteKind kind = ByteKind::literal;
  std::uint16_t first_word = 0;
};

struct Progress {
  std::size_t read = 0;
  std::size_t written = 0;
  bool closed = false;   // the last token was the code of a word that closes
  bool cut = false;      // the last token had more bytes than there was room for
};

}  // namespace

struct WordRestorer::Dictionary {
  std::array<ByteMeaning, 256> meanings;
  std::vector<Word> words;
  Bytes text;

  // Whether the whole dictionary lies in `filtered`; corrupt if it cannot be one.
  Result<bool> parse(ByteView filtered, std::uint64_t filtered_length);
  Result<void> decode(ByteView filtered, MutableBytes out, Progress& at) const;
  std::size_t bytes = 0;  // of header and dictionary

 private:
  void assign_bytes(std::size_t one_byte_words, std::size_t leads);
  Result<void> parse_words(ByteView coded, std::size_t count);
  Result<void> decode_fast(ByteView filtered, MutableBytes out, Progress& at) const;
  Result<bool> step(ByteView filtered, MutableBytes out, Progress& at) const;
  [[nodiscard]] const Word* find(ByteMeaning meaning, std::uint8_t second) const;
};

void WordRestorer::Dictionary::assign_bytes(std::size_t one_byte_words, std::size_t leads) {
  meanings.fill({});
  meanings[words::kEscape].kind = ByteKind::escape;
  for (std::size_t i = 0; i < one_byte_words; ++i)
    meanings[words::kCodeBytes[i]] = {ByteKind::word, static_cast<std::uint16_t>(i)};
  for (std::size_t i = 0; i < leads; ++i) {
    meanings[words::kCodeBytes[one_byte_words + i]] = {
        ByteKind::lead, static_cast<std::uint16_t>(one_byte_words + i * words::kWordsPerLead)};
  }
}

Result<bool> WordRestorer::Dictionary::parse(ByteView filtered, std::uint64_t filtered_length) {
  if (filtered_length < words::kHeaderBytes) return corrupt("a words payload is shorter than its header");
  if (filtered.size() < words::kHeaderBytes) return false;
  const std::size_t one_byte_words = filtered[0];
  const std::size_t leads = filtered[1];
  const std::size_t two_byte_words = load_le<std::uint16_t>(&filtered[2]);
  const std::uint64_t coded_bytes = load_le<std::uint32_t>(&filtered[4]);
  const std::size_t count = one_byte_words + two_byte_words;
  if (one_byte_words + leads > words::kCodeBytes.size()) return corrupt("a words payload uses too many code bytes");
  if (two_byte_words > leads * words::kWordsPerLead) return corrupt("a words payload has more words than codes");
  if (coded_bytes > filtered_length - words::kHeaderBytes || coded_bytes > count * (2 + words::kLongestWord))
    return corrupt("the dictionary of a words payload is too long");
  if (coded_bytes > filtered.size() - words::kHeaderBytes) return false;
  assign_bytes(one_byte_words, leads);
  NPK_TRY(parse_words(filtered.subspan(words::kHeaderBytes, static_cast<std::size_t>(coded_bytes)), count));
  bytes = words::kHeaderBytes + static_cast<std::size_t>(coded_bytes);
  return true;
}

Result<void> WordRestorer::Dictionary::parse_words(ByteView coded, std::size_t count) {
  words.clear();
  text.clear();
  Word previous;
  while (words.size() < count) {
    if (coded.size() < 2) return corrupt("the dictionary of a words payload ends early");
    const std::size_t shared = coded[0], rest = coded[1], length = shared + rest;
    coded = coded.subspan(2);
    if (shared > previous.length || length == 0 || length > words::kLongestWord || rest > coded.size())
      return corrupt("a word of a words payload has a wrong length");
    if (text.size() + length > words::kMaxDictionaryText) return corrupt("the words of a words payload are too long");
    const std::size_t offset = text.size();
    text.resize(offset + length);
    std::copy_n(text.begin() + previous.offset, shared, text.begin() + static_cast<std::ptrdiff_t>(offset));
    std::copy_n(coded.begin(), rest, text.begin() + static_cast<std::ptrdiff_t>(offset + shared));
    coded = coded.subspan(rest);
    previous = {static_cast<std::uint32_t>(offset), static_cast<std::uint8_t>(length), words::opens(text[offset]),
                words::closes(text.back())};
    words.push_back(previous);
  }
  if (!coded.empty()) return corrupt("bytes follow the dictionary of a words payload");
  text.resize(text.size() + kStride);  // a stride may begin at a word's last byte
  return {};
}

inline const Word* WordRestorer::Dictionary::find(ByteMeaning meaning, std::uint8_t second) const {
  const std::size_t index = std::size_t{meaning.first_word} + (meaning.kind == ByteKind::lead ? second : 0U);
  return index < words.size() ? &words[index] : nullptr;
}

// Whole tokens, as long as neither end can be near.
Result<void> WordRestorer::Dictionary::decode_fast(ByteView filtered, MutableBytes out, Progress& at) const {
  if (filtered.size() < 2 || out.size() < kLongestStep) return {};
  const std::uint8_t* from = filtered.data() + at.read;
  const std::uint8_t* const last_from = filtered.data() + filtered.size() - 2;
  std::uint8_t* to = out.data() + at.written;
  std::uint8_t* const last_to = out.data() + out.size() - kLongestStep;
  bool closed = at.closed;
  while (from <= last_from && to <= last_to) {
    const ByteMeaning meaning = meanings[*from];
    if (meaning.kind == ByteKind::literal) {
      *to++ = *from++;
      closed = false;
      continue;
    }
    if (meaning.kind == ByteKind::escape) {
      *to++ = from[1];
      from += 2;
      closed = false;
      continue;
    }
    const Word* word = find(meaning, from[1]);
    if (word == nullptr) return corrupt("a words payload has a code without a word");
    from += meaning.kind == ByteKind::lead ? 2 : 1;
    *to = ' ';
    to += static_cast<unsigned>(closed) & static_cast<unsigned>(word->opens);
    const std::uint8_t* spelling = text.data() + word->offset;
    std::memcpy(to, spelling, kStride);
    for (std::size_t done = kStride; done < word->length; done += kStride) std::memcpy(to + done, spelling + done, kStride);
    to += word->length;
    closed = word->closes;
  }
  at.read = static_cast<std::size_t>(from - filtered.data());
  at.written = static_cast<std::size_t>(to - out.data());
  at.closed = closed;
  return {};
}

// One token, cut at the end of `out`; false if it does not lie wholly in `filtered`.
Result<bool> WordRestorer::Dictionary::step(ByteView filtered, MutableBytes out, Progress& at) const {
  const ByteMeaning meaning = meanings[filtered[at.read]];
  const std::size_t length = meaning.kind == ByteKind::lead || meaning.kind == ByteKind::escape ? 2 : 1;
  if (filtered.size() - at.read < length) return false;
  const std::uint8_t last = filtered[at.read + length - 1];
  std::array<std::uint8_t, 1 + words::kLongestWord> token;
  std::size_t size = 0;
  if (meaning.kind == ByteKind::literal || meaning.kind == ByteKind::escape) {
    token[size++] = last;
    at.closed = false;
  } else {
    const Word* word = find(meaning, last);
    if (word == nullptr) return corrupt("a words payload has a code without a word");
    if (at.closed && word->opens) token[size++] = ' ';
    std::copy_n(text.begin() + word->offset, word->length, token.begin() + static_cast<std::ptrdiff_t>(size));
    size += word->length;
    at.closed = word->closes;
  }
  const std::size_t fits = std::min(size, out.size() - at.written);
  std::copy_n(token.begin(), fits, out.begin() + static_cast<std::ptrdiff_t>(at.written));
  at.cut = fits < size;
  at.read += length;
  at.written += fits;
  return true;
}

Result<void> WordRestorer::Dictionary::decode(ByteView filtered, MutableBytes out, Progress& at) const {
  NPK_TRY(decode_fast(filtered, out, at));
  while (at.read < filtered.size() && at.written < out.size()) {
    NPK_ASSIGN(const bool whole, step(filtered, out, at));
    if (!whole) break;
  }
  return {};
}

WordRestorer::WordRestorer() = default;
WordRestorer::~WordRestorer() = default;

// Text shrinks to about its share of the whole.
std::uint64_t WordRestorer::prefix_guess(std::uint64_t filtered_length, std::uint64_t raw_length, std::uint64_t wanted) const {
  constexpr std::uint64_t kDictionaryGuess = 256U << 10;
  if (wanted >= raw_length || raw_length > kMaxWordFilterBytes) return filtered_length;
  const std::uint64_t share = wanted * filtered_length / raw_length;  // both below 2^32
  return std::min(filtered_length, kDictionaryGuess + share + share / 4);
}

Result<bool> WordRestorer::restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) {
  if (raw_length > kMaxWordFilterBytes) return corrupt("a block is too long for the words filter");
  if (filtered_length > raw_length) return corrupt("a words payload is longer than its block");
  if (dictionary_ == nullptr) dictionary_ = std::make_unique<Dictionary>();
  NPK_ASSIGN(const bool has_dictionary, dictionary_->parse(filtered, filtered_length));
  if (has_dictionary) {
    Progress at{.read = dictionary_->bytes};
    NPK_TRY(dictionary_->decode(filtered, out, at));
    const bool ends_well = !at.cut && at.read == filtered_length;
    if (at.written == out.size() && (out.size() < raw_length || ends_well)) return true;
    if (at.written == out.size() && filtered.size() == filtered_length) return corrupt("a words payload goes on beyond its block");
  }
  if (filtered.size() == filtered_length) return corrupt("a words payload ends short of its block");
  return false;
}

std::unique_ptr<FilterDecoder> create_words_decoder() { return std::make_unique<WordRestorer>(); }
std::uint64_t words_decoder_memory(std::uint64_t) { return kWordRestorerMemory; }

}  // namespace npk::codec
