#include "codec/filter/markup/numbers.h"

#include <bit>

namespace npk::codec::markup {
namespace {

constexpr std::uint8_t kLengthBits = 15;
constexpr std::uint64_t kEndBits = 0x8080'8080'8080'8080ULL;

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
    if (shapes_.size() == kMaxShapes) return fail(Errc::corrupt, "a markup payload has too many shapes of numbers");
    Shape& shape = shapes_.emplace_back();
    if (!parse_shape(shapes, shape.text.data(), shape.head)) return fail(Errc::corrupt, "a markup payload has a shape that cannot be");
  }
  space_ = CodeSpace(shapes_.size(), 255);
  codes_ = codes;
  digits_ = digits;
  rare_ = rare;
  return {};
}

bool NumberReader::take_rare(Shape& shape) { return parse_shape(rare_, shape.text.data(), shape.head); }

// Digits up to the one with its high bit set.
bool NumberReader::take_digits(Output& out) {
  while (digits_.size() >= 8 && out.room() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, digits_.data(), 8);
    const std::uint64_t ends = word & kEndBits;
    word &= ~kEndBits;
    std::memcpy(out.cursor(), &word, 8);
    const std::size_t length = ends == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(ends)) / 8 + 1;
    out.advance(length);
    digits_ = digits_.subspan(length);
    if (ends != 0) return true;
  }
  for (bool last = false; !last && !out.is_cut();) {
    if (digits_.empty()) return false;
    last = digits_[0] >= 0x80;
    const std::uint8_t digit = digits_[0] & 0x7FU;
    digits_ = digits_.subspan(1);
    out.append(&digit, 1);
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
    if (code == 255) {
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
