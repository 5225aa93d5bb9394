#include "crypto/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace npk::crypto {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumValues = 6;
constexpr std::uint8_t kForeign = 0xFF;

constexpr auto kValues = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kForeign);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_printable(char c) {
  return c >= 33 && c <= 126;
}
char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

// BIP 173's polymod, a remainder in GF(32)[x], fed value by value.
class Checksum {
 public:
  void add(std::uint8_t value) {
    static constexpr std::array<std::uint32_t, 5> kGenerator = {0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD,
                                                                0x2A1462B3};
    const std::uint32_t top = state_ >> 25;
    state_ = ((state_ & 0x1FFFFFF) << 5) ^ value;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) state_ ^= (0U - ((top >> i) & 1U)) & kGenerator[i];
  }
  void add_prefix(std::string_view prefix) {
    for (const char c : prefix) add(static_cast<std::uint8_t>(static_cast<std::uint8_t>(c) >> 5));
    add(0);
    for (const char c : prefix) add(static_cast<std::uint8_t>(c) & 31);
  }
  void add_all(ByteView values) {
    for (const std::uint8_t value : values) add(value);
  }
  [[nodiscard]] std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

// Regroups bits, most significant first. `to` has room; returns how many values came out whole, and leaves the rest,
// fewer bits than a value, in `left` (left-aligned in a value, with their count).
struct Leftover {
  std::uint32_t bits = 0;
  unsigned count = 0;
};
Leftover regroup(ByteView from, unsigned from_bits, MutableBytes to, unsigned to_bits) {
  Leftover left;
  std::size_t at = 0;
  for (const std::uint8_t value : from) {
    left.bits = (left.bits << from_bits) | value;
    for (left.count += from_bits; left.count >= to_bits; left.count -= to_bits) {
      to[at++] = static_cast<std::uint8_t>((left.bits >> (left.count - to_bits)) & ((1U << to_bits) - 1));
    }
    left.bits &= (1U << left.count) - 1;
  }
  return left;
}

Result<SecretBytes> values_of(std::string_view text) {
  NPK_ASSIGN(SecretBytes values, SecretBytes::allocate(text.size()));
  for (std::size_t i = 0; i < text.size(); ++i) {
    values.span()[i] = kValues[static_cast<std::uint8_t>(to_lower(text[i]))];
    if (values.view()[i] == kForeign) return fail_corrupt("a character that bech32 does not have");
  }
  return values;
}

Result<void> check_characters(std::string_view text) {
  if (!std::ranges::all_of(text, is_printable)) return fail_corrupt("a character that bech32 does not have");
  if (std::ranges::any_of(text, is_lower) && std::ranges::any_of(text, is_upper)) {
    return fail_corrupt("upper and lower case mixed");
  }
  return {};
}

}  // namespace

Result<Bech32> bech32_decode_values(std::string_view text) {
  NPK_TRY(check_characters(text));
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0 || text.size() - separator - 1 < kChecksumValues) {
    return fail_corrupt("not bech32: no prefix, or too short");
  }
  Bech32 out{.prefix = std::string(text.substr(0, separator)), .data = {}};
  std::ranges::transform(out.prefix, out.prefix.begin(), to_lower);
  NPK_ASSIGN(out.data, values_of(text.substr(separator + 1)));
  Checksum checksum;
  checksum.add_prefix(out.prefix);
  checksum.add_all(out.data.view());
  if (checksum.state() != 1) return fail_corrupt("its checksum is wrong: mistyped or cut");
  out.data.shorten(out.data.size() - kChecksumValues);
  return out;
}

Result<Bech32> bech32_decode(std::string_view text) {
  NPK_ASSIGN(Bech32 values, bech32_decode_values(text));
  NPK_ASSIGN(SecretBytes data, SecretBytes::allocate(values.data.size() * 5 / 8));
  const Leftover left = regroup(values.data.view(), 5, data.span(), 8);
  if (left.count >= 5 || left.bits != 0) return fail_corrupt("bits are left over");
  return Bech32{.prefix = std::move(values.prefix), .data = std::move(data)};
}

Result<SecretBytes> bech32_encode(std::string_view prefix, ByteView data) {
  const std::size_t count = (data.size() * 8 + 4) / 5;
  NPK_ASSIGN(SecretBytes values, SecretBytes::allocate(count + kChecksumValues));
  const Leftover left = regroup(data, 8, values.span().first(count), 5);
  if (left.count != 0) values.span()[count - 1] = static_cast<std::uint8_t>(left.bits << (5 - left.count));
  Checksum checksum;
  checksum.add_prefix(prefix);
  checksum.add_all(values.view());  // with the six zeros
  for (std::size_t i = 0; i < kChecksumValues; ++i) {
    values.span()[count + i] = static_cast<std::uint8_t>(((checksum.state() ^ 1) >> (5 * (5 - i))) & 31);
  }
  NPK_ASSIGN(SecretBytes text, SecretBytes::allocate(prefix.size() + 1 + values.size()));
  const auto after_prefix = std::ranges::copy(as_bytes(prefix), text.span().begin()).out;
  *after_prefix = '1';
  std::ranges::transform(values.view(), after_prefix + 1,
                         [](std::uint8_t value) { return static_cast<std::uint8_t>(kAlphabet[value]); });
  return text;
}

}  // namespace npk::crypto
