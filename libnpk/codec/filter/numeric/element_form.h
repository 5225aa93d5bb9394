// How byte_shuffle, bit_shuffle, element_delta, decimal_floats and integers rewrite a block: stretches of it, each as elements of one form
// (spec/filters/element_delta.md).
#pragma once

#include <cstdint>
#include <vector>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec::numeric {

// What an element is predicted from: the one `distance` before it (left), the one `row` before it (up), the one before both (up-left).
enum class Predictor : std::uint8_t { none, left, twice, up, gradient, mean, median, exclusive };
// How the residuals lie: as they come, all first bytes of every `period` bytes before all second ones, or those planes bit by bit,
// or by the integers filter's pages.
enum class Layout : std::uint8_t { together, byte_planes, bit_planes, pages };

inline constexpr std::uint32_t kMaxDistance = 1U << 16;  // elements
inline constexpr std::uint32_t kMaxRow = 1U << 20;       // elements
inline constexpr std::uint32_t kMaxPeriod = 4096;        // bytes
inline constexpr std::size_t kMaxForms = 32;
inline constexpr std::size_t kSegmentUnit = 4096;  // segments but the last are so many bytes, or a multiple
inline constexpr std::size_t kMaxSegments = 4096;

struct ElementForm {
  std::uint8_t width = 1;  // bytes: 1, 2, 3, 4 or 8
  std::uint8_t lead = 0;   // bytes of a segment before its first element
  bool big_endian = false;
  bool zigzag = false;  // residuals as zigzag numbers
  bool is_decimal = false;  // before all else, floats with `decimals` digits behind the point become integers
  std::uint8_t decimals = 0;
  bool is_ranked = false;  // before all else, elements become their place in a table of those that occur
  Predictor predictor = Predictor::none;
  Layout layout = Layout::together;
  std::uint32_t distance = 1;
  std::uint32_t row = 0;
  std::uint32_t period = 1;

  bool operator==(const ElementForm&) const = default;
  [[nodiscard]] bool has_distance() const noexcept { return predictor != Predictor::none; }
  [[nodiscard]] bool has_row() const noexcept { return predictor >= Predictor::up && predictor <= Predictor::median; }
  [[nodiscard]] bool copies() const noexcept { return predictor == Predictor::none && layout == Layout::together && !is_decimal; }
};

struct Segment {
  ElementForm form;
  std::size_t length = 0;  // bytes
};

// Which forms a filter may use.
enum class Allowed : std::uint8_t { byte_shuffle, bit_shuffle, element_delta, decimal_floats, integers };

[[nodiscard]] inline bool is_allowed(const ElementForm& form, Allowed allowed) noexcept {
  if (allowed == Allowed::integers) return true;
  if (form.layout == Layout::pages || form.is_ranked) return false;
  if (allowed == Allowed::element_delta || form.copies()) return true;
  if (allowed == Allowed::decimal_floats) return form.predictor == Predictor::none && form.is_decimal;
  return form.predictor == Predictor::none && !form.is_decimal && form.layout == (allowed == Allowed::byte_shuffle ? Layout::byte_planes : Layout::bit_planes);
}

// Takes the plan off the front of a payload. Errc::corrupt unless its segments are exactly raw_length bytes, and so, but for integers,
// is what follows.
[[nodiscard]] Result<std::vector<Segment>> take_plan(ByteView& filtered, std::uint64_t raw_length, Allowed allowed);

// Undoes one segment of any layout but pages: `out` becomes the out.size() bytes that `filtered`, as long, was made from. Needs no memory.
void restore_segment(const ElementForm& form, ByteView filtered, MutableBytes out);

// Undoes the prediction of elements `from` to `end` (numbers of elements) of those that begin at `elements`; all before them are whole again.
void undo_prediction(const ElementForm& form, std::uint8_t* elements, std::size_t from, std::size_t end);

}  // namespace npk::codec::numeric
