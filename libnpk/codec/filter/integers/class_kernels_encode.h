// Numbers as classes, a page at a time, plain and vectorised.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "codec/filter/integers/page_format.h"

namespace npk::codec::integers {

// symbols[i] and low_counts[i] become the symbol of values[i] and how many of its lowest bits are left. Values are of at most 32 bits, but where the
// classes are those of 8 bytes.
using Classify = void (*)(Classes classes, std::span<const std::uint64_t> values, std::uint8_t* symbols, std::uint8_t* low_counts);

// By the name of a SplitKernel; "plain" is the reference.
[[nodiscard]] Classify classify_kernel(std::string_view name) noexcept;

struct ClassifiedPage {
  // At most kPageValues.
  ClassifiedPage(Classes classes, std::span<const std::uint64_t> values) noexcept;

  std::array<std::uint8_t, kPageValues> symbols;
  std::array<std::uint8_t, kPageValues> low_counts;
};

}  // namespace npk::codec::integers
