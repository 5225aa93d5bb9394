#include "codec/word_dictionary.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/word_filter_format.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace npk::codec::words {
namespace {

constexpr std::size_t kStride = 16;  // words are copied by this many bytes where there is room to spare
constexpr std::size_t kLongestStep = 1 + kLongestWord + kStride;
constexpr std::size_t kLiterals = 256;
constexpr unsigned kLane = 64;

// All bits, without a branch that compilers might make.
constexpr unsigned all_if_negative(unsigned value) noexcept { return static_cast<unsigned>(static_cast<int>(value) >> 31); }
constexpr unsigned all_if_zero(unsigned value) noexcept { return all_if_negative(value - 1); }  // below 2^31

// Of 64 bytes in which those that begin a pair are set in `leads`: which are second bytes. `carry`: whether the first one is, and then whether
// the one behind them is. As a run of leads that begins where a token does is pairs, and the byte behind one of odd length is a second one
// (as escapes in Langdale and Lemire, Parsing gigabytes of JSON per second, 2019).
std::uint64_t second_bytes(std::uint64_t leads, std::uint64_t& carry) noexcept {
  constexpr std::uint64_t kEven = 0x5555555555555555ULL;
  leads &= ~carry;
  const std::uint64_t follows = leads << 1 | carry;
  const std::uint64_t odd_runs = leads & ~kEven & ~follows;
  const std::uint64_t ends = odd_runs + leads;
  carry = ends < leads ? 1 : 0;
  return (kEven ^ ends << 1) & follows;
}

}  // namespace

void Dictionary::assign_bytes(std::size_t one_byte_words, std::size_t leads) {
  for (std::size_t byte = 0; byte < kLiterals; ++byte) meanings_[byte] = {static_cast<std::uint16_t>(byte), 0};
  meanings_[kEscape] = {0, 0xFFFF};
  for (std::size_t i = 0; i < one_byte_words; ++i) meanings_[kCodeBytes[i]] = {static_cast<std::uint16_t>(kLiterals + i), 0};
  for (std::size_t i = 0; i < leads; ++i)
    meanings_[kCodeBytes[one_byte_words + i]] = {static_cast<std::uint16_t>(kLiterals + one_byte_words + i * kWordsPerLead), 0xFFFF};
  first_lead_ = leads == 0 ? kEscape : kCodeBytes[one_byte_words];
  last_code_ = one_byte_words + leads == 0 ? std::uint8_t{0} : kCodeBytes[one_byte_words + leads - 1];
  are_ranges_ = leads == 0 ? last_code_ >= 0x7F : first_lead_ >= 0x80;
  entries_.assign(kLiterals + one_byte_words + leads * kWordsPerLead, {});
  for (std::size_t byte = 0; byte < kLiterals; ++byte) entries_[byte].first[0] = static_cast<std::uint8_t>(byte), entries_[byte].length = 1;
}

Result<bool> Dictionary::parse(ByteView filtered, std::uint64_t filtered_length, std::size_t most_text) {
  if (filtered_length < kHeaderBytes) return fail_corrupt("a words payload is shorter than its header");
  if (filtered.size() < kHeaderBytes) return false;
  const std::size_t one_byte_words = filtered[0];
  const std::size_t leads = filtered[1];
  const std::size_t two_byte_words = load_le<std::uint16_t>(&filtered[2]);
  const std::uint64_t coded_bytes = load_le<std::uint32_t>(&filtered[4]);
  const std::size_t count = one_byte_words + two_byte_words;
  if (one_byte_words + leads > kCodeBytes.size()) return fail_corrupt("a words payload uses too many code bytes");
  if (two_byte_words > leads * kWordsPerLead) return fail_corrupt("a words payload has more words than codes");
  if (coded_bytes > filtered_length - kHeaderBytes || coded_bytes > count * (2 + kLongestWord))
    return fail_corrupt("the dictionary of a words payload is too long");
  if (coded_bytes > filtered.size() - kHeaderBytes) return false;
  assign_bytes(one_byte_words, leads);
  NPK_TRY(parse_words(filtered.subspan(kHeaderBytes, static_cast<std::size_t>(coded_bytes)), count, most_text));
  bytes_ = kHeaderBytes + static_cast<std::size_t>(coded_bytes);
  return true;
}

Result<void> Dictionary::parse_words(ByteView coded, std::size_t count, std::size_t most_text) {
  text_.clear();
  text_.reserve(most_text + kStride);
  longest_word_ = 1;
  std::size_t previous_offset = 0, previous_length = 0;
  for (std::size_t word = 0; word < count; ++word) {
    if (coded.size() < 2) return fail_corrupt("the dictionary of a words payload ends early");
    const std::size_t shared = coded[0], rest = coded[1], length = shared + rest;
    coded = coded.subspan(2);
    if (shared > previous_length || length == 0 || length > kLongestWord || rest > coded.size())
      return fail_corrupt("a word of a words payload has a wrong length");
    if (text_.size() + length > most_text) return fail_corrupt("the words of a words payload are too long");
    const std::size_t offset = text_.size();
    text_.resize(offset + length);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(previous_offset), shared, text_.begin() + static_cast<std::ptrdiff_t>(offset));
    std::copy_n(coded.begin(), rest, text_.begin() + static_cast<std::ptrdiff_t>(offset + shared));
    coded = coded.subspan(rest);
    previous_offset = offset, previous_length = length;
    Entry& entry = entries_[kLiterals + word];
    entry.offset = static_cast<std::uint32_t>(offset);
    entry.length = static_cast<std::uint8_t>(length);
    entry.opens = opens(text_[offset]), entry.closes = closes(text_.back());
    std::copy_n(&text_[offset], std::min(length, entry.first.size()), entry.first.begin());
    longest_word_ = std::max(longest_word_, length);
  }
  if (!coded.empty()) return fail_corrupt("bytes follow the dictionary of a words payload");
  text_.resize(text_.size() + kStride);  // a stride may begin at a word's last byte
  return {};
}

Dictionary::CodeMasks Dictionary::code_masks(const std::uint8_t* coded) const noexcept {
  CodeMasks masks;
#if defined(__SSE2__)
  if (are_ranges_) {
    const auto all = [](unsigned byte) { return _mm_set1_epi8(static_cast<char>(byte)); };
    const auto bits = [](__m128i bytes) { return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))}; };
    for (unsigned lane = 0; lane < 4; ++lane) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(coded + 16 * std::size_t{lane}));
      const __m128i escape = _mm_cmpeq_epi8(bytes, all(kEscape));
      const __m128i known = _mm_or_si128(escape, _mm_cmpeq_epi8(_mm_min_epu8(bytes, all(last_code_)), bytes));
      const __m128i lead = _mm_and_si128(known, _mm_cmpeq_epi8(_mm_max_epu8(bytes, all(first_lead_)), bytes));
      const __m128i control = _mm_or_si128(_mm_cmplt_epi8(bytes, all(0x20)), _mm_cmpeq_epi8(bytes, all(0x7F)));  // and the upper half
      const __m128i tab_to_return = _mm_and_si128(_mm_cmpgt_epi8(bytes, all('\t' - 1)), _mm_cmplt_epi8(bytes, all('\r' + 1)));
      const __m128i text = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, all('\v')), tab_to_return), _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
      masks.codes |= bits(_mm_and_si128(known, _mm_andnot_si128(text, control))) << 16 * lane;
      masks.pairs |= bits(_mm_or_si128(lead, escape)) << 16 * lane;
    }
    return masks;
  }
#endif
  for (unsigned i = 0; i < kLane; ++i) {
    const ByteMeaning meaning = meanings_[coded[i]];
    masks.codes |= std::uint64_t{meaning.second_mask != 0 || meaning.first_entry >= kLiterals ? 1U : 0U} << i;
    masks.pairs |= std::uint64_t{meaning.second_mask & 1U} << i;
  }
  return masks;
}

// Whole tokens, as long as neither end can be near. Where codes are is known before they are read, so that none waits for the one before, and what is
// between them is copied at once. Lengths and spaces can't be foreseen: there are no branches on them.
bool Dictionary::decode_masked(ByteView coded, MutableBytes out, Progress& at) const {
  const std::size_t most_of_lane = kLane * (1 + longest_word_) + kLane;
  const std::uint8_t* from = coded.data() + at.read;
  std::uint8_t* to = out.data() + at.written;
  std::uint64_t carry = 0;
  unsigned closed = at.closed ? 1 : 0, unknown = 0;
  const auto left = [&] { return static_cast<std::size_t>(coded.data() + coded.size() - from); };
  while (left() > 2 * kLane + 1 && static_cast<std::size_t>(out.data() + out.size() - to) >= most_of_lane) {
    const CodeMasks masks = code_masks(from);
    auto position = static_cast<unsigned>(carry);
    for (std::uint64_t codes = masks.codes & ~second_bytes(masks.pairs, carry); codes != 0; codes &= codes - 1) {
      const auto code = static_cast<unsigned>(std::countr_zero(codes));
      std::memcpy(to, from + position, kStride);
      if (code - position > kStride) [[unlikely]] std::memcpy(to + kStride, from + position + kStride, kLane - kStride);
      to += code - position;
      closed &= all_if_zero(code - position);
      const ByteMeaning meaning = meanings_[from[code]];
      const Entry& entry = entry_of(meaning, from[code + 1]);
      *to = ' ';
      to += closed & entry.opens;
      std::memcpy(to, entry.first.data(), kStride);
      if (entry.length > kStride) [[unlikely]] {
        for (std::size_t done = kStride; done < entry.length; done += kStride) std::memcpy(to + done, &text_[entry.offset + done], kStride);
      }
      to += entry.length;
      unknown |= all_if_zero(entry.length);
      closed = entry.closes;
      position = code + 1 + (meaning.second_mask & 1U);
    }
    const unsigned rest = (kLane - position) & ~all_if_negative(kLane - position);
    std::memcpy(to, from + position, kLane);
    to += rest;
    closed &= all_if_zero(rest);
    from += kLane;
  }
  at.read = static_cast<std::size_t>(from - coded.data()) + carry;
  at.written = static_cast<std::size_t>(to - out.data());
  at.closed = closed != 0;
  return unknown == 0;
}

// The same up to `end`, token by token, as texts are short.
bool Dictionary::decode_until(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end) const {
  if (coded.size() < 2 || out.size() < kLongestStep) return true;
  const std::uint8_t* from = coded.data() + at.read;
  const std::uint8_t* const last_from = coded.data() + coded.size() - 2;
  std::uint8_t* to = out.data() + at.written;
  std::uint8_t* const last_to = out.data() + out.size() - kLongestStep;
  bool closed = at.closed;
  while (from <= last_from && to <= last_to) {
    const ByteMeaning meaning = meanings_[*from];
    if (meaning.first_entry < kLiterals) {
      if (meaning.second_mask == 0 && *from == end) {
        ++from;
        at.stopped = true;
        break;
      }
      from += meaning.second_mask & 1;
      *to++ = *from++;
      closed = false;
      continue;
    }
    const Entry& entry = entry_of(meaning, from[1]);
    if (entry.length == 0) return false;
    from += 1 + (meaning.second_mask & 1);
    *to = ' ';
    to += static_cast<unsigned>(closed) & entry.opens;
    std::memcpy(to, entry.first.data(), kStride);
    for (std::size_t done = kStride; done < entry.length; done += kStride) std::memcpy(to + done, &text_[entry.offset + done], kStride);
    to += entry.length;
    closed = entry.closes != 0;
  }
  at.read = static_cast<std::size_t>(from - coded.data());
  at.written = static_cast<std::size_t>(to - out.data());
  at.closed = closed;
  return true;
}

// One token, cut at the end of `out`.
Dictionary::Step Dictionary::step(ByteView coded, MutableBytes out, Progress& at) const {
  const ByteMeaning meaning = meanings_[coded[at.read]];
  const std::size_t code_length = 1 + std::size_t{meaning.second_mask & 1U};
  if (coded.size() - at.read < code_length) return Step::incomplete;
  const Entry& entry = entry_of(meaning, coded[at.read + code_length - 1]);
  if (entry.length == 0) return Step::unknown;
  std::array<std::uint8_t, 1 + kLongestWord> token;
  std::size_t size = 0;
  if (at.closed && entry.opens != 0) token[size++] = ' ';
  const std::uint8_t* spelling = entry.length > entry.first.size() ? &text_[entry.offset] : entry.first.data();
  std::copy_n(spelling, entry.length, token.begin() + static_cast<std::ptrdiff_t>(size));
  size += entry.length;
  const std::size_t fits = std::min(size, out.size() - at.written);
  std::copy_n(token.begin(), fits, out.begin() + static_cast<std::ptrdiff_t>(at.written));
  at.closed = entry.closes != 0;
  at.cut = fits < size;
  at.read += code_length;
  at.written += fits;
  return Step::whole;
}

bool Dictionary::decode(ByteView coded, MutableBytes out, Progress& at) const {
  if (!decode_masked(coded, out, at)) return false;
  while (at.read < coded.size() && at.written < out.size()) {
    const Step done = step(coded, out, at);
    if (done != Step::whole) return done == Step::incomplete;
  }
  return true;
}

bool Dictionary::decode_text(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end) const {
  if (!decode_until(coded, out, at, end)) return false;
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
