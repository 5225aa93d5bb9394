// Pages of numbers, as the integers filter writes them (spec/filters/integers.md): each in the encoding that is smallest.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace npk::codec::integers {

inline constexpr std::size_t kPageValues = 1024;
inline constexpr std::size_t kContexts = 64;

// The parts of a payload behind its plan.
inline constexpr std::size_t kElementsPart = 0;  // what lies in no page
inline constexpr std::size_t kControlPart = 1;   // pages' tags, and all that is not
inline constexpr std::size_t kLowBitsPart = 2;
inline constexpr std::size_t kFirstSymbolsPart = 3;
inline constexpr std::size_t kMostParts = kFirstSymbolsPart + kContexts;

// A page's tag: a ColumnEncoding of integers, or kClasses plus the taps of a linear prediction (0: the form's own prediction).
inline constexpr std::uint8_t kClasses = 16;
inline constexpr unsigned kMostTaps = 16;
inline constexpr std::uint8_t kAdaptive = 48;  // as kClasses, of what an adaptive prediction leaves
inline constexpr unsigned kMostAdaptiveChannels = 8;
inline constexpr unsigned kMostShift = 15;

// What the values of a table are in order of.
enum class KeyOrder : std::uint8_t { unsigned_numbers, signed_numbers, floats };

// A number as its class, which is a symbol of its own stream, and the bits below its highest and `precision` more: as many as symbols in a byte allow,
// so that numbers with their symbols are not much longer than elements.
class Classes {
 public:
  // Of numbers of 1, 2, 3, 4 or 8 bytes.
  explicit constexpr Classes(unsigned bytes) noexcept : precision_(bytes == 1 ? 7 : bytes == 2 ? 4 : bytes == 8 ? 2 : 3) {}

  [[nodiscard]] constexpr unsigned precision() const noexcept { return precision_; }
  [[nodiscard]] constexpr unsigned most_symbol() const noexcept { return precision_ == 2 ? 251 : 255; }  // higher ones would be over 64 bits
  [[nodiscard]] constexpr unsigned low_bits_of(unsigned symbol) const noexcept { return symbol < direct() ? 0 : ((symbol - direct()) >> precision_) + 1; }
  [[nodiscard]] constexpr std::uint64_t least_of(unsigned symbol) const noexcept {
    const std::uint64_t highest = std::uint64_t{1} << precision_;
    return symbol < direct() ? symbol : (highest | (symbol & (highest - 1))) << low_bits_of(symbol);
  }
  [[nodiscard]] constexpr unsigned symbol_of(std::uint64_t value) const noexcept {
    if (value < direct()) return static_cast<unsigned>(value);
    const unsigned low = static_cast<unsigned>(std::bit_width(value)) - 1 - precision_;
    return direct() + ((low - 1) << precision_) + (static_cast<unsigned>(value >> low) & ((1U << precision_) - 1));
  }

 private:
  [[nodiscard]] constexpr unsigned direct() const noexcept { return 2U << precision_; }

  unsigned precision_;
};

// Which stream the next symbol is in: by the magnitude of the numbers before, the last of them weighing a sixteenth. The very last does not count
// yet: so two numbers can be read at a time, a quarter faster for a thousandth more.
class Context {
 public:
  [[nodiscard]] unsigned stream() const noexcept { return static_cast<unsigned>(std::bit_width(before_)); }
  // Where stream() stays the same: quicker to ask than that.
  struct Range {
    std::uint64_t first, length;
  };
  [[nodiscard]] Range range() const noexcept { return before_ == 0 ? Range{0, 1} : Range{std::bit_floor(before_), std::bit_floor(before_)}; }
  [[nodiscard]] bool is_in(const Range& range) const noexcept { return before_ - range.first < range.length; }
  void add(std::uint64_t value) noexcept {
    before_ = sum_;
    sum_ = sum_ + std::min(value, kMostValue) - (sum_ >> 4U);
  }
  // Of a value that is sure to be no more than the most: one by its symbol and 30 low bits is.
  void add_short(std::uint64_t value) noexcept {
    before_ = sum_;
    sum_ = sum_ + value - (sum_ >> 4U);
  }
  void clear() noexcept { *this = {}; }

 private:
  static constexpr std::uint64_t kMostValue = (std::uint64_t{1} << 58) - 1;  // so that the sum stays below 2^63
  std::uint64_t sum_ = 0;
  std::uint64_t before_ = 0;
};

}  // namespace npk::codec::integers
