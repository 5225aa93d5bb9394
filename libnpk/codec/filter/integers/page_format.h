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
inline constexpr unsigned kMostShift = 15;

// What the values of a table are in order of.
enum class KeyOrder : std::uint8_t { unsigned_numbers, signed_numbers, floats };

// A number as its class, which is a symbol of its own stream, and the bits below the highest three.
inline constexpr unsigned kDirectSymbols = 8;
[[nodiscard]] constexpr unsigned low_bits_of(unsigned symbol) noexcept { return symbol < kDirectSymbols ? 0 : (symbol - kDirectSymbols) / 4 + 1; }
[[nodiscard]] constexpr std::uint64_t least_of(unsigned symbol) noexcept {
  return symbol < kDirectSymbols ? symbol : std::uint64_t{4 + symbol % 4} << low_bits_of(symbol);
}
[[nodiscard]] constexpr unsigned symbol_of(std::uint64_t value) noexcept {
  if (value < kDirectSymbols) return static_cast<unsigned>(value);
  const auto low = static_cast<unsigned>(std::bit_width(value)) - 3;
  return kDirectSymbols + 4 * (low - 1) + static_cast<unsigned>(value >> low & 3U);
}
inline constexpr unsigned kMostSymbol = symbol_of(~std::uint64_t{0});

// Which stream the next symbol is in: by the magnitude of the numbers before, the last of them weighing a sixteenth. The very last does not count
// yet: so two numbers can be read at a time, a quarter faster for a thousandth more.
class Context {
 public:
  [[nodiscard]] unsigned stream() const noexcept { return static_cast<unsigned>(std::bit_width(before_)); }
  void add(std::uint64_t value) noexcept {
    before_ = sum_;
    sum_ += std::min(value, kMostValue) - (sum_ >> 4U);
  }
  void clear() noexcept { *this = {}; }

 private:
  static constexpr std::uint64_t kMostValue = (std::uint64_t{1} << 58) - 1;  // so that the sum stays below 2^63
  std::uint64_t sum_ = 0;
  std::uint64_t before_ = 0;
};

}  // namespace npk::codec::integers
