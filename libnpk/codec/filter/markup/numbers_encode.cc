#include "codec/filter/markup/numbers_encode.h"

#include <algorithm>
#include <numeric>

#include "codec/filter/markup/format.h"
#include "codec/filter/varint.h"

namespace npk::codec::markup {
namespace {

constexpr std::uint32_t kWorthAShape = 4;  // uses
constexpr std::size_t kInlineDigits = 2;   // so many digits before a point are part of a shape's text

bool is_digit(std::uint8_t byte) noexcept { return byte >= '0' && byte <= '9'; }

std::size_t digits_at(ByteView value, std::size_t at) noexcept {
  const std::size_t begin = at;
  while (at < value.size() && is_digit(value[at])) ++at;
  return at - begin;
}

}  // namespace

void NumberWriter::add_shape(ByteView text, std::uint8_t flags) {
  const std::uint32_t shape = shapes_.add(text, flags);
  if (shape == counts_.size()) counts_.push_back(0);
  ++counts_[shape];
  sequence_.push_back(shape);
}

void NumberWriter::add_digits(ByteView digits) {
  digits_.insert(digits_.end(), digits.begin(), digits.end());
  digits_.back() |= 0x80U;
}

void NumberWriter::add(ByteView value) {
  std::size_t at = 0, begin = 0;
  bool after_point = false;
  for (;;) {
    std::uint8_t flags = 0;
    std::size_t run = 0;
    while (at < value.size() && at - begin < kMaxShapeText - kInlineDigits && !is_digit(value[at])) {
      after_point = value[at] == '.';
      ++at;
    }
    run = digits_at(value, at);
    if (run > 0 && !after_point && run <= kInlineDigits) {
      at += run;
      run = at + 1 < value.size() && value[at] == '.' ? digits_at(value, at + 1) : 0;
      at += run > 0 ? 1 : 0;
    }
    after_point = false;
    if (run > 0) flags = kShapeDigits;
    if (at + run == value.size()) flags |= kShapeEnds;
    add_shape(value.subspan(begin, at - begin), flags);
    if (run > 0) add_digits(value.subspan(at, run));
    at += run;
    begin = at;
    if ((flags & kShapeEnds) != 0) return;
  }
}

NumberParts NumberWriter::finish() {
  std::vector<std::uint32_t> order(counts_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::greater(), [this](std::uint32_t shape) { return counts_[shape]; });
  std::size_t kept = 0;
  while (kept < std::min(order.size(), kMaxShapes) && counts_[order[kept]] >= kWorthAShape) ++kept;
  NumberParts parts;
  std::vector<std::uint32_t> codes(counts_.size(), static_cast<std::uint32_t>(kMaxShapes));
  for (std::size_t i = 0; i < kept; ++i) {
    codes[order[i]] = static_cast<std::uint32_t>(i);
    const ByteView text = shapes_[order[i]];
    parts.shapes.push_back(static_cast<std::uint8_t>(text.size() | shapes_.salt(order[i])));
    parts.shapes.insert(parts.shapes.end(), text.begin(), text.end());
  }
  const CodeSpace space(kept, 255);
  for (const std::uint32_t shape : sequence_) {
    const std::size_t code = codes[shape];
    if (code == kMaxShapes) {
      const ByteView text = shapes_[shape];
      parts.codes.push_back(255);
      parts.rare.push_back(static_cast<std::uint8_t>(text.size() | shapes_.salt(shape)));
      parts.rare.insert(parts.rare.end(), text.begin(), text.end());
    } else if (code < space.single) {
      parts.codes.push_back(static_cast<std::uint8_t>(code));
    } else {
      parts.codes.push_back(static_cast<std::uint8_t>(space.single + ((code - space.single) >> 8U)));
      parts.codes.push_back(static_cast<std::uint8_t>(code - space.single));
    }
  }
  parts.digits = std::move(digits_);
  return parts;
}

}  // namespace npk::codec::markup
