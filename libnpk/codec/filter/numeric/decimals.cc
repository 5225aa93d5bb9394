#include "codec/filter/numeric/decimals.h"

namespace npk::codec::numeric {
namespace {

[[gnu::always_inline]] inline void exchange_any(const ElementForm& form, const std::uint8_t* in, std::size_t count, std::uint8_t* out) {
  const double power = kPowersOfTen[form.decimals];
  if (form.width == 4 && !form.big_endian) return exchange_decimals<Element<std::uint32_t, 4, false>>(in, count, power, out);
  if (form.width == 4) return exchange_decimals<Element<std::uint32_t, 4, true>>(in, count, power, out);
  if (!form.big_endian) return exchange_decimals<Element<std::uint64_t, 8, false>>(in, count, power, out);
  return exchange_decimals<Element<std::uint64_t, 8, true>>(in, count, power, out);
}

void exchange_plainly(const ElementForm& form, const std::uint8_t* in, std::size_t count, std::uint8_t* out) { exchange_any(form, in, count, out); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void exchange_avx2(const ElementForm& form, const std::uint8_t* in, std::size_t count, std::uint8_t* out) {
  exchange_any(form, in, count, out);
}
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] void exchange_avx512(const ElementForm& form, const std::uint8_t* in, std::size_t count,
                                                                           std::uint8_t* out) {
  exchange_any(form, in, count, out);
}
#endif

}  // namespace

ExchangeDecimals decimal_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return exchange_avx512;
  if (name == "avx2") return exchange_avx2;
#endif
  return exchange_plainly;
}

}  // namespace npk::codec::numeric
