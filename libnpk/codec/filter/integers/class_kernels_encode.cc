#include "codec/filter/integers/class_kernels_encode.h"

#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::integers {
namespace {

void classify_plainly(Classes classes, std::span<const std::uint64_t> values, std::uint8_t* symbols, std::uint8_t* low_counts) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const unsigned symbol = classes.symbol_of(values[i]);
    symbols[i] = static_cast<std::uint8_t>(symbol);
    low_counts[i] = static_cast<std::uint8_t>(classes.low_bits_of(symbol));
  }
}

#if defined(__x86_64__)
// As a float's exponent; without the bits that rounding could carry from. Masks instead of conditions: g++ makes vectors of no others here.
[[gnu::always_inline]] inline std::int32_t width_of(std::uint32_t value) noexcept {
  const auto real = static_cast<float>(static_cast<std::int32_t>(value & ~(value >> 1U)));
  const std::int32_t width = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(real) >> 23U) - 126;
  const std::int32_t is_longest = static_cast<std::int32_t>(value) >> 31;
  return (width & ~is_longest) | (32 & is_longest);
}

[[gnu::always_inline]] inline void classify_narrow(Classes classes, std::span<const std::uint64_t> given, std::uint8_t* __restrict symbols,
                                                   std::uint8_t* __restrict low_counts) noexcept {
  const auto precision = static_cast<std::int32_t>(classes.precision());
  const std::uint32_t direct = 2U << precision, mask = (1U << precision) - 1;
  const std::uint64_t* __restrict values = given.data();
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto value = static_cast<std::uint32_t>(values[i]);
    const auto low = static_cast<std::uint32_t>(std::max(width_of(value) - 1 - precision, 0));
    const std::uint32_t symbol = direct + ((low - 1) << precision) + (value >> low & mask);
    const std::uint32_t has_low = ((low - 1) >> 31U) - 1;  // all bits or none
    symbols[i] = static_cast<std::uint8_t>((symbol & has_low) | (value & ~has_low));
    low_counts[i] = static_cast<std::uint8_t>(low);
  }
}

[[gnu::target("avx2")]] void classify_avx2(Classes classes, std::span<const std::uint64_t> values, std::uint8_t* symbols, std::uint8_t* low_counts) {
  classify_narrow(classes, values, symbols, low_counts);
}
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] void classify_avx512(Classes classes, std::span<const std::uint64_t> values, std::uint8_t* symbols,
                                                                           std::uint8_t* low_counts) {
  classify_narrow(classes, values, symbols, low_counts);
}
#endif

}  // namespace

Classify classify_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return classify_avx512;
  if (name == "avx2") return classify_avx2;
#endif
  return classify_plainly;
}

ClassifiedPage::ClassifiedPage(Classes classes, std::span<const std::uint64_t> values) noexcept {
  const Classify classify = classes.precision() == 2 ? classify_plainly : classify_kernel(numeric::split_kernel().name);
  classify(classes, values, symbols.data(), low_counts.data());
}

}  // namespace npk::codec::integers
