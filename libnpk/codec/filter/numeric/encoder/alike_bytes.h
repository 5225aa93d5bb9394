// Arrays among bytes that look like noise: only the highest bytes of their elements are like those of elements before.
#pragma once

#include <cstddef>
#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::numeric {

// Of these bytes' length `alike_lag` looks at no more.
inline constexpr std::size_t kMostAlikeBytes = 4096;

// The distance, 2 to 32, at which most bytes differ by at most 7 from those before them; 0 where that is no more than chance, as in what is compressed
// or encrypted, or below 1 KiB. Thread-safe; deterministic; some microseconds.
[[nodiscard]] std::uint32_t alike_lag(ByteView bytes) noexcept;

// Whether there is such a distance in two of three places: near the front, in the middle and near the end.
[[nodiscard]] bool has_alike_elements(ByteView bytes) noexcept;

}  // namespace npk::codec::numeric
