#include "codec/filter/field_column/number_stream_encode.h"

#include <algorithm>
#include <bit>

#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSampledNumbers = 4096;

std::uint64_t zigzag(std::uint64_t number) { return (number << 1) ^ (0 - (number >> 63)); }
std::int64_t as_signed(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// What is left of the numbers once the ones before have said what they can: what NumberStream adds up again.
struct Differences {
  FilterVector<std::uint64_t> words;
  std::uint64_t start = 0;
  std::uint64_t step = 0;
};

Differences differences(FilterVector<std::uint64_t> numbers, NumberStep step) {
  Differences result{std::move(numbers), 0, 0};
  if (step == NumberStep::value) return result;
  // A first difference like the others keeps the words narrow.
  FilterVector<std::uint64_t>& words = result.words;
  result.step = words.size() > 1 ? words[1] - words[0] : 0;
  result.start = words[0] - result.step;
  for (std::size_t i = words.size(); --i > 0;) words[i] -= words[i - 1];
  words[0] = result.step;
  if (step == NumberStep::difference) return result;
  for (std::size_t i = words.size(); --i > 0;) words[i] -= words[i - 1];
  words[0] = 0;
  return result;
}

// Words of one sign near each other are counted from the least; others are around zero and come as zigzag.
std::uint64_t fold_signs(FilterVector<std::uint64_t>& words, NumberLayout& layout) {
  std::int64_t signed_least = as_signed(words[0]), signed_most = signed_least;
  for (const std::uint64_t word : words) signed_least = std::min(signed_least, as_signed(word)), signed_most = std::max(signed_most, as_signed(word));
  const auto least = static_cast<std::uint64_t>(signed_least), most = static_cast<std::uint64_t>(signed_most);
  const std::uint64_t range = most - least;
  const std::uint64_t furthest = std::max(zigzag(least), zigzag(most));
  layout.zigzag = as_signed(least) < 0 && std::bit_width(furthest) <= std::bit_width(range);
  const std::uint64_t offset = layout.zigzag ? 0 : least;
  for (std::uint64_t& word : words) word = layout.zigzag ? zigzag(word) : word - offset;
  layout.width = std::max(1U, (static_cast<unsigned>(std::bit_width(layout.zigzag ? furthest : range)) + 7) / 8);
  return offset;
}

void append_words(std::span<const std::uint64_t> words, NumberLayout layout, FilterBytes& part) {
  const std::size_t at = part.size();
  part.resize(at + words.size() * layout.width);
  std::uint8_t* to = part.data() + at;
  if (layout.interleaved) {
    for (const std::uint64_t word : words) {
      for (unsigned i = 0; i < layout.width; ++i) *to++ = static_cast<std::uint8_t>(word >> (8 * i));
    }
    return;
  }
  for (unsigned i = 0; i < layout.width; ++i) {
    for (const std::uint64_t word : words) *to++ = static_cast<std::uint8_t>(word >> (8 * i));
  }
}

}  // namespace

void append_numbers(FilterVector<std::uint64_t> numbers, NumberLayout layout, FilterBytes& part) {
  const std::size_t count = numbers.size();
  Differences rest = differences(std::move(numbers), layout.step);
  const std::uint64_t offset = fold_signs(rest.words, layout);
  append_varint(count, part);
  const auto step = static_cast<unsigned>(layout.step);
  part.push_back(static_cast<std::uint8_t>(step | (layout.zigzag ? 4U : 0U) | (layout.interleaved ? 8U : 0U) | (layout.width - 1) << 4));
  append_varint(zigzag(offset), part);
  if (layout.step != NumberStep::value) append_varint(zigzag(rest.start), part);
  if (layout.step == NumberStep::second_difference) append_varint(zigzag(rest.step), part);
  append_words(rest.words, layout, part);
}

NumberLayout choose_layout(std::span<const std::uint64_t> numbers, CompressedCost& cost) {
  const std::size_t count = std::min(numbers.size(), kSampledNumbers);
  const auto sample = numbers.subspan((numbers.size() - count) / 2, count);
  NumberLayout best;
  std::size_t least = SIZE_MAX, length = 0;
  const auto is_best = [&](NumberLayout layout) {
    FilterBytes part;
    append_numbers({sample.begin(), sample.end()}, layout, part);
    const std::size_t bytes = cost.of(part);
    if (bytes >= least) return false;
    least = bytes;
    best = layout;
    length = part.size();
    return true;
  };
  is_best({.step = NumberStep::value});
  if (is_best({.step = NumberStep::difference})) is_best({.step = NumberStep::second_difference});
  const bool has_planes = length >= 2 * count;  // of a byte each there is one
  if (has_planes) is_best({.step = best.step, .interleaved = true});
  return best;
}

}  // namespace npk::codec
