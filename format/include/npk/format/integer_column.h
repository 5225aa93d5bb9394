// Columns of unsigned 64-bit integers to and from bytes, in five encodings (spec section "Integer encodings").
// Neither the encoding nor the number of values is in the bytes: a page's directory, or a codec's header, has them.
// Functions of their arguments only: thread-safe, and the same values give the same bytes everywhere.
#pragma once

#include <cstdint>
#include <span>

#include "npk/bytes.h"
#include "npk/format/ids.h"
#include "npk/result.h"

namespace npk::format {

inline constexpr std::size_t kMaxColumnDictionary = 4096;  // values in the dictionary of one column
// encode_integers weighs ColumnEncoding::dictionary only for columns of at most so many different values.
inline constexpr std::size_t kMaxDictionaryCandidates = 8192;

// Small for small magnitudes of either sign: 0, -1, 1, -2, … become 0, 1, 2, 3, … How signed columns are stored.
[[nodiscard]] constexpr std::uint64_t zigzag_encode(std::int64_t value) noexcept {
  const auto bits = static_cast<std::uint64_t>(value);
  return (bits << 1) ^ (0 - (bits >> 63));
}
[[nodiscard]] constexpr std::int64_t zigzag_decode(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

// Appends the encoding of `values` that takes fewest bytes (of equals, that with the lowest id) and says which it is.
// Scratch memory: less than 100 bytes per value.
ColumnEncoding encode_integers(std::span<const std::uint64_t> values, Bytes& out);

// Appends `values` in the encoding named. Errc::misuse, and nothing appended, if that cannot hold them: `constant`
// takes equal values only, the others at least one value, and ColumnEncoding::bytes is not of integers.
[[nodiscard]] Result<void> encode_integers_as(ColumnEncoding encoding, std::span<const std::uint64_t> values,
                                              Bytes& out);

// Fills `out` with exactly out.size() values from exactly the bytes given. Scratch memory: at most 16 bytes per value
// and 32 KiB, whatever the bytes say. On failure `out` holds nothing of use:
//   truncated      the bytes end before out.size() values are complete
//   trailing_data  bytes are left over after the last value
//   corrupt        the bytes contradict the encoding: a width over 64, a position or an index out of range, padding
//                  that is not zero, a sum over 2^64 - 1, …
//   unsupported    not an integer encoding this build knows
[[nodiscard]] Result<void> decode_integers(ColumnEncoding encoding, ByteView bytes, std::span<std::uint64_t> out);

}  // namespace npk::format
