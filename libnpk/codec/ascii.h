// Classes of ASCII's bytes. Unlike <cctype>'s these know no locale.
#pragma once

#include <cstdint>

namespace npk::codec {

[[nodiscard]] constexpr bool is_digit(std::uint8_t byte) noexcept {
  return byte >= '0' && byte <= '9';
}

[[nodiscard]] constexpr bool is_letter(std::uint8_t byte) noexcept {
  return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

// What JSON and XML call white space.
[[nodiscard]] constexpr bool is_space(std::uint8_t byte) noexcept {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

}  // namespace npk::codec
