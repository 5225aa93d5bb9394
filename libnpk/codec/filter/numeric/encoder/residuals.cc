#include "codec/filter/numeric/encoder/residuals.h"

#include <array>

#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::numeric {
namespace {

template <class E, Predictor kPredictor, bool kZigzag>
struct Take {
  [[gnu::always_inline]] static void run(const std::uint8_t* __restrict in, std::size_t count, std::size_t left, std::size_t row,
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
};

// An element of 3 bytes, in 4.
struct Widened : Element<std::uint32_t, 3, false> {
  static constexpr unsigned kWidth = sizeof(Number);
  [[gnu::always_inline]] static Number load(const std::uint8_t* from) noexcept {
    Number value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  [[gnu::always_inline]] static void store(std::uint8_t* to, Number value) noexcept { std::memcpy(to, &value, sizeof value); }
};

using Sixteen [[gnu::vector_size(16)]] = std::uint8_t;

// Four elements of 3 bytes to 4 each, and back, as they lie on x86.
template <bool kBigEndian>
[[gnu::always_inline]] inline Sixteen widened(Sixteen in) noexcept {
  if constexpr (kBigEndian) return __builtin_shufflevector(in, Sixteen{}, 16, 2, 1, 0, 16, 5, 4, 3, 16, 8, 7, 6, 16, 11, 10, 9);
  else return __builtin_shufflevector(in, Sixteen{}, 16, 0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11);
}
template <bool kBigEndian>
[[gnu::always_inline]] inline Sixteen narrowed(Sixteen in) noexcept {
  if constexpr (kBigEndian) return __builtin_shufflevector(in, Sixteen{}, 3, 2, 1, 7, 6, 5, 11, 10, 9, 15, 14, 13, 16, 16, 16, 16);
  else return __builtin_shufflevector(in, Sixteen{}, 1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 16, 16, 16, 16);
}

// From elements of 3 bytes to Widened, or back; four at a time as long as the 4 bytes behind them are elements, too.
template <class From, class To>
struct Convert {
  [[gnu::always_inline]] static void run(const std::uint8_t* __restrict in, std::size_t count, std::size_t, std::size_t,
                                         std::uint8_t* __restrict out) noexcept {
    std::size_t i = 0;
    for (; i + 6 <= count; i += 4) {
      Sixteen some;
      std::memcpy(&some, in + i * From::kWidth, sizeof some);
      some = From::kWidth == 3 ? widened<From::kIsBigEndian>(some) : narrowed<To::kIsBigEndian>(some);
      std::memcpy(out + i * To::kWidth, &some, sizeof some);
    }
    for (; i < count; ++i) To::store(out + i * To::kWidth, From::load(in + i * From::kWidth));
  }
};

// The instruction sets that loops are compiled for. Each loop is a function of its own: all of a set in one take twice as long to compile.
struct Plain {
  static constexpr bool kHasShuffles = false;
  template <class Loop>
  [[gnu::noinline]] static void run(const std::uint8_t* in, std::size_t count, std::size_t left, std::size_t row, std::uint8_t* out) noexcept {
    Loop::run(in, count, left, row, out);
  }
};
#if defined(__x86_64__)
struct Avx2 {
  static constexpr bool kHasShuffles = true;
  template <class Loop>
  [[gnu::noinline, gnu::target("avx2")]] static void run(const std::uint8_t* in, std::size_t count, std::size_t left, std::size_t row,
                                                         std::uint8_t* out) noexcept {
    Loop::run(in, count, left, row, out);
  }
};
struct Avx512 {
  static constexpr bool kHasShuffles = true;
  template <class Loop>
  [[gnu::noinline, gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] static void run(const std::uint8_t* in, std::size_t count, std::size_t left,
                                                                                       std::size_t row, std::uint8_t* out) noexcept {
    Loop::run(in, count, left, row, out);
  }
};
#endif

template <class Set, class E, bool kZigzag>
void take(Predictor predictor, const std::uint8_t* in, std::size_t count, std::size_t left, std::size_t row, std::uint8_t* out) {
  switch (predictor) {
    case Predictor::none: return Set::template run<Take<E, Predictor::none, kZigzag>>(in, count, left, row, out);
    case Predictor::left: return Set::template run<Take<E, Predictor::left, kZigzag>>(in, count, left, row, out);
    case Predictor::twice: return Set::template run<Take<E, Predictor::twice, kZigzag>>(in, count, left, row, out);
    case Predictor::up: return Set::template run<Take<E, Predictor::up, kZigzag>>(in, count, left, row, out);
    case Predictor::gradient: return Set::template run<Take<E, Predictor::gradient, kZigzag>>(in, count, left, row, out);
    case Predictor::mean: return Set::template run<Take<E, Predictor::mean, kZigzag>>(in, count, left, row, out);
    case Predictor::median: return Set::template run<Take<E, Predictor::median, kZigzag>>(in, count, left, row, out);
    case Predictor::exclusive: return Set::template run<Take<E, Predictor::exclusive, false>>(in, count, left, row, out);
  }
}

template <class Set, class E>
void take_range(const ElementForm& form, const std::uint8_t* in, std::size_t count, std::size_t left, std::size_t row, std::uint8_t* out) {
  if (form.zigzag) return take<Set, E, true>(form.predictor, in, count, left, row, out);
  take<Set, E, false>(form.predictor, in, count, left, row, out);
}

// Elements of 3 bytes, some at a time: they and their neighbours are widened into arrays. Loops over 3 bytes are ten times as long.
template <class Set, class E>
void take_widened(const ElementForm& form, const std::uint8_t* in, std::size_t count, std::size_t left, std::size_t row, std::uint8_t* out) {
  constexpr std::size_t kMost = 256, kArray = kMost * Widened::kWidth;
  alignas(64) std::array<std::uint8_t, 5 * kArray> near;  // corners, ups, lefts of lefts, lefts, elements: `left` is kArray, `row` three of them
  alignas(64) std::array<std::uint8_t, kArray> residuals;
  const bool has_corner = form.predictor == Predictor::gradient || form.predictor == Predictor::median;
  const bool has_left = form.predictor != Predictor::none && form.predictor != Predictor::up;
  for (std::size_t some; count != 0; count -= some, in += some * E::kWidth, out += some * E::kWidth) {
    some = std::min(count, kMost);
    const auto widen = [&](const std::uint8_t* from, std::size_t array) {
      Set::template run<Convert<E, Widened>>(from, some, 0, 0, &near[array * kArray]);
    };
    if (has_corner) widen(in - row - left, 0);
    if (form.has_row()) widen(in - row, 1);
    if (form.predictor == Predictor::twice) widen(in - 2 * left, 2);
    if (has_left) widen(in - left, 3);
    widen(in, 4);
    take_range<Set, Widened>(form, &near[4 * kArray], some, kArray, 3 * kArray, residuals.data());
    Set::template run<Convert<Widened, E>>(residuals.data(), some, 0, 0, out);
  }
}

template <class Set, class E>
void take_elements(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out) {
  const std::size_t left = std::size_t{form.distance} * E::kWidth, row = std::size_t{form.row} * E::kWidth;
  in += from * E::kWidth;
  if constexpr (E::kWidth == 3 && Set::kHasShuffles) return take_widened<Set, E>(form, in, end - from, left, row, out);
  else return take_range<Set, E>(form, in, end - from, left, row, out);
}

template <class Set>
void take_any(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out) {
  switch (form.width * 2U + (form.big_endian ? 1U : 0U)) {
    case 2: return take_elements<Set, Element<std::uint8_t, 1, false>>(form, in, from, end, out);
    case 4: return take_elements<Set, Element<std::uint16_t, 2, false>>(form, in, from, end, out);
    case 5: return take_elements<Set, Element<std::uint16_t, 2, true>>(form, in, from, end, out);
    case 6: return take_elements<Set, Element<std::uint32_t, 3, false>>(form, in, from, end, out);
    case 7: return take_elements<Set, Element<std::uint32_t, 3, true>>(form, in, from, end, out);
    case 8: return take_elements<Set, Element<std::uint32_t, 4, false>>(form, in, from, end, out);
    case 9: return take_elements<Set, Element<std::uint32_t, 4, true>>(form, in, from, end, out);
    case 16: return take_elements<Set, Element<std::uint64_t, 8, false>>(form, in, from, end, out);
    default: return take_elements<Set, Element<std::uint64_t, 8, true>>(form, in, from, end, out);
  }
}

}  // namespace

TakeResiduals residual_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return take_any<Avx512>;
  if (name == "avx2") return take_any<Avx2>;
#endif
  return take_any<Plain>;
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
