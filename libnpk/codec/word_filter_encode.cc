#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/filter_encoder_functions.h"
#include "codec/word_choice_encode.h"
#include "codec/word_filter.h"
#include "codec/word_filter_format.h"

namespace npk::codec {
namespace {

struct CodedWord {
  std::uint32_t offset = 0;  // of its spelling
  std::uint8_t length = 0;
  std::uint8_t code_length = 0;
  std::array<std::uint8_t, 2> code{};
  bool opens = false;
  bool closes = false;
};

// The chosen words and their codes, found by spelling.
class Lexicon {
 public:
  Lexicon(ByteView block, const words::Choice& choice) : leads_(leads_for(choice)), slots_(kSlots) {
    for (std::size_t i = 0; i < choice.one_byte.size(); ++i) add(block, choice.one_byte[i], {words::kCodeBytes[i]}, 1);
    for (std::size_t i = 0; i < choice.two_byte.size(); ++i) {
      const std::uint8_t lead = words::kCodeBytes[choice.one_byte.size() + i / words::kWordsPerLead];
      add(block, choice.two_byte[i], {lead, static_cast<std::uint8_t>(i % words::kWordsPerLead)}, 2);
    }
    for (std::size_t i = 0; i < choice.one_byte.size() + leads_; ++i) is_code_[words::kCodeBytes[i]] = true;
    is_code_[words::kEscape] = true;
  }

  [[nodiscard]] const CodedWord* find(ByteView block, std::size_t from, std::size_t length) const {
    const std::uint64_t hash = words::hash_of(block, from, length);
    for (std::size_t at = hash % kSlots; slots_[at].word != 0; at = (at + 1) % kSlots) {
      if (slots_[at].tag != static_cast<std::uint32_t>(hash >> 32)) continue;
      const CodedWord& word = words_[slots_[at].word - 1];
      if (word.length == length && std::memcmp(text_.data() + word.offset, &block[from], length) == 0) return &word;
    }
    return nullptr;
  }

  [[nodiscard]] bool is_code(std::uint8_t byte) const noexcept { return is_code_[byte]; }
  // Header and dictionary.
  [[nodiscard]] FilterBytes head() const;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t word = 0;  // its index + 1; 0: free
  };
  static constexpr std::size_t kSlots = 1U << 17;
  static_assert(words::kMaxWords < kSlots / 2);

  static std::size_t leads_for(const words::Choice& choice) {
    return (choice.two_byte.size() + words::kWordsPerLead - 1) / words::kWordsPerLead;
  }

  void add(ByteView block, const words::Piece& piece, std::array<std::uint8_t, 2> code, std::uint8_t code_length) {
    const ByteView spelling = block.subspan(piece.offset, piece.length);
    const auto offset = static_cast<std::uint32_t>(text_.size());
    text_.insert(text_.end(), spelling.begin(), spelling.end());
    words_.push_back({offset, static_cast<std::uint8_t>(piece.length), code_length, code, words::opens(spelling.front()),
                      words::closes(spelling.back())});
    const std::uint64_t hash = words::hash_of(block, piece.offset, piece.length);
    std::size_t at = hash % kSlots;
    while (slots_[at].word != 0) at = (at + 1) % kSlots;
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(words_.size())};
  }

  std::size_t leads_;
  FilterBytes text_;
  FilterVector<CodedWord> words_;  // in the order of the dictionary
  FilterVector<Slot> slots_;
  std::array<bool, 256> is_code_{};
};

FilterBytes Lexicon::head() const {
  FilterBytes dictionary;
  ByteView previous;
  std::size_t one_byte_words = 0;
  for (const CodedWord& word : words_) {
    const ByteView spelling = ByteView(text_).subspan(word.offset, word.length);
    const auto shared = std::ranges::mismatch(previous, spelling).in1 - previous.begin();
    dictionary.push_back(static_cast<std::uint8_t>(shared));
    dictionary.push_back(static_cast<std::uint8_t>(word.length - shared));
    dictionary.insert(dictionary.end(), spelling.begin() + shared, spelling.end());
    previous = spelling;
    one_byte_words += word.code_length == 1 ? 1U : 0U;
  }
  FilterBytes head(words::kHeaderBytes);
  head[0] = static_cast<std::uint8_t>(one_byte_words);
  head[1] = static_cast<std::uint8_t>(leads_);
  store_le(&head[2], static_cast<std::uint16_t>(words_.size() - one_byte_words));
  store_le(&head[4], static_cast<std::uint32_t>(dictionary.size()));
  head.insert(head.end(), dictionary.begin(), dictionary.end());
  return head;
}

// Rewrites a block token by token. A space after a word that closes is held back until it is known whether the
// next word implies it.
class Rewriter {
 public:
  Rewriter(ByteView block, const Lexicon& lexicon, MutableBytes out) : block_(block), lexicon_(lexicon), out_(out) {}

  // The length written; nothing if there may not be room for it.
  std::optional<std::size_t> run() {
    constexpr std::size_t kMostForToken = 2 * words::kLongestWord + 1;
    for (std::size_t at = 0; at < block_.size();) {
      if (out_.size() - written_ < kMostForToken) return std::nullopt;
      const std::size_t end = words::token_end(block_, at);
      rewrite(at, end);
      at = end;
    }
    flush_space();
    return written_;
  }

 private:
  void rewrite(std::size_t from, std::size_t end) {
    if (end - from == 1 && block_[from] == ' ' && closed_ && !held_space_) {
      held_space_ = true;
      return;
    }
    if (put_word(from, end)) return;
    if (!words::kIsWordByte[block_[from]]) return put_literally(from, end);
    while (from < end) {
      const std::size_t next = words::part_end(block_, from, end);
      if (!put_word(from, next)) put_literally(from, next);
      from = next;
    }
  }

  bool put_word(std::size_t from, std::size_t end) {
    if (end - from < 2) return false;
    const CodedWord* word = lexicon_.find(block_, from, end - from);
    if (word == nullptr) return false;
    const bool implies_space = closed_ && word->opens;
    if (implies_space && !held_space_) return false;
    if (!implies_space) flush_space();
    held_space_ = false;
    out_[written_] = word->code[0];
    out_[written_ + 1] = word->code[1];
    written_ += word->code_length;
    closed_ = word->closes;
    return true;
  }

  void put_literally(std::size_t from, std::size_t end) {
    flush_space();
    closed_ = false;
    for (; from < end; ++from) {
      if (lexicon_.is_code(block_[from])) out_[written_++] = words::kEscape;
      out_[written_++] = block_[from];
    }
  }

  void flush_space() {
    if (held_space_) out_[written_++] = ' ';
    held_space_ = false;
  }

  ByteView block_;
  const Lexicon& lexicon_;
  MutableBytes out_;
  std::size_t written_ = 0;
  bool closed_ = false;  // the last token was a code whose word closes; then a space may be held back
  bool held_space_ = false;
};

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

std::optional<std::size_t> encode_with(words::ChoiceLimits limits, ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 1024;
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxWordFilterBytes) return std::nullopt;
  const MutableBytes room = out.first(std::min(out.size(), raw.size() - raw.size() / 10));
  const Lexicon lexicon(raw, words::choose_words(raw, limits));
  const FilterBytes head = lexicon.head();
  if (head.size() >= room.size()) return std::nullopt;
  std::ranges::copy(head, room.begin());
  const auto written = Rewriter(raw, lexicon, room.subspan(head.size())).run();
  if (!written) return std::nullopt;
  return head.size() + *written;
}

}  // namespace

std::optional<std::size_t> WordFilter::encode(ByteView raw, MutableBytes out) { return encode_with(limits_for_block(raw.size()), raw, out); }

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
std::uint64_t words_encoder_memory(std::uint64_t raw_length) { return word_filter_memory(raw_length); }

}  // namespace npk::codec
