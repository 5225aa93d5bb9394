#include "codec/filter/markup/text_reader.h"

#include "codec/filter/markup/format.h"
#include "codec/word_filter_format.h"

namespace npk::codec::markup {

Result<void> TextReader::open(ByteView part) {
  has_words_ = false;
  texts_ = part;
  if (part.empty()) return {};
  texts_ = part.subspan(1);
  if (part[0] > kWordText) return fail_corrupt("the texts of a markup payload are of no known form");
  has_words_ = part[0] == kWordText;
  if (!has_words_) return {};
  NPK_ASSIGN(const bool whole, dictionary_.parse(texts_, texts_.size(), words::kMaxInnerDictionaryText));
  if (!whole) return fail_corrupt("the words of a markup payload end early");
  texts_ = texts_.subspan(dictionary_.bytes());
  return {};
}

bool TextReader::take_plain(Output& out) {
  const void* end = texts_.empty() ? nullptr : std::memchr(texts_.data(), '<', texts_.size());
  if (end == nullptr) return false;
  const auto length = static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - texts_.data());
  out.append(texts_.data(), length);
  texts_ = texts_.subspan(length + 1);
  return true;
}

bool TextReader::take_words(Output& out) {
  words::Progress at;
  if (!dictionary_.decode_text(texts_, {out.cursor(), out.room()}, at, '<')) return false;
  out.advance(at.written);
  texts_ = texts_.subspan(at.read);
  if (at.stopped && !at.cut) return true;
  const bool is_full = at.cut || (out.room() == 0 && !texts_.empty());
  if (is_full) out.cut();
  return is_full;
}

}  // namespace npk::codec::markup
