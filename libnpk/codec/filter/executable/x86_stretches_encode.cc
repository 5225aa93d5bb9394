#include "codec/filter/executable/x86_stretches_encode.h"

#include <algorithm>
#include <array>

namespace npk::codec::x86 {
namespace {

constexpr std::size_t kBytesPerSign = 100;  // code has one in 30
constexpr std::size_t kSignBytes = 6;

enum Sign : std::uint8_t { nothing, rex, call, two_byte, test };

constexpr std::array<std::uint8_t, 256> kSigns = [] {
  std::array<std::uint8_t, 256> signs{};
  signs[0x48] = rex;
  signs[0xE8] = call;
  signs[0x0F] = two_byte;
  signs[0x85] = test;
  return signs;
}();

constexpr bool is_near(std::uint8_t highest) noexcept { return highest == 0 || highest == 0xFF; }

// What is frequent in code and seldom elsewhere: moves and the like of 64 bits, calls, branches and tests of registers.
bool is_sign(const std::uint8_t* at) noexcept {
  switch (kSigns[*at]) {
    case rex: return at[2] != 0 && (at[1] == 0x8B || at[1] == 0x89 || at[1] == 0x8D || at[1] == 0x85 || at[1] == 0x83);
    case call: return is_near(at[4]);
    case two_byte: return (at[1] & 0xF0) == 0x80 && is_near(at[5]);
    case test: return at[1] == 0xC0;
    default: return false;
  }
}

bool is_code(ByteView raw, std::size_t from, std::size_t end) noexcept {
  const std::size_t last = std::min(end, raw.size() - kSignBytes + 1);
  std::size_t signs = 0;
  for (std::size_t at = from; at < last; ++at)
    if (kSigns[raw[at]] != nothing && is_sign(&raw[at])) ++signs;
  return signs * kBytesPerSign >= end - from;
}

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

std::uint8_t kind_of(ByteView raw, std::size_t from, std::size_t end) noexcept {
  constexpr std::size_t kLeastTable = 1024;
  if (is_code(raw, from, end)) return kCode;
  for (std::size_t phase = 0; phase < 4 && end - from >= kLeastTable; ++phase)
    if (is_table(raw, from + phase, end)) return static_cast<std::uint8_t>(kTable0 + phase);
  return kData;
}

}  // namespace

std::vector<std::uint8_t> kinds_of_units(ByteView raw) {
  std::vector<std::uint8_t> kinds(units_of(raw.size()));
  for (std::size_t unit = 0; unit < kinds.size(); ++unit) kinds[unit] = kind_of(raw, unit * kUnitBytes, std::min(raw.size(), (unit + 1) * kUnitBytes));
  return kinds;
}

}  // namespace npk::codec::x86
