#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/plane_kernels.h"

namespace npk::codec::numeric {
namespace {

template <class E, Predictor kPredictor, bool kZigzag>
void undo_range(std::uint8_t* bytes, std::size_t from, std::size_t end, std::size_t left, std::size_t row) noexcept {
  if (from >= end) return;
  for (std::uint8_t *at = bytes + from * E::kWidth, *last = bytes + end * E::kWidth; at < last; at += E::kWidth) {
    typename E::Number residual = E::load(at);
    if constexpr (kZigzag) residual = E::unzigzag(residual);
    const auto prediction = predict<E, kPredictor>(at, left, row);
    E::store(at, static_cast<typename E::Number>(kPredictor == Predictor::exclusive ? residual ^ prediction : residual + prediction));
  }
}

// With the element before in a register: as fast as an addition's latency, not a store's and a load's.
template <class E, Predictor kPredictor, bool kZigzag>
void undo_neighbours(std::uint8_t* bytes, std::size_t from, std::size_t end, std::size_t row) noexcept {
  using Number = typename E::Number;
  constexpr std::size_t kWidth = E::kWidth;
  if (from >= end) return;
  Number left = from == 0 ? Number{0} : E::load(bytes + (from - 1) * kWidth);
  Number before_left = kPredictor == Predictor::twice ? E::load(bytes + (from - 2) * kWidth) : Number{0};
  for (std::uint8_t *at = bytes + from * kWidth, *last = bytes + end * kWidth; at < last; at += kWidth) {
    Number residual = E::load(at);
    if constexpr (kZigzag) residual = E::unzigzag(residual);
    Number value;
    if constexpr (kPredictor == Predictor::left) value = static_cast<Number>(residual + left);
    if constexpr (kPredictor == Predictor::exclusive) value = static_cast<Number>(residual ^ left);
    if constexpr (kPredictor == Predictor::twice) value = static_cast<Number>(static_cast<Number>(residual - before_left) + static_cast<Number>(left + left));
    if constexpr (kPredictor == Predictor::gradient)
      value = static_cast<Number>(static_cast<Number>(residual + E::load(at - row) - E::load(at - row - kWidth)) + left);
    if constexpr (kPredictor == Predictor::mean) value = static_cast<Number>(residual + E::mean(left, E::load(at - row)));
    if constexpr (kPredictor == Predictor::median) value = static_cast<Number>(residual + E::median(left, E::load(at - row), E::load(at - row - kWidth)));
    E::store(at, value);
    before_left = left;
    left = value;
  }
}

struct Range {
  std::size_t from;
  std::size_t end;
};

template <class E, Predictor kPredictor, bool kZigzag>
void undo(const ElementForm& form, std::uint8_t* bytes, Range elements) noexcept {
  const std::size_t distance = form.distance, first = elements_before(form);
  const std::size_t left = distance * E::kWidth, row = std::size_t{form.row} * E::kWidth;
  constexpr Predictor kAtFirst = kPredictor == Predictor::exclusive ? Predictor::exclusive : Predictor::left;
  undo_range<E, Predictor::none, kZigzag>(bytes, elements.from, std::min(elements.end, distance), left, row);
  undo_range<E, kAtFirst, kZigzag>(bytes, std::max(elements.from, distance), std::min(elements.end, first), left, row);
  const std::size_t from = std::max(elements.from, first);
  if constexpr (kPredictor == Predictor::up) return undo_range<E, kPredictor, kZigzag>(bytes, from, elements.end, left, row);
  if constexpr (kPredictor != Predictor::none && kPredictor != Predictor::up) {
    if (distance == 1) return undo_neighbours<E, kPredictor, kZigzag>(bytes, from, elements.end, row);
    undo_range<E, kPredictor, kZigzag>(bytes, from, elements.end, left, row);
  }
}

template <class E, Predictor kPredictor>
void undo_signed(const ElementForm& form, std::uint8_t* bytes, Range elements) noexcept {
  if (form.zigzag) return undo<E, kPredictor, true>(form, bytes, elements);
  undo<E, kPredictor, false>(form, bytes, elements);
}

template <class E>
void undo_predictor(const ElementForm& form, std::uint8_t* bytes, Range elements) noexcept {
  switch (form.predictor) {
    case Predictor::none: return;
    case Predictor::left: return undo_signed<E, Predictor::left>(form, bytes, elements);
    case Predictor::twice: return undo_signed<E, Predictor::twice>(form, bytes, elements);
    case Predictor::up: return undo_signed<E, Predictor::up>(form, bytes, elements);
    case Predictor::gradient: return undo_signed<E, Predictor::gradient>(form, bytes, elements);
    case Predictor::mean: return undo_signed<E, Predictor::mean>(form, bytes, elements);
    case Predictor::median: return undo_signed<E, Predictor::median>(form, bytes, elements);
    case Predictor::exclusive: return undo<E, Predictor::exclusive, false>(form, bytes, elements);
  }
}

}  // namespace

void undo_prediction(const ElementForm& form, std::uint8_t* elements, std::size_t from, std::size_t end) {
  with_element(form, [&]<class E>() { undo_predictor<E>(form, elements, Range{from, end}); });
}

void restore_segment(const ElementForm& form, ByteView filtered, MutableBytes out) {
  const std::size_t lead = std::min<std::size_t>(form.lead, filtered.size());
  std::ranges::copy(filtered.first(lead), out.begin());
  filtered = filtered.subspan(lead);
  out = out.subspan(lead);
  if (form.layout == Layout::together) std::ranges::copy(filtered, out.begin());
  if (form.layout == Layout::byte_planes) join_planes(plane_kernel(), filtered, form.period, out);
  if (form.layout == Layout::bit_planes) join_bit_planes(plane_kernel(), filtered, form.width, out);
  undo_prediction(form, out.data(), 0, out.size() / form.width);
  if (form.is_decimal) decimal_kernel(plane_kernel().name)(form, out.data(), out.size() / form.width, out.data());
}

}  // namespace npk::codec::numeric
