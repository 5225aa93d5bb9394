#include "integer_column_parts.h"

#include <array>

#include "integer_column_bits.h"
#include "npk/format/integer_column.h"

namespace npk::format {
namespace {

constexpr unsigned kMaxWidth = 64;

std::size_t significant_bytes(std::uint64_t value) noexcept {
  return (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8;
}

Result<unsigned> read_width(ByteReader& in) {
  NPK_ASSIGN(const std::uint8_t width, in.read<std::uint8_t>());
  if (width > kMaxWidth) return fail_corrupt("an integer column claims more than 64 bits per value");
  return width;
}

// Whether base + d wrapped round for a d of `width` bits.
bool has_wrapped(std::uint64_t base, unsigned width, std::span<const std::uint64_t> sums) noexcept {
  const std::uint64_t largest = width == 0 ? 0 : ~0ULL >> (kMaxWidth - width);
  if (base <= ~0ULL - largest) return false;
  return std::ranges::any_of(sums, [base](std::uint64_t sum) { return sum < base; });
}

// Gaps, each one less than the distance from the position before, to positions, in place.
Result<void> to_positions(std::span<std::uint64_t> gaps, std::uint64_t column_size) {
  std::uint64_t next = 0;
  for (std::uint64_t& gap : gaps) {
    if (gap >= column_size - next) return fail_corrupt("a position lies past the end of its integer column");
    gap += next;
    next = gap + 1;
  }
  return {};
}

}  // namespace

Range range_of(std::span<const std::uint64_t> values) noexcept {
  Range range;
  for (const std::uint64_t value : values) range.add(value);
  return range;
}

std::size_t number_size(std::uint64_t value) noexcept { return 1 + significant_bytes(value); }

void write_number(std::uint64_t value, Bytes& out) {
  const std::size_t length = significant_bytes(value);
  std::array<std::uint8_t, 8> bytes;
  store_le(bytes.data(), value);
  ByteWriter writer(out);
  writer.write(static_cast<std::uint8_t>(length));
  writer.write_bytes(ByteView(bytes).first(length));
}

Result<std::uint64_t> read_number(ByteReader& in) {
  NPK_ASSIGN(const std::uint8_t length, in.read<std::uint8_t>());
  if (length > 8) return fail_corrupt("a number claims more than 8 bytes");
  NPK_ASSIGN(const ByteView view, in.read_bytes(length));
  if (length > 0 && view.back() == 0) return fail_corrupt("a number is longer than it needs to be");
  std::array<std::uint8_t, 8> bytes{};
  std::ranges::copy(view, bytes.begin());
  return load_le<std::uint64_t>(bytes.data());
}

Result<void> read_packed(ByteReader& in, unsigned width, std::uint64_t base, std::span<std::uint64_t> out) {
  NPK_ASSIGN(const ByteView packed, in.read_bytes(bits::packed_size(out.size(), width)));
  if (!bits::padding_is_zero(packed, out.size(), width))
    return fail_corrupt("the padding of packed integers is not zero");
  bits::unpack(packed, width, base, out);
  return {};
}

std::size_t frame_size(const Range& range, std::size_t count) noexcept {
  return 1 + number_size(range.minimum()) + bits::packed_size(count, range.width());
}

void write_frame(std::span<const std::uint64_t> values, const Range& range, Bytes& out) {
  out.push_back(static_cast<std::uint8_t>(range.width()));
  write_number(range.minimum(), out);
  bits::pack(values, range.minimum(), range.width(), out);
}

Result<void> read_frame(ByteReader& in, std::span<std::uint64_t> out) {
  NPK_ASSIGN(const unsigned width, read_width(in));
  NPK_ASSIGN(const std::uint64_t minimum, read_number(in));
  NPK_TRY(read_packed(in, width, minimum, out));
  if (has_wrapped(minimum, width, out)) return fail_corrupt("a packed integer passes 64 bits");
  return {};
}

DifferenceRange difference_range_of(std::span<const std::uint64_t> values) noexcept {
  if (values.size() < 2) return {};
  DifferenceRange range{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  for (std::size_t i = 1; i < values.size(); ++i) {
    const auto difference = static_cast<std::int64_t>(values[i] - values[i - 1]);
    range.lowest = std::min(range.lowest, difference);
    range.highest = std::max(range.highest, difference);
  }
  return range;
}

std::size_t differences_size(std::uint64_t first, const DifferenceRange& range, std::size_t count) noexcept {
  return number_size(first) + 1 + number_size(zigzag_encode(range.lowest)) +
         bits::packed_size(count - 1, range.width());
}

void write_differences(std::span<const std::uint64_t> values, const DifferenceRange& range, Bytes& out) {
  write_number(values.front(), out);
  out.push_back(static_cast<std::uint8_t>(range.width()));
  write_number(zigzag_encode(range.lowest), out);
  std::vector<std::uint64_t> differences(values.size() - 1);
  for (std::size_t i = 1; i < values.size(); ++i) differences[i - 1] = values[i] - values[i - 1];
  bits::pack(differences, static_cast<std::uint64_t>(range.lowest), range.width(), out);
}

Result<void> read_differences(ByteReader& in, std::span<std::uint64_t> out) {
  NPK_ASSIGN(const std::uint64_t first, read_number(in));
  NPK_ASSIGN(const unsigned width, read_width(in));
  NPK_ASSIGN(const std::uint64_t lowest, read_number(in));
  if (out.size() == 1 && (width != 0 || lowest != 0)) return fail_corrupt("a single value has a difference to the next");
  NPK_TRY(read_packed(in, width, static_cast<std::uint64_t>(zigzag_decode(lowest)), out.subspan(1)));
  std::uint64_t value = out[0] = first;
  for (std::uint64_t& difference : out.subspan(1)) difference = value += difference;
  return {};
}

void Exceptions::add(std::uint64_t position, std::uint64_t value) {
  gaps_.push_back(position - next_position_);
  gap_range_.add(gaps_.back());
  values_.push_back(value);
  value_range_.add(value);
  next_position_ = position + 1;
}

std::size_t Exceptions::size() const noexcept {
  if (gaps_.empty()) return number_size(0);
  return number_size(gaps_.size()) + frame_size(gap_range_, gaps_.size()) + frame_size(value_range_, values_.size());
}

void Exceptions::write(Bytes& out) const {
  write_number(gaps_.size(), out);
  if (gaps_.empty()) return;
  write_frame(gaps_, gap_range_, out);
  write_frame(values_, value_range_, out);
}

Result<Exceptions::List> Exceptions::read(ByteReader& in, std::size_t column_size) {
  NPK_ASSIGN(const std::uint64_t count, read_number(in));
  if (count > column_size) return fail_corrupt("an integer column claims more exceptions than values");
  List list;
  if (count == 0) return list;
  list.positions.resize(static_cast<std::size_t>(count));
  NPK_TRY(read_frame(in, list.positions));
  NPK_TRY(to_positions(list.positions, column_size));
  list.values.resize(list.positions.size());
  NPK_TRY(read_frame(in, list.values));
  return list;
}

}  // namespace npk::format
