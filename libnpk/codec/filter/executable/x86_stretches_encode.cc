#include "codec/filter/executable/x86_stretches_encode.h"

#include <algorithm>
#include <cstring>

namespace npk::codec::x86 {
namespace {

constexpr std::size_t kBytesPerSign = 100;  // code has one in 30
constexpr std::size_t kSignBytes = 6;

// Sixteen positions at once; what compares true is all ones.
using Lanes __attribute__((vector_size(16))) = std::uint8_t;

Lanes bytes_at(const std::uint8_t* from) noexcept {
  Lanes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

auto is_end_of_near(Lanes highest) noexcept { return (highest == 0) | (highest == 0xFF); }

// Where what is frequent in code, and seldom elsewhere, begins: moves and the like of 64 bits, calls, branches and tests of registers.
auto signs_at(const std::uint8_t* at) noexcept {
  const Lanes first = bytes_at(at), second = bytes_at(at + 1);
  const auto is_wide = (first == 0x48) & (bytes_at(at + 2) != 0) & ((second == 0x83) | (second == 0x85) | (second == 0x89) | (second == 0x8B) | (second == 0x8D));
  const auto is_call = (first == 0xE8) & is_end_of_near(bytes_at(at + 4));
  const auto is_branch = (first == 0x0F) & ((second & 0xF0) == 0x80) & is_end_of_near(bytes_at(at + 5));
  return is_wide | is_call | is_branch | ((first == 0x85) & (second == 0xC0));
}

// To the last whole stride before `end` for which the block has the bytes.
std::size_t count_signs(ByteView raw, std::size_t from, std::size_t end) noexcept {
  static_assert(kUnitBytes / sizeof(Lanes) <= 256);  // counts are bytes: of 256 signs in one lane, a unit counts none
  Lanes counts{};
  end = std::min(end, raw.size() - kSignBytes + 1);
  for (; from + sizeof(Lanes) <= end; from += sizeof(Lanes)) counts -= reinterpret_cast<Lanes>(signs_at(&raw[from]));
  std::size_t count = 0;
  for (std::size_t lane = 0; lane < sizeof(Lanes); ++lane) count += counts[lane];
  return count;
}

bool is_code(ByteView raw, std::size_t from, std::size_t end) noexcept { return count_signs(raw, from, end) * kBytesPerSign >= end - from; }

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

std::uint8_t kind_of(ByteView raw, std::size_t from, std::size_t end) noexcept {
  constexpr std::size_t kLeastTable = 1024;
  if (is_code(raw, from, end)) return kCode;
  for (std::size_t phase = 0; phase < 4 && end - from >= kLeastTable; ++phase)
    if (is_table(raw, from + phase, end)) return static_cast<std::uint8_t>(kTable0 + phase);
  return is_unwinding(raw, from, end) ? kUnwinding : kData;
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

std::vector<std::uint8_t> kinds_of_units(ByteView raw) {
  std::vector<std::uint8_t> kinds(units_of(raw.size()));
  for (std::size_t unit = 0; unit < kinds.size(); ++unit) kinds[unit] = kind_of(raw, unit * kUnitBytes, std::min(raw.size(), (unit + 1) * kUnitBytes));
  return kinds;
}

}  // namespace npk::codec::x86
