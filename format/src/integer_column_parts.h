// The parts that the integer encodings are put together from; names and layouts as in the spec.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "npk/bytes.h"

namespace npk::format {

// Smallest and largest of the values added; `lowest > highest` means none were.
struct Range {
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t highest = 0;

  void add(std::uint64_t value) noexcept {
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  [[nodiscard]] bool empty() const noexcept { return lowest > highest; }
  [[nodiscard]] std::uint64_t minimum() const noexcept { return empty() ? 0 : lowest; }
  [[nodiscard]] unsigned width() const noexcept {
    return empty() ? 0 : static_cast<unsigned>(std::bit_width(highest - lowest));
  }
};
[[nodiscard]] Range range_of(std::span<const std::uint64_t> values) noexcept;

// number: one integer in one to nine bytes.
[[nodiscard]] std::size_t number_size(std::uint64_t value) noexcept;
void write_number(std::uint64_t value, Bytes& out);
[[nodiscard]] Result<std::uint64_t> read_number(ByteReader& in);

// frame: integers above their minimum, bit-packed.
[[nodiscard]] std::size_t frame_size(const Range& range, std::size_t count) noexcept;
void write_frame(std::span<const std::uint64_t> values, const Range& range, Bytes& out);
[[nodiscard]] Result<void> read_frame(ByteReader& in, std::span<std::uint64_t> out);

// differences: the first integer, then each less the one before it, modulo 2^64 and read as signed. One value or more.
struct DifferenceRange {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;

  [[nodiscard]] unsigned width() const noexcept {
    const std::uint64_t spread = static_cast<std::uint64_t>(highest) - static_cast<std::uint64_t>(lowest);
    return static_cast<unsigned>(std::bit_width(spread));
  }
};
[[nodiscard]] DifferenceRange difference_range_of(std::span<const std::uint64_t> values) noexcept;
[[nodiscard]] std::size_t differences_size(std::uint64_t first, const DifferenceRange& range,
                                           std::size_t count) noexcept;
void write_differences(std::span<const std::uint64_t> values, const DifferenceRange& range, Bytes& out);
[[nodiscard]] Result<void> read_differences(ByteReader& in, std::span<std::uint64_t> out);

// packed: integers of a width known already. Errc::truncated; Errc::corrupt if the padding is not zero.
[[nodiscard]] Result<void> read_packed(ByteReader& in, unsigned width, std::uint64_t base,
                                       std::span<std::uint64_t> out);

// exceptions: values at a few positions of a column, positions ascending.
class Exceptions {
 public:
  void add(std::uint64_t position, std::uint64_t value);
  [[nodiscard]] std::size_t size() const noexcept;  // in bytes
  void write(Bytes& out) const;

  // What `read` found. Positions ascend and lie below the `column_size` given.
  struct List {
    std::vector<std::uint64_t> positions;
    std::vector<std::uint64_t> values;
  };
  [[nodiscard]] static Result<List> read(ByteReader& in, std::size_t column_size);

 private:
  std::vector<std::uint64_t> gaps_;
  std::vector<std::uint64_t> values_;
  Range gap_range_;
  Range value_range_;
  std::uint64_t next_position_ = 0;
};

}  // namespace npk::format
