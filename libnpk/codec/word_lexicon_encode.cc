#include "codec/word_lexicon_encode.h"

#include <algorithm>

#include "codec/word_filter_format.h"

namespace npk::codec::words {
namespace {

static_assert(kMaxWords < UINT16_MAX);

std::size_t slot_count(const Choice& choice) {
  const auto is_long = [](const Piece& piece) { return piece.length > kKeyBytes; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(choice.one_byte, is_long) + std::ranges::count_if(choice.two_byte, is_long));
  return count == 0 ? 0 : std::bit_ceil(2 * count);
}

}  // namespace

Lexicon::Lexicon(ByteView block, const Choice& choice)
    : leads_((choice.two_byte.size() + kWordsPerLead - 1) / kWordsPerLead), one_byte_words_(choice.one_byte.size()),
      shift_(64U - static_cast<unsigned>(std::bit_width(one_byte_words_ + choice.two_byte.size() + 1))), places_(std::size_t{1} << (64 - shift_)),
      long_slots_(slot_count(choice)) {
  words_.reserve(one_byte_words_ + choice.two_byte.size());
  const auto spelling = [block](const Piece& piece) { return block.subspan(piece.offset, piece.length); };
  for (std::size_t i = 0; i < one_byte_words_; ++i) add(spelling(choice.one_byte[i]), {kCodeBytes[i]}, 1);
  for (std::size_t i = 0; i < choice.two_byte.size(); ++i) {
    const std::uint8_t lead = kCodeBytes[one_byte_words_ + i / kWordsPerLead];
    add(spelling(choice.two_byte[i]), {lead, static_cast<std::uint8_t>(i % kWordsPerLead)}, 2);
  }
  for (std::size_t i = 0; i < one_byte_words_ + leads_; ++i) is_code_[kCodeBytes[i]] = true;
  is_code_[kEscape] = true;
}

void Lexicon::add(ByteView spelling, std::array<std::uint8_t, 2> code, std::uint8_t code_length) {
  const bool is_short = spelling.size() <= kKeyBytes;
  words_.push_back({is_short ? key_of(spelling) : Key{}, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint8_t>(spelling.size()),
                    code_length, code, opens(spelling.front()), closes(spelling.back())});
  text_.insert(text_.end(), spelling.begin(), spelling.end());
  if (is_short) return add_place(words_.back());
  std::size_t at = long_slot(long_hash_of(spelling));
  while (long_slots_[at] != 0) at = (at + 1) & (long_slots_.size() - 1);
  long_slots_[at] = static_cast<std::uint32_t>(words_.size());
}

void Lexicon::add_place(const CodedWord& word) {
  const std::uint64_t hash = word.key.hash();
  Place& place = places_[hash >> shift_];
  const auto free = std::ranges::find(place.words, 0);
  if (free == place.words.end()) return;
  place.tags[static_cast<std::size_t>(free - place.words.begin())] = tag_of(hash);
  *free = static_cast<std::uint16_t>(words_.size());
}

const CodedWord* Lexicon::find_long(ByteView word) const noexcept {
  if (long_slots_.empty()) return nullptr;
  for (std::size_t at = long_slot(long_hash_of(word)); long_slots_[at] != 0; at = (at + 1) & (long_slots_.size() - 1)) {
    const CodedWord& found = words_[long_slots_[at] - 1];
    if (std::ranges::equal(ByteView(text_).subspan(found.offset, found.length), word)) return &found;
  }
  return nullptr;
}

FilterBytes Lexicon::head() const {
  FilterBytes dictionary;
  ByteView previous;
  for (const CodedWord& word : words_) {
    const ByteView spelling = ByteView(text_).subspan(word.offset, word.length);
    const auto shared = std::ranges::mismatch(previous, spelling).in1 - previous.begin();
    dictionary.push_back(static_cast<std::uint8_t>(shared));
    dictionary.push_back(static_cast<std::uint8_t>(word.length - shared));
    dictionary.insert(dictionary.end(), spelling.begin() + shared, spelling.end());
    previous = spelling;
  }
  FilterBytes head(kHeaderBytes);
  head[0] = static_cast<std::uint8_t>(one_byte_words_);
  head[1] = static_cast<std::uint8_t>(leads_);
  store_le(&head[2], static_cast<std::uint16_t>(words_.size() - one_byte_words_));
  store_le(&head[4], static_cast<std::uint32_t>(dictionary.size()));
  head.insert(head.end(), dictionary.begin(), dictionary.end());
  return head;
}

}  // namespace npk::codec::words
