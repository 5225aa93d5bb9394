#include "codec/filter/markup/numbers_encode.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

#include "codec/ascii.h"
#include "codec/filter/markup/format.h"
#include "codec/filter/varint.h"

namespace npk::codec::markup {
namespace {

constexpr std::uint32_t kWorthAShape = 4;  // uses
constexpr std::size_t kInlineDigits = 2;   // so many digits, and the point behind them, are part of a shape's text

std::size_t digits_at(ByteView value, std::size_t at) noexcept {
  const std::size_t begin = at;
  while (at < value.size() && is_digit(value[at])) ++at;
  return at - begin;
}

}  // namespace

std::uint64_t NumberWriter::hash(const Slot& slot) noexcept {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  const std::uint64_t mixed = ((slot.low ^ slot.head) * kFactor ^ slot.high) * kFactor;
  return mixed ^ mixed >> 32U;
}

void NumberWriter::grow() {
  FilterVector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.number == 0) continue;
    std::size_t at = hash(slot) & (slots_.size() - 1);
    while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

void NumberWriter::add_shape(ByteView text, std::uint8_t flags) {
  Slot wanted;
  wanted.head = static_cast<std::uint32_t>(text.size() | flags);
  wanted.low = load_word(text.data(), std::min<std::size_t>(text.size(), 8));
  if (text.size() > 8) wanted.high = load_word(text.data() + 8, text.size() - 8);
  std::size_t at = hash(wanted) & (slots_.size() - 1);
  for (; slots_[at].number != 0; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.low != wanted.low || slot.high != wanted.high || slot.head != wanted.head) continue;
    ++shapes_[slot.number - 1].count;
    sequence_.push_back(slot.number - 1);
    return;
  }
  sequence_.push_back(static_cast<std::uint32_t>(shapes_.size()));
  shapes_.push_back({text.data(), 1, static_cast<std::uint8_t>(wanted.head)});
  wanted.number = static_cast<std::uint32_t>(shapes_.size());
  slots_[at] = wanted;
  if (shapes_.size() * 2 > slots_.size()) grow();
}

// At least one.
void NumberWriter::add_digits(ByteView digits) {
  const auto value = [&](std::size_t at) { return static_cast<std::uint8_t>(digits[at] - '0'); };
  std::size_t at = 0;
  for (; at + 2 < digits.size(); at += 2) digits_.push_back(static_cast<std::uint8_t>(value(at) * 10 + value(at + 1)));
  const bool is_pair = at + 2 == digits.size();
  digits_.push_back(static_cast<std::uint8_t>(is_pair ? kLastPair + value(at) * 10 + value(at + 1) : kLastDigit + value(at)));
}

void NumberWriter::add(ByteView value) {
  std::size_t at = 0, begin = 0;
  bool after_point = false;
  for (;;) {
    std::uint8_t flags = 0;
    std::size_t run = 0;
    while (at < value.size() && at - begin < kMaxShapeText - kInlineDigits - 1 && !is_digit(value[at])) {
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

// Those with a code of one byte first, then those with two, each by spelling: so that codes that look alike are of shapes that are alike.
FilterVector<std::uint32_t> NumberWriter::frequent_shapes() const {
  FilterVector<std::uint32_t> order(shapes_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::greater(), [this](std::uint32_t shape) { return shapes_[shape].count; });
  std::size_t kept = 0;
  while (kept < std::min(order.size(), kMaxShapes) && shapes_[order[kept]].count >= kWorthAShape) ++kept;
  order.resize(kept);
  const auto single = order.begin() + static_cast<std::ptrdiff_t>(std::min(kept, CodeSpace(kept, kShapeLeads).single));
  const auto less = [this](std::uint32_t a, std::uint32_t b) {
    const Shape& first = shapes_[a];
    const Shape& second = shapes_[b];
    const int compared = std::memcmp(first.text, second.text, std::min(first.head & kMaxShapeText, second.head & kMaxShapeText));
    return compared != 0 ? compared < 0 : first.head < second.head;
  };
  std::sort(order.begin(), single, less);
  std::sort(single, order.end(), less);
  return order;
}

NumberParts NumberWriter::finish() {
  const FilterVector<std::uint32_t> order = frequent_shapes();
  const std::size_t kept = order.size();
  NumberParts parts;
  const auto spell = [](const Shape& shape, FilterBytes& to) {
    to.push_back(shape.head);
    to.insert(to.end(), shape.text, shape.text + (shape.head & kMaxShapeText));
  };
  FilterVector<std::uint32_t> codes(shapes_.size(), static_cast<std::uint32_t>(kMaxShapes));
  for (std::size_t i = 0; i < kept; ++i) {
    codes[order[i]] = static_cast<std::uint32_t>(i);
    spell(shapes_[order[i]], parts.shapes);
  }
  const CodeSpace space(kept, kShapeLeads);
  parts.codes.reserve(sequence_.size() + sequence_.size() / 4);
  for (const std::uint32_t shape : sequence_) {
    const std::size_t code = codes[shape];
    if (code == kMaxShapes) {
      parts.codes.push_back(255);
      spell(shapes_[shape], parts.rare);
    } else {
      space.append(code, parts.codes);
    }
  }
  parts.digits = std::move(digits_);
  return parts;
}

}  // namespace npk::codec::markup
