#include "codec/filter/markup/numbers.h"

#include <bit>

namespace npk::codec::markup {
namespace {

constexpr std::uint8_t kLengthBits = 15;
constexpr std::uint32_t kHighBits = 0x8080'8080U;
constexpr std::uint32_t kUpToHighBit = 0x0101'0101U * (0x80 - kLastPair);

// How a byte of digits is spelled, first digit lowest, whether there are two or one.
constexpr std::array<std::uint16_t, 256> kSpellings = [] {
  std::array<std::uint16_t, 256> spellings{};
  for (unsigned byte = 0; byte < kDigitBytes; ++byte) {
    const unsigned first = byte < kLastDigit ? byte % 100 / 10 : byte - kLastDigit, second = byte < kLastDigit ? byte % 10 : 0;
    spellings[byte] = static_cast<std::uint16_t>(('0' + first) | ('0' + second) << 8U);
  }
  return spellings;
}();

// Takes a shape off the front; false if there is none.
bool parse_shape(ByteView& from, std::uint8_t* text, std::uint8_t& head) {
  if (from.empty()) return false;
  head = from[0];
  const std::size_t length = head & kLengthBits;
  if (head > (kLengthBits | kShapeDigits | kShapeEnds) || length >= from.size()) return false;
  std::copy_n(from.begin() + 1, length, text);
  from = from.subspan(1 + length);
  return true;
}

}  // namespace

Result<void> NumberReader::open(ByteView shapes, ByteView codes, ByteView digits, ByteView rare) {
  shapes_.clear();
  while (!shapes.empty()) {
    if (shapes_.size() == kMaxShapes) return fail_corrupt("a markup payload has too many shapes of numbers");
    Shape& shape = shapes_.emplace_back();
    if (!parse_shape(shapes, shape.text.data(), shape.head)) return fail_corrupt("a markup payload has a shape that cannot be");
  }
  space_ = CodeSpace(shapes_.size(), kShapeLeads);
  codes_ = codes;
  digits_ = digits;
  rare_ = rare;
  return {};
}

bool NumberReader::take_rare(Shape& shape) { return parse_shape(rare_, shape.text.data(), shape.head); }

// Bytes up to the first that ends a run, four at a time.
bool NumberReader::take_digits(Output& out) {
  while (digits_.size() >= 4 && out.room() >= 8) {
    const auto word = load_le<std::uint32_t>(digits_.data());
    const std::uint32_t ends = (((word & ~kHighBits) + kUpToHighBit) | word) & kHighBits;
    std::uint8_t* const to = out.cursor();
    for (std::size_t i = 0; i < 4; ++i) store_le(to + 2 * i, kSpellings[digits_[i]]);
    const std::size_t length = ends == 0 ? 4 : static_cast<std::size_t>(std::countr_zero(ends)) / 8 + 1;
    const std::uint8_t last = digits_[length - 1];
    digits_ = digits_.subspan(length);
    out.advance(2 * length - (last >= kLastDigit ? 1 : 0));
    if (ends != 0) return last < kDigitBytes;
  }
  for (std::uint8_t byte = 0; byte < kLastPair && !out.is_cut();) {
    if (digits_.empty() || digits_[0] >= kDigitBytes) return false;
    byte = digits_[0];
    digits_ = digits_.subspan(1);
    std::array<std::uint8_t, 2> spelling;
    store_le(spelling.data(), kSpellings[byte]);
    out.append(spelling.data(), byte < kLastDigit ? 2 : 1);
  }
  return true;
}

bool NumberReader::take(Output& out) {
  Shape rare;
  for (std::uint8_t head = 0; (head & kShapeEnds) == 0 && !out.is_cut();) {
    if (codes_.empty()) return false;
    std::size_t code = codes_[0];
    codes_ = codes_.subspan(1);
    const Shape* shape = &rare;
    if (code == kShapeLeads) {
      if (!take_rare(rare)) return false;
    } else {
      if (code >= space_.single) {
        if (codes_.empty()) return false;
        code = space_.single + ((code - space_.single) << 8U | codes_[0]);
        codes_ = codes_.subspan(1);
      }
      if (code >= shapes_.size()) return false;
      shape = &shapes_[code];
    }
    head = shape->head;
    const std::size_t length = head & kLengthBits;
    if (out.room() >= sizeof(Shape)) [[likely]] {
      std::memcpy(out.cursor(), shape, sizeof(Shape));
      out.advance(length);
    } else {
      out.append(shape->text.data(), length);
    }
    if ((head & kShapeDigits) != 0 && !take_digits(out)) return false;
  }
  return true;
}

}  // namespace npk::codec::markup
