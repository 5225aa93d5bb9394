#include "codec/word_dictionary.h"

#include <algorithm>
#include <cstring>

#include "codec/word_filter_format.h"

namespace npk::codec::words {
namespace {

constexpr std::size_t kStride = 16;  // words are copied by this many bytes where there is room to spare
constexpr std::size_t kLongestStep = 1 + kLongestWord + kStride;

std::unexpected<Error> corrupt(const char* what) { return fail(Errc::corrupt, what); }

}  // namespace

void Dictionary::assign_bytes(std::size_t one_byte_words, std::size_t leads) {
  meanings_.fill({});
  meanings_[kEscape].kind = ByteKind::escape;
  for (std::size_t i = 0; i < one_byte_words; ++i)
    meanings_[kCodeBytes[i]] = {ByteKind::word, static_cast<std::uint16_t>(i)};
  for (std::size_t i = 0; i < leads; ++i) {
    meanings_[kCodeBytes[one_byte_words + i]] = {
        ByteKind::lead, static_cast<std::uint16_t>(one_byte_words + i * kWordsPerLead)};
  }
}

Result<bool> Dictionary::parse(ByteView filtered, std::uint64_t filtered_length, std::size_t most_text) {
  if (filtered_length < kHeaderBytes) return corrupt("a words payload is shorter than its header");
  if (filtered.size() < kHeaderBytes) return false;
  const std::size_t one_byte_words = filtered[0];
  const std::size_t leads = filtered[1];
  const std::size_t two_byte_words = load_le<std::uint16_t>(&filtered[2]);
  const std::uint64_t coded_bytes = load_le<std::uint32_t>(&filtered[4]);
  const std::size_t count = one_byte_words + two_byte_words;
  if (one_byte_words + leads > kCodeBytes.size()) return corrupt("a words payload uses too many code bytes");
  if (two_byte_words > leads * kWordsPerLead) return corrupt("a words payload has more words than codes");
  if (coded_bytes > filtered_length - kHeaderBytes || coded_bytes > count * (2 + kLongestWord))
    return corrupt("the dictionary of a words payload is too long");
  if (coded_bytes > filtered.size() - kHeaderBytes) return false;
  assign_bytes(one_byte_words, leads);
  NPK_TRY(parse_words(filtered.subspan(kHeaderBytes, static_cast<std::size_t>(coded_bytes)), count, most_text));
  bytes_ = kHeaderBytes + static_cast<std::size_t>(coded_bytes);
  return true;
}

Result<void> Dictionary::parse_words(ByteView coded, std::size_t count, std::size_t most_text) {
  words_.clear();
  words_.reserve(std::min(count, coded.size() / 2));
  text_.clear();
  text_.reserve(most_text + kStride);
  Word previous;
  while (words_.size() < count) {
    if (coded.size() < 2) return corrupt("the dictionary of a words payload ends early");
    const std::size_t shared = coded[0], rest = coded[1], length = shared + rest;
    coded = coded.subspan(2);
    if (shared > previous.length || length == 0 || length > kLongestWord || rest > coded.size())
      return corrupt("a word of a words payload has a wrong length");
    if (text_.size() + length > most_text) return corrupt("the words of a words payload are too long");
    const std::size_t offset = text_.size();
    text_.resize(offset + length);
    std::copy_n(text_.begin() + previous.offset, shared, text_.begin() + static_cast<std::ptrdiff_t>(offset));
    std::copy_n(coded.begin(), rest, text_.begin() + static_cast<std::ptrdiff_t>(offset + shared));
    coded = coded.subspan(rest);
    previous = {static_cast<std::uint32_t>(offset), static_cast<std::uint8_t>(length), opens(text_[offset]),
                closes(text_.back())};
    words_.push_back(previous);
  }
  if (!coded.empty()) return corrupt("bytes follow the dictionary of a words payload");
  text_.resize(text_.size() + kStride);  // a stride may begin at a word's last byte
  return {};
}

inline const Dictionary::Word* Dictionary::find(ByteMeaning meaning, std::uint8_t second) const noexcept {
  const std::size_t index = std::size_t{meaning.first_word} + (meaning.kind == ByteKind::lead ? second : 0U);
  return index < words_.size() ? &words_[index] : nullptr;
}

// Whole tokens, as long as neither end can be near.
template <bool kStops>
bool Dictionary::decode_fast(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end) const {
  if (coded.size() < 2 || out.size() < kLongestStep) return true;
  const std::uint8_t* from = coded.data() + at.read;
  const std::uint8_t* const last_from = coded.data() + coded.size() - 2;
  std::uint8_t* to = out.data() + at.written;
  std::uint8_t* const last_to = out.data() + out.size() - kLongestStep;
  bool closed = at.closed;
  while (from <= last_from && to <= last_to) {
    const ByteMeaning meaning = meanings_[*from];
    if (meaning.kind == ByteKind::literal) {
      if (kStops && *from == end) {
        ++from;
        at.stopped = true;
        break;
      }
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
    if (word == nullptr) return false;
    from += meaning.kind == ByteKind::lead ? 2 : 1;
    *to = ' ';
    to += static_cast<unsigned>(closed) & static_cast<unsigned>(word->opens);
    const std::uint8_t* spelling = text_.data() + word->offset;
    std::memcpy(to, spelling, kStride);
    for (std::size_t done = kStride; done < word->length; done += kStride) std::memcpy(to + done, spelling + done, kStride);
    to += word->length;
    closed = word->closes;
  }
  at.read = static_cast<std::size_t>(from - coded.data());
  at.written = static_cast<std::size_t>(to - out.data());
  at.closed = closed;
  return true;
}

// One token, cut at the end of `out`.
Dictionary::Step Dictionary::step(ByteView coded, MutableBytes out, Progress& at) const {
  const ByteMeaning meaning = meanings_[coded[at.read]];
  const std::size_t length = meaning.kind == ByteKind::lead || meaning.kind == ByteKind::escape ? 2 : 1;
  if (coded.size() - at.read < length) return Step::incomplete;
  const std::uint8_t last = coded[at.read + length - 1];
  std::array<std::uint8_t, 1 + kLongestWord> token;
  std::size_t size = 0;
  if (meaning.kind == ByteKind::literal || meaning.kind == ByteKind::escape) {
    token[size++] = last;
    at.closed = false;
  } else {
    const Word* word = find(meaning, last);
    if (word == nullptr) return Step::unknown;
    if (at.closed && word->opens) token[size++] = ' ';
    std::copy_n(text_.begin() + word->offset, word->length, token.begin() + static_cast<std::ptrdiff_t>(size));
    size += word->length;
    at.closed = word->closes;
  }
  const std::size_t fits = std::min(size, out.size() - at.written);
  std::copy_n(token.begin(), fits, out.begin() + static_cast<std::ptrdiff_t>(at.written));
  at.cut = fits < size;
  at.read += length;
  at.written += fits;
  return Step::whole;
}

bool Dictionary::decode(ByteView coded, MutableBytes out, Progress& at) const {
  if (!decode_fast<false>(coded, out, at)) return false;
  while (at.read < coded.size() && at.written < out.size()) {
    const Step done = step(coded, out, at);
    if (done != Step::whole) return done == Step::incomplete;
  }
  return true;
}

bool Dictionary::decode_text(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end) const {
  if (!decode_fast<true>(coded, out, at, end)) return false;
  while (!at.stopped && at.read < coded.size()) {
    if (coded[at.read] == end) {
      ++at.read;
      at.stopped = true;
      return true;
    }
    if (at.written == out.size()) return true;
    const Step done = step(coded, out, at);
    if (done != Step::whole) return done == Step::incomplete;
  }
  return true;
}

}  // namespace npk::codec::words
