#include "codec/filter/executable/stretches_encode.h"

#include <algorithm>

namespace npk::codec::executable {
namespace {

// Of the records from `from` nine in ten have both numbers a little larger than the one before has.
bool is_table(ByteView raw, std::size_t from, std::size_t end) noexcept {
  constexpr std::uint32_t kMostStep = 1U << 16;
  const std::size_t records = (end - from) / kRecordBytes - 1;
  std::size_t others = 0;
  for (std::size_t i = 0, at = from; i < records; ++i, at += kRecordBytes) {
    const std::uint32_t first = load_le<std::uint32_t>(&raw[at + 8]) - load_le<std::uint32_t>(&raw[at]);
    const std::uint32_t second = load_le<std::uint32_t>(&raw[at + 12]) - load_le<std::uint32_t>(&raw[at + 4]);
    if (first - 1 < kMostStep && second - 1 < kMostStep) continue;
    if (++others > records / 10) return false;
  }
  return true;
}

// Records from the first on are at least a quarter of the unit.
bool is_unwinding(ByteView raw, std::size_t from, std::size_t end) noexcept {
  const auto first = first_unwinding_record(raw, from, end);
  if (!first) return false;
  std::size_t at = *first;
  for (std::size_t length; at < end && (length = unwinding_record_at(raw, at, raw.size())) != 0;) at += length;
  return (std::min(at, end) - *first) * 4 >= end - from;
}

// 0 is other data, then tables, then unwinding.
std::uint8_t kind_without_code(ByteView raw, std::size_t from, std::size_t end) noexcept {
  constexpr std::size_t kLeastTable = 1024;
  for (std::size_t phase = 0; phase < 4 && end - from >= kLeastTable; ++phase)
    if (is_table(raw, from + phase, end)) return static_cast<std::uint8_t>(1 + phase);
  return is_unwinding(raw, from, end) ? 5 : 0;
}

}  // namespace

std::size_t unwinding_record_at(ByteView raw, std::size_t at, std::size_t end) noexcept {
  constexpr std::uint32_t kMostOrigin = 1U << 23;  // an .eh_frame may begin in a block before
  if (end - at < kUnwindingHeadBytes) return 0;
  const std::uint32_t length = load_le<std::uint32_t>(&raw[at]), origin = load_le<std::uint32_t>(&raw[at + 4]);
  const bool is_one = length % 4 == 0 && length >= 4 * kLeastUnwinding && length + 4 <= kMostUnwindingBytes && origin < kMostOrigin;
  return is_one && length + 4 <= end - at ? length + 4 : 0;
}

std::optional<std::size_t> first_unwinding_record(ByteView raw, std::size_t from, std::size_t end) noexcept {
  const std::size_t last = std::min(end, from + kMostUnwindingBytes);
  const auto origin_at = [&](std::size_t at) { return load_le<std::uint32_t>(&raw[at + 4]); };
  for (std::size_t at = from; at < last; ++at) {
    const std::size_t first = unwinding_record_at(raw, at, end);
    if (first == 0) continue;
    const std::size_t second = unwinding_record_at(raw, at + first, raw.size());
    if (second == 0 || origin_at(at + first) - origin_at(at) != first) continue;
    if (unwinding_record_at(raw, at + first + second, raw.size()) != 0 && origin_at(at + first + second) - origin_at(at + first) == second) return at;
  }
  return std::nullopt;
}

std::vector<std::uint8_t> kinds_of_units(ByteView raw, FindCode find_code, std::uint8_t code_kinds) {
  std::vector<std::uint8_t> kinds(units_of(raw.size()));
  for (std::size_t unit = 0; unit < kinds.size(); ++unit) {
    const std::size_t from = unit * kUnitBytes, end = std::min(raw.size(), from + kUnitBytes);
    if (const auto code = find_code(raw, from, end); code) {
      kinds[unit] = static_cast<std::uint8_t>(1 + *code);
    } else if (const std::uint8_t other = kind_without_code(raw, from, end); other != 0) {
      kinds[unit] = static_cast<std::uint8_t>(code_kinds + other);
    }
  }
  return kinds;
}

}  // namespace npk::codec::executable
