#include "codec/filter/json/json_layout_encode.h"

#include <algorithm>
#include <span>

#include "codec/filter/varint.h"

namespace npk::codec::json {
namespace {

constexpr int kLinesBeforeCorrection = 3;
constexpr long kMostCorrection = 24;

}  // namespace

bool Layout::fits(const Style& style, const Line& line, long level) noexcept {
  if (style.carriage_return != line.carriage_return || (line.count != 0 && style.tab != line.tab)) return false;
  return line.count == (level > 0 ? static_cast<std::size_t>(level) * style.unit : 0);
}

// A style is taken on when two changes of level speak for it: the level itself may be off, as where a block begins within a document.
void Layout::consider(const Line& line, long level) {
  const long levels = level - last_level_;
  const long characters = static_cast<long>(line.count) - static_cast<long>(last_count_);
  last_level_ = level;
  last_count_ = line.count;
  if (style_count_ == kMaxStyles || levels == 0 || characters % levels != 0) return;
  const long unit = characters / levels;
  if (unit < 1 || unit > static_cast<long>(kMaxUnit)) return;
  const Style style{line.carriage_return, line.tab, static_cast<std::size_t>(unit)};
  const auto known = std::span(styles_).first(style_count_);
  if (style == candidate_ && std::ranges::find(known, style) == known.end()) {
    current_ = style_count_;
    styles_[style_count_++] = style;
  }
  candidate_ = style;
}

int Layout::correction_for(const Line& line, long level) {
  const Style& style = styles_[current_];
  const bool comparable = style_count_ > 0 && style.carriage_return == line.carriage_return && (style.tab == line.tab || line.count == 0) &&
                          line.count % style.unit == 0;
  const long offset = comparable ? static_cast<long>(line.count / style.unit) - level : 0;
  offset_lines_ = offset == offset_ ? offset_lines_ + 1 : 1;
  offset_ = offset;
  if (offset == 0 || offset_lines_ < kLinesBeforeCorrection || offset > kMostCorrection || offset < -kMostCorrection) return 0;
  return static_cast<int>(offset);
}

Layout::Match Layout::match(const Line& line, bool closing) {
  const long level = level_ - (closing ? 1 : 0);
  for (std::size_t i = 0; i < style_count_; ++i) {
    const std::size_t index = i == 0 ? current_ : i <= current_ ? i - 1 : i;
    if (!fits(styles_[index], line, level)) continue;
    current_ = index;
    offset_lines_ = 0;
    last_level_ = level;
    last_count_ = line.count;
    return {static_cast<std::uint8_t>(kFirstStyle + index), 0};
  }
  consider(line, level);
  const int correction = correction_for(line, level);
  if (correction == 0) return {};
  level_ += correction;
  offset_lines_ = 0;
  return {static_cast<std::uint8_t>(kFirstStyle + current_), correction};
}

FilterBytes Layout::styles() const {
  FilterBytes part;
  for (std::size_t i = 0; i < style_count_; ++i)
    part.push_back(static_cast<std::uint8_t>((styles_[i].carriage_return ? 0x80 : 0) | (styles_[i].tab ? 0x40 : 0) | styles_[i].unit));
  return part;
}

}  // namespace npk::codec::json
