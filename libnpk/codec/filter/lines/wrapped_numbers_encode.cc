#include "codec/filter/lines/wrapped_numbers_encode.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

namespace npk::codec {
namespace {

constexpr std::size_t kMostPlaces = 16;
constexpr std::uint32_t kFewestRows = 16, kMostRows = 4096;
constexpr std::uint32_t kOtherShare = 8;  // one in so many lines may have what is no number

std::optional<double> number_of(ByteView text) {
  while (!text.empty() && text[0] == ' ') text = text.subspan(1);
  const char* const begin = reinterpret_cast<const char*>(text.data());
  double value = 0;
  const auto parsed = std::from_chars(begin, begin + text.size(), value);
  return parsed.ec == std::errc{} && parsed.ptr == begin + text.size() ? std::optional(value) : std::nullopt;
}

// Of one template: lines that follow one another.
class WrappedTally {
 public:
  void add(const TemplateBlock& block, ByteView raw, std::size_t first_value, std::size_t places, bool follows) {
    if (rows_ == kMostRows) return;
    ++rows_;
    Row row{};
    for (std::size_t i = 0; i < places; ++i) {
      const Place place = block.values[first_value + i];
      const auto number = number_of(raw.subspan(place.offset, place.length));
      if (!number) {
        ++other_rows_;
        has_before_ = false;
        return;
      }
      row[i] = *number;
    }
    if (follows && has_before_) compare(row, places);
    before_ = row;
    has_before_ = true;
  }

  // Of numbers without order, two in five are nearer to their neighbour.
  [[nodiscard]] bool is_wrapped() const {
    return rows_ >= kFewestRows && other_rows_ * kOtherShare <= rows_ && compared_ >= kFewestRows && near_ * std::uint64_t{10} >= compared_ * std::uint64_t{7};
  }

 private:
  using Row = std::array<double, kMostPlaces>;

  void compare(const Row& row, std::size_t places) {
    for (std::size_t i = 0; i < places; ++i) {
      const double left = i == 0 ? before_[places - 1] : row[i - 1];
      const double aside = std::abs(row[i] - left), above = std::abs(row[i] - before_[i]);
      if (aside == above) continue;
      ++compared_;
      near_ += aside <= above * 0.75 ? 1U : 0U;
    }
  }

  Row before_{};
  bool has_before_ = false;
  std::uint32_t rows_ = 0, other_rows_ = 0, compared_ = 0, near_ = 0;
};

bool may_be_wrapped(const TemplateBlock& block, const TemplateBlock::Template& line) {
  return line.columns.size() >= 2 && line.columns.size() <= kMostPlaces &&
         std::ranges::none_of(line.columns, [&](std::uint16_t column) { return block.column_is_text[column]; });
}

}  // namespace

void join_wrapped_numbers(TemplateBlock& block, ByteView raw) {
  FilterVector<WrappedTally> tallies(block.templates.size());
  FilterVector<bool> may_be;
  for (const TemplateBlock::Template& line : block.templates) may_be.push_back(may_be_wrapped(block, line));
  std::size_t next = 0;
  std::uint32_t last = 0xFFFFFFFF;
  block.sequence.for_each([&](std::uint32_t id) {
    const std::size_t places = block.templates[id].columns.size();
    if (may_be[id]) tallies[id].add(block, raw, next, places, id == last);
    next += places;
    last = id;
  });
  FilterVector<std::uint16_t> joined(block.column_is_text.size());
  std::iota(joined.begin(), joined.end(), std::uint16_t{0});
  for (std::size_t id = 0; id < tallies.size(); ++id) {
    if (!tallies[id].is_wrapped()) continue;
    const std::uint16_t first = joined[block.templates[id].columns.front()];
    for (const std::uint16_t column : block.templates[id].columns) joined[column] = first;
  }
  for (TemplateBlock::Template& line : block.templates) {
    for (std::uint16_t& column : line.columns) column = joined[column];
  }
}

}  // namespace npk::codec
