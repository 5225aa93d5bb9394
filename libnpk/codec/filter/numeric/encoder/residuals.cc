#include "codec/filter/numeric/encoder/residuals.h"

#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::numeric {
namespace {

template <class E, Predictor kPredictor, bool kZigzag>
[[gnu::always_inline]] inline void take_range(const std::uint8_t* __restrict in, std::size_t count, std::size_t left, std::size_t row,
                                              std::uint8_t* __restrict out) noexcept {
  using Number = typename E::Number;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* at = in + i * E::kWidth;
    const Number prediction = predict<E, kPredictor>(at, left, row), value = E::load(at);
    auto residual = static_cast<Number>(kPredictor == Predictor::exclusive ? value ^ prediction : value - prediction);
    if constexpr (kZigzag) residual = E::zigzag(residual);
    E::store(out + i * E::kWidth, residual);
  }
}

template <class E, bool kZigzag>
[[gnu::always_inline]] inline void take(Predictor predictor, const std::uint8_t* in, std::size_t count, std::size_t left, std::size_t row, std::uint8_t* out) {
  switch (predictor) {
    case Predictor::none: return take_range<E, Predictor::none, kZigzag>(in, count, left, row, out);
    case Predictor::left: return take_range<E, Predictor::left, kZigzag>(in, count, left, row, out);
    case Predictor::twice: return take_range<E, Predictor::twice, kZigzag>(in, count, left, row, out);
    case Predictor::up: return take_range<E, Predictor::up, kZigzag>(in, count, left, row, out);
    case Predictor::gradient: return take_range<E, Predictor::gradient, kZigzag>(in, count, left, row, out);
    case Predictor::mean: return take_range<E, Predictor::mean, kZigzag>(in, count, left, row, out);
    case Predictor::median: return take_range<E, Predictor::median, kZigzag>(in, count, left, row, out);
    case Predictor::exclusive: return take_range<E, Predictor::exclusive, false>(in, count, left, row, out);
  }
}

template <class E>
[[gnu::always_inline]] inline void take_elements(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out) {
  const std::size_t left = std::size_t{form.distance} * E::kWidth, row = std::size_t{form.row} * E::kWidth;
  in += from * E::kWidth;
  if (form.zigzag) return take<E, true>(form.predictor, in, end - from, left, row, out);
  take<E, false>(form.predictor, in, end - from, left, row, out);
}

[[gnu::always_inline]] inline void take_any(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out) {
  switch (form.width * 2U + (form.big_endian ? 1U : 0U)) {
    case 2: return take_elements<Element<std::uint8_t, 1, false>>(form, in, from, end, out);
    case 4: return take_elements<Element<std::uint16_t, 2, false>>(form, in, from, end, out);
    case 5: return take_elements<Element<std::uint16_t, 2, true>>(form, in, from, end, out);
    case 6: return take_elements<Element<std::uint32_t, 3, false>>(form, in, from, end, out);
    case 7: return take_elements<Element<std::uint32_t, 3, true>>(form, in, from, end, out);
    case 8: return take_elements<Element<std::uint32_t, 4, false>>(form, in, from, end, out);
    case 9: return take_elements<Element<std::uint32_t, 4, true>>(form, in, from, end, out);
    case 16: return take_elements<Element<std::uint64_t, 8, false>>(form, in, from, end, out);
    default: return take_elements<Element<std::uint64_t, 8, true>>(form, in, from, end, out);
  }
}

void take_plainly(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out) {
  take_any(form, in, from, end, out);
}
#if defined(__x86_64__)
[[gnu::target("avx2")]] void take_avx2(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out) {
  take_any(form, in, from, end, out);
}
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] void take_avx512(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end,
                                                                       std::uint8_t* out) {
  take_any(form, in, from, end, out);
}
#endif

}  // namespace

TakeResiduals residual_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return take_avx512;
  if (name == "avx2") return take_avx2;
#endif
  return take_plainly;
}

ByteView SegmentEncoder::take_residuals(const ElementForm& form, ByteView raw) {
  if (residuals_.size() < raw.size()) {
    let_go(residuals_);  // first: not two at a time
    residuals_.resize(raw.size());
  }
  const TakeResiduals take = residual_kernel(split_kernel().name);
  const std::size_t width = form.width, count = raw.size() / width;
  const std::size_t first = std::min<std::size_t>(form.distance, count), whole = std::min(elements_before(form), count);
  ElementForm from_left = form;
  if (form.predictor != Predictor::exclusive) from_left.predictor = Predictor::left;
  ElementForm from_nothing = form;
  from_nothing.predictor = Predictor::none;
  take(from_nothing, raw.data(), 0, first, residuals_.data());
  take(from_left, raw.data(), first, whole, residuals_.data() + first * width);
  take(form, raw.data(), whole, count, residuals_.data() + whole * width);
  std::ranges::copy(raw.subspan(count * width), residuals_.begin() + static_cast<std::ptrdiff_t>(count * width));
  return ByteView(residuals_).first(raw.size());
}

void SegmentEncoder::apply(const ElementForm& form, ByteView raw, MutableBytes out) {
  const std::size_t lead = std::min<std::size_t>(form.lead, raw.size());
  std::ranges::copy(raw.first(lead), out.begin());
  raw = raw.subspan(lead);
  out = out.subspan(lead);
  if (form.is_decimal) {
    if (decimals_.capacity() < raw.size()) let_go(decimals_);
    decimals_.assign(raw.begin(), raw.end());
    decimal_kernel(split_kernel().name)(form, decimals_.data(), raw.size() / form.width, decimals_.data());
    raw = decimals_;
  }
  if (form.has_distance()) raw = take_residuals(form, raw);
  if (form.layout == Layout::together) std::ranges::copy(raw, out.begin());
  if (form.layout == Layout::byte_planes) split_planes(split_kernel(), raw, form.period, out);
  if (form.layout == Layout::bit_planes) split_bit_planes(split_kernel(), raw, form.width, out);
}

}  // namespace npk::codec::numeric
