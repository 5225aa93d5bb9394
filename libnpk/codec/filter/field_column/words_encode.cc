#include "codec/filter/field_column/words_encode.h"

#include <algorithm>

#include "codec/word_filter.h"

namespace npk::codec {
namespace {

constexpr std::size_t kWorthWords = 128U << 10;  // of less text the dictionary takes what codes save
constexpr std::size_t kProseBytes = 64;          // of a value on average: names, paths and keys repeat as a whole, which codes only hide

}  // namespace

std::optional<FilterBytes> encode_word_column(FieldValues values) {
  std::size_t total = 0, longest = 0;
  for (const ByteView value : values) total += value.size(), longest = std::max(longest, value.size());
  if (total < kWorthWords || total / kProseBytes < values.size() || longest > most_value_of_word_part(total / 4)) return std::nullopt;
  const auto has_end = [](ByteView value) { return std::ranges::find(value, kWordValueEnd) != value.end(); };
  if (std::ranges::any_of(values, has_end)) return std::nullopt;
  FilterBytes text;
  append_terminated(values, kWordValueEnd, text);
  FilterBytes part(1 + text.size() / 8 * 5);
  part[0] = static_cast<std::uint8_t>(FieldEncoding::words);
  const std::size_t least_part = text.size() / 4;  // of a shorter one, what is chosen here may be too much
  const auto length = WordFilter::encode_within_filter(text, MutableBytes(part).subspan(1), most_words_of_part(least_part), most_word_text_of_part(least_part));
  if (!length || 1 + *length < least_part) return std::nullopt;
  part.resize(1 + *length);
  return part;
}

}  // namespace npk::codec
