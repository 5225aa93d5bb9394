#include "codec/filter/field_column/hex_encode.h"

#include <algorithm>
#include <array>

#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastDigits = 8;
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr auto digits_of(char ten) {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) digits[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i) digits[static_cast<std::size_t>(ten + i)] = static_cast<std::uint8_t>(10 + i);
  return digits;
}
constexpr auto kLower = digits_of('a');
constexpr auto kUpper = digits_of('A');

bool fits(ByteView value, const FieldHex& hex) {
  if (value.size() != hex.pattern.size()) return false;
  const auto& digits = hex.upper ? kUpper : kLower;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (hex.pattern[i] == 0 ? digits[value[i]] == kNoDigit : value[i] != hex.pattern[i]) return false;
  }
  return true;
}

// The pattern of one value: what is a digit in it is one in all. An odd digit, the last, is taken for punctuation.
std::optional<FieldHex> pattern_of(ByteView value) {
  FieldHex hex{{value.begin(), value.end()}, false, {}};
  hex.upper = std::ranges::any_of(value, [](std::uint8_t byte) { return byte >= 'A' && byte <= 'F'; });
  const auto& digits = hex.upper ? kUpper : kLower;
  std::size_t count = 0;
  for (std::uint8_t& byte : hex.pattern) {
    if (digits[byte] == kNoDigit) continue;
    byte = 0;
    ++count;
  }
  if (count < kLeastDigits || count % 2 != 0) return std::nullopt;
  return hex;
}

bool most_fit(FieldValues values, const FieldHex& hex) {
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kLooks);
  std::size_t looks = 0, fitting = 0;
  for (std::size_t i = 0; i < values.size(); i += stride, ++looks) fitting += fits(values[i], hex) ? 1U : 0U;
  return fitting >= looks - looks / kExceptionShare;
}

FilterBytes pack(FieldValues values, const FieldHex& found) {
  const auto& digits = found.upper ? kUpper : kLower;
  FilterVector<std::uint16_t> places;  // of digits
  for (std::size_t i = 0; i < found.pattern.size(); ++i) {
    if (found.pattern[i] == 0) places.push_back(static_cast<std::uint16_t>(i));
  }
  FilterBytes packed((values.size() - found.exceptions.size()) * (places.size() / 2));
  std::uint8_t* to = packed.data();
  std::size_t next_exception = 0;
  for (std::size_t n = 0; n < values.size(); ++n) {
    if (next_exception < found.exceptions.size() && found.exceptions[next_exception] == n) {
      ++next_exception;
      continue;
    }
    const std::uint8_t* const value = values[n].data();
    for (std::size_t i = 0; i + 1 < places.size(); i += 2) *to++ = static_cast<std::uint8_t>(digits[value[places[i]]] << 4 | digits[value[places[i + 1]]]);
  }
  return packed;
}

}  // namespace

std::optional<FieldHex> find_hex(FieldValues values) {
  for (const std::size_t guess : {values.size() / 2, std::size_t{0}}) {
    if (guess >= values.size() || values[guess].size() > kMaxComposedBytes) continue;
    auto hex = pattern_of(values[guess]);
    if (!hex || std::ranges::find(values[guess], 0) != values[guess].end() || !most_fit(values, *hex)) continue;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!fits(values[i], *hex)) hex->exceptions.push_back(static_cast<std::uint32_t>(i));
    }
    if (hex->exceptions.size() <= values.size() / kExceptionShare) return hex;
  }
  return std::nullopt;
}

std::optional<FilterBytes> encode_hex_column(FieldValues values, const FieldHex& found, bool planes) {
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::hex_bytes), static_cast<std::uint8_t>((found.upper ? 1 : 0) | (planes ? 2 : 0))};
  append_varint(found.pattern.size(), part);
  part.insert(part.end(), found.pattern.begin(), found.pattern.end());
  FilterBytes packed = pack(values, found);
  part.reserve(part.size() + packed.size());
  const std::size_t count = values.size() - found.exceptions.size();
  if (count == 0) return std::nullopt;
  const std::size_t value_bytes = packed.size() / count;
  if (planes) {
    for (std::size_t plane = 0; plane < value_bytes; ++plane) {
      for (std::size_t i = plane; i < packed.size(); i += value_bytes) part.push_back(packed[i]);
    }
  } else {
    part.insert(part.end(), packed.begin(), packed.end());
  }
  let_go(packed);
  if (part.size() < kMinimumTypedBytes) return std::nullopt;
  return found.exceptions.empty() ? part : encode_patched_column(values, found.exceptions, part);
}

}  // namespace npk::codec
