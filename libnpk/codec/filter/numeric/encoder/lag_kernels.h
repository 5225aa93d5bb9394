// How alike bytes are to those some way before them: what distances and rows are found with.
#pragma once

#include <cstdint>
#include <string_view>

#include "npk/bytes.h"

namespace npk::codec::numeric {

inline constexpr std::size_t kComparedBytes = 1024;

// The sum of the magnitudes of bytes[i] - bytes[i - lag], each taken modulo 256 as a signed byte, for i below kComparedBytes.
using SumDifferences = std::uint32_t (*)(const std::uint8_t* bytes, std::size_t lag);
// How many of bytes[i], for i below `count`, are the same as bytes[i - lag].
using CountEqual = std::uint32_t (*)(const std::uint8_t* bytes, std::size_t count, std::size_t lag);
// By the name of a SplitKernel; "plain" is the reference.
[[nodiscard]] SumDifferences lag_kernel(std::string_view name) noexcept;
[[nodiscard]] CountEqual equal_kernel(std::string_view name) noexcept;

}  // namespace npk::codec::numeric
