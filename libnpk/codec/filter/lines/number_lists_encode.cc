#include "codec/filter/lines/number_lists_encode.h"

#include <algorithm>

#include "codec/ascii.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastDigits = 5;
constexpr std::size_t kStretchBytes = 1U << 16, kLookBytes = 1U << 13;
constexpr std::uint32_t kLeastLines = 8;

bool is_any_letter(std::uint8_t byte) { return is_letter(byte) || byte >= 0x80; }
bool separates(std::uint8_t byte) { return byte == ' ' || byte == ',' || byte == '\t'; }

// Digits and letters, each run as one, and marks.
std::uint32_t shape_of(ByteView text) {
  std::uint32_t hash = 2166136261U;
  std::uint8_t before = 0;
  for (const std::uint8_t byte : text) {
    const std::uint8_t kind = is_digit(byte) ? '0' : is_any_letter(byte) ? 'a' : byte;
    if (kind != before) hash = (hash ^ kind) * 16777619U;
    before = kind;
  }
  return hash;
}

struct ListTally {
  std::uint32_t lines = 0;
  std::uint32_t with_list = 0;  // of three numbers with the same between them
  std::uint32_t varying = 0;    // with more or fewer numbers than the line before
  std::size_t numbers = 0;
  std::size_t numbers_before = 0;

  void add(ByteView text, std::size_t at, std::size_t end) {
    std::size_t numbers_here = 0, last_end = 0;
    std::uint32_t last_shape = 0;
    bool list = false;
    for (std::size_t next = long_number_end(text, at, end); next != 0; next = long_number_end(text, next, end)) {
      const std::uint32_t shape = numbers_here == 0 ? 0 : shape_of(text.subspan(last_end, next - last_end));
      list = list || (numbers_here > 1 && shape == last_shape);
      last_shape = shape;
      last_end = next;
      ++numbers_here;
    }
    ++lines;
    with_list += list ? 1U : 0U;
    varying += lines > 1 && numbers_here != numbers_before ? 1U : 0U;
    numbers += numbers_here;
    numbers_before = numbers_here;
  }
};

}  // namespace

std::size_t long_number_end(ByteView raw, std::size_t at, std::size_t end) noexcept {
  std::size_t digits = 0;
  for (bool begins = true; at < end; ++at) {
    const std::uint8_t byte = raw[at];
    if (is_digit(byte)) {
      digits += begins || digits > 0 ? 1U : 0U;
    } else {
      if (digits >= kLeastDigits && separates(byte)) return at + 1;
      digits = 0;
    }
    begins = separates(byte);
  }
  return 0;
}

void NumberLists::look(std::size_t at) {
  next_look_ = at + kStretchBytes;
  const std::size_t limit = std::min(raw_.size(), at + kLookBytes);
  ListTally tally;
  while (at < limit) {
    const auto feed = std::find(raw_.begin() + static_cast<std::ptrdiff_t>(at), raw_.begin() + static_cast<std::ptrdiff_t>(limit), '\n');
    const auto end = static_cast<std::size_t>(feed - raw_.begin());
    if (end == limit) break;
    tally.add(raw_, at, end);
    at = end + 1;
  }
  // Of few numbers to a line a template for whole lines makes more.
  has_lists_ = tally.lines >= kLeastLines && tally.numbers * 4 >= tally.lines * std::size_t{9} &&
               tally.with_list * 16 >= tally.lines && tally.varying * 4 >= tally.lines;
  found_any_ = found_any_ || has_lists_;
}

}  // namespace npk::codec
