// CRC-32C (Castagnoli, RFC 3720 appendix B.4): guards the few fixed headers against accidents. Bodies are covered by BLAKE3.
#pragma once

#include <cstdint>

#include "npk/bytes.h"

namespace npk::format {

// Of "123456789": 0xE3069283. `before`: the sum of the bytes before these, if they come in pieces. Thread-safe, no
// allocation.
[[nodiscard]] std::uint32_t crc32c(ByteView bytes, std::uint32_t before = 0) noexcept;

}  // namespace npk::format
