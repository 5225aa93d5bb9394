// Lengths hidden by padding: Padmé (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford: Reducing Metadata Leakage from
// Encrypted Files and Communication with PURBs, PETS 2019, section 4; spec section 14).
#pragma once

#include <bit>
#include <cstdint>

namespace npk::crypto {

// What a length becomes: at most 12 % more; its low bits are zero, so that few lengths are left to tell apart. Below 2^62.
[[nodiscard]] constexpr std::uint64_t padded_length(std::uint64_t length) noexcept {
  if (length < 2) return length;
  const auto exponent = static_cast<unsigned>(std::bit_width(length)) - 1;
  const unsigned low_bits = exponent - static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << low_bits) - 1;
  return (length + mask) & ~mask;
}

}  // namespace npk::crypto
