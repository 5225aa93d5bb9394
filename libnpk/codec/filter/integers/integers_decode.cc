#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>

#include "codec/filter/integers/adaptive.h"
#include "codec/filter/integers/linear.h"
#include "codec/filter/integers/page_reader.h"
#include "codec/filter/integers/rank_table.h"
#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/plane_kernels.h"
#include "codec/filter/parts.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

using integers::LinearPrediction;
using integers::PageReader;
using numeric::ElementForm;
using numeric::Predictor;
using numeric::Segment;

template <class E, unsigned kTaps>
[[gnu::always_inline]] inline void undo_linear_range(const LinearPrediction& given, std::uint8_t* elements, std::size_t from, std::size_t end,
                                                     std::size_t left) noexcept {
  const LinearPrediction linear = given;  // which the elements cannot be written over
  for (std::uint8_t *at = elements + from * E::kWidth, *last = elements + end * E::kWidth; at < last; at += E::kWidth)
    E::store(at, static_cast<typename E::Number>(E::unzigzag(E::load(at)) + integers::predict_linearly<E, kTaps>(linear, at, left)));
}

#if defined(__x86_64__)
// The numbers of 16 bits of a channel that its next is predicted from, with 12 weights: the last four by themselves, which it waits for, the others in
// a vector. Sums are modulo 2^32: more bits than a shift of at most 15 leaves to count.
class ShortHistory {
 public:
  static constexpr unsigned kTaps = 12, kLast = 4;

  // `at`: what follows the history.
  template <class E>
  void begin(const LinearPrediction& linear, const std::uint8_t* at, std::size_t left) noexcept {
    alignas(16) std::int16_t numbers[kTaps - kLast], weights[kTaps - kLast];
    for (unsigned i = 0; i < kTaps - kLast; ++i) {
      numbers[i] = static_cast<std::int16_t>(E::load(at - (kTaps - i) * left));
      weights[i] = linear.weights[kTaps - 1 - i];
    }
    older_ = _mm_load_si128(reinterpret_cast<const __m128i*>(numbers));
    older_weights_ = _mm_load_si128(reinterpret_cast<const __m128i*>(weights));
    for (unsigned i = 0; i < kLast; ++i) last_[i] = static_cast<std::int16_t>(E::load(at - (i + 1) * left));
  }
  [[gnu::always_inline]] std::uint16_t predict(const LinearPrediction& linear) const noexcept {
    __m128i sums = _mm_madd_epi16(older_, older_weights_);
    sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
    sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0xB1));
    auto sum = static_cast<std::uint32_t>(_mm_cvtsi128_si32(sums));
    for (unsigned i = kLast; i-- > 0;) sum += static_cast<std::uint32_t>(last_[i] * linear.weights[i]);
    return static_cast<std::uint16_t>(static_cast<std::int32_t>(sum) >> linear.shift);
  }
  [[gnu::always_inline]] void push(std::uint16_t number) noexcept {
    older_ = _mm_insert_epi16(_mm_srli_si128(older_, 2), last_[kLast - 1], 7);
    for (unsigned i = kLast - 1; i > 0; --i) last_[i] = last_[i - 1];
    last_[0] = static_cast<std::int16_t>(number);
  }

 private:
  __m128i older_, older_weights_;  // the oldest first
  std::int32_t last_[kLast];       // the newest first
};

template <class E, std::size_t kChannels>
void undo_short_range(const LinearPrediction& given, std::uint8_t* elements, std::size_t from, std::size_t end) noexcept {
  const LinearPrediction linear = given;
  ShortHistory histories[kChannels];
  for (std::size_t channel = 0; channel < kChannels; ++channel)
    histories[channel].template begin<E>(linear, elements + (from + channel) * E::kWidth, kChannels * E::kWidth);
  const auto undo = [&](ShortHistory& history, std::size_t i) {
    std::uint8_t* at = elements + i * E::kWidth;
    const auto number = static_cast<std::uint16_t>(E::unzigzag(E::load(at)) + history.predict(linear));
    E::store(at, number);
    history.push(number);
  };
  for (; from + kChannels <= end; from += kChannels) {
    for (std::size_t channel = 0; channel < kChannels; ++channel) undo(histories[channel], from + channel);
  }
  for (std::size_t channel = 0; from < end; ++channel, ++from) undo(histories[channel], from);
}
#endif

template <class E>
void undo_linear(const ElementForm& form, const LinearPrediction& linear, std::uint8_t* elements, std::size_t from, std::size_t end) noexcept {
  const std::size_t left = std::size_t{form.distance} * E::kWidth;
  const unsigned taps = (linear.taps + 3) / 4 * 4;  // those added weigh nothing
  for (const std::size_t front = std::min(end, std::size_t{taps} * form.distance); from < front; ++from) {
    std::uint8_t* at = elements + from * E::kWidth;
    E::store(at, static_cast<typename E::Number>(E::unzigzag(E::load(at)) + integers::predict_near_front<E>(linear, at, left, from, form.distance)));
  }
  if (from >= end) return;
#if defined(__x86_64__)
  if constexpr (E::kWidth == 2) {
    if (taps == ShortHistory::kTaps && form.distance == 1) return undo_short_range<E, 1>(linear, elements, from, end);
    if (taps == ShortHistory::kTaps && form.distance == 2) return undo_short_range<E, 2>(linear, elements, from, end);
  }
#endif
  if (taps == 12 && form.distance == 1) return undo_linear_range<E, 12>(linear, elements, from, end, E::kWidth);  // what encoders write, mostly
  switch (taps) {
    case 4: return undo_linear_range<E, 4>(linear, elements, from, end, left);
    case 8: return undo_linear_range<E, 8>(linear, elements, from, end, left);
    case 12: return undo_linear_range<E, 12>(linear, elements, from, end, left);
    default: return undo_linear_range<E, 16>(linear, elements, from, end, left);
  }
}

// The prediction of one element from neighbours that are all there; it may lie behind the end of its buffer.
template <class E>
typename E::Number predict_one(const ElementForm& form, const std::uint8_t* at, std::size_t index) noexcept {
  const std::size_t left = std::size_t{form.distance} * E::kWidth, row = std::size_t{form.row} * E::kWidth;
  if (!form.has_distance() || index < form.distance) return 0;
  if (index < elements_before(form)) return numeric::predict<E, Predictor::left>(at, left, row);
  switch (form.predictor) {
    case Predictor::twice: return numeric::predict<E, Predictor::twice>(at, left, row);
    case Predictor::up: return numeric::predict<E, Predictor::up>(at, left, row);
    case Predictor::gradient: return numeric::predict<E, Predictor::gradient>(at, left, row);
    case Predictor::mean: return numeric::predict<E, Predictor::mean>(at, left, row);
    case Predictor::median: return numeric::predict<E, Predictor::median>(at, left, row);
    default: return numeric::predict<E, Predictor::left>(at, left, row);
  }
}

// One segment of pages: its elements as far as `out` has room, the last of them perhaps in part.
class SegmentReader {
 public:
  SegmentReader(PageReader& pages, const Segment& segment, MutableBytes out) noexcept
      : pages_(pages), form_(segment.form), count_((segment.length - lead(segment)) / segment.form.width), out_(out) {}

  static std::size_t lead(const Segment& segment) noexcept { return std::min<std::size_t>(segment.form.lead, segment.length); }

  Result<void> read() {
    if (form_.is_ranked) {
      NPK_ASSIGN(table_, integers::read_rank_table(pages_, form_, count_));
    }
    pages_.begin_column();
    const std::size_t whole = std::min(count_, out_.size() / form_.width);
    const std::size_t wanted = std::min(count_, (out_.size() + form_.width - 1) / form_.width);
    for (std::size_t from = 0; from < wanted; from += integers::kPageValues) {
      const std::span values = std::span(values_).first(std::min(integers::kPageValues, count_ - from));
      NPK_ASSIGN(const LinearPrediction linear, pages_.read(8U * form_.width, values));
      NPK_TRY(check(linear));
      if (linear.is_adaptive) adaptive_.give_back(8U * form_.width, form_.distance, from, values);
      const std::size_t end = std::min(whole, from + values.size());
      with_element(form_, [&]<class E>() {
        undo<E>(linear, values, from, end);
        if (wanted > whole && wanted <= from + values.size()) undo_part<E>(linear, values[whole - from], whole);
      });
    }
    return finish(whole, wanted > whole);
  }

 private:
  [[nodiscard]] Result<void> check(const LinearPrediction& linear) const {
    if ((linear.taps != 0 || linear.is_adaptive) && (!form_.zigzag || form_.width == 8))
      return fail_corrupt("elements of a kind that has none are predicted linearly");
    if (linear.is_adaptive && form_.distance > integers::kMostAdaptiveChannels) return fail_corrupt("an adaptive prediction has too many channels");
    return {};
  }

  template <class E>
  void undo(const LinearPrediction& linear, std::span<const std::uint64_t> values, std::size_t from, std::size_t end) noexcept {
    using Number = typename E::Number;
    std::uint8_t* at = out_.data() + from * E::kWidth;
    for (std::size_t i = 0; from + i < end; ++i, at += E::kWidth) E::store(at, static_cast<Number>(values[i] << E::kUnused));
    if constexpr (E::kWidth < 8) {
      if (linear.taps != 0) return undo_linear<E>(form_, linear, out_.data(), from, end);
    }
    numeric::undo_prediction(form_, out_.data(), from, end);
  }

  template <class E>
  void undo_part(const LinearPrediction& linear, std::uint64_t value, std::size_t index) noexcept {
    using Number = typename E::Number;
    const std::uint8_t* at = out_.data() + index * E::kWidth;
    auto residual = static_cast<Number>(value << E::kUnused);
    if (form_.zigzag) residual = E::unzigzag(residual);
    if constexpr (E::kWidth < 8) {
      if (linear.taps != 0) {
        const Number prediction = integers::predict_near_front<E>(linear, at, std::size_t{form_.distance} * E::kWidth, index, form_.distance);
        return E::store(part_.data(), static_cast<Number>(residual + prediction));
      }
    }
    const Number prediction = predict_one<E>(form_, at, index);
    E::store(part_.data(), static_cast<Number>(form_.predictor == Predictor::exclusive ? residual ^ prediction : residual + prediction));
  }

  // Ranks to values, integers to decimals, and the element that is there in part.
  Result<void> finish(std::size_t whole, bool has_part) {
    NPK_TRY(give_back(out_.first(whole * form_.width)));
    if (!has_part) return {};
    NPK_TRY(give_back(MutableBytes(part_).first(form_.width)));
    const MutableBytes rest = out_.subspan(whole * form_.width);
    std::copy_n(part_.begin(), rest.size(), rest.begin());
    return {};
  }

  Result<void> give_back(MutableBytes elements) {
    if (form_.is_ranked) return integers::ranks_to_values(form_, table_, elements);
    if (form_.is_decimal) numeric::decimal_kernel(numeric::plane_kernel().name)(form_, elements.data(), elements.size() / form_.width, elements.data());
    return {};
  }

  PageReader& pages_;
  const ElementForm& form_;
  std::size_t count_;
  MutableBytes out_;
  Bytes table_;
  std::array<std::uint64_t, integers::kPageValues> values_;
  integers::AdaptivePrediction adaptive_;
  std::array<std::uint8_t, 8> part_{};
};

// The first out.size() bytes of a segment.
Result<void> restore_pages(PageReader& pages, const Segment& segment, MutableBytes out) {
  const std::size_t lead = SegmentReader::lead(segment);
  const std::size_t elements = (segment.length - lead) / segment.form.width * segment.form.width;
  NPK_ASSIGN(const ByteView front, pages.take_elements(lead));
  NPK_ASSIGN(const ByteView back, pages.take_elements(segment.length - lead - elements));
  std::copy_n(front.begin(), std::min(lead, out.size()), out.begin());
  out = out.subspan(std::min(lead, out.size()));
  NPK_TRY(SegmentReader(pages, segment, out.first(std::min(out.size(), elements))).read());
  out = out.subspan(std::min(out.size(), elements));
  std::copy_n(back.begin(), out.size(), out.begin());
  return {};
}

Result<void> restore_elements(PageReader& pages, const Segment& segment, MutableBytes out) {
  NPK_ASSIGN(const ByteView from, pages.take_elements(segment.length));
  if (out.size() == segment.length) {
    numeric::restore_segment(segment.form, from, out);
    return {};
  }
  Bytes whole(segment.length);
  numeric::restore_segment(segment.form, from, whole);
  std::copy_n(whole.begin(), out.size(), out.begin());
  return {};
}

class IntegersDecoder final : public FilterDecoder {
 public:
  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override {
    if (filtered.size() < filtered_length) return false;
    NPK_ASSIGN(const std::vector<Segment> segments, numeric::take_plan(filtered, raw_length, numeric::Allowed::integers));
    NPK_ASSIGN(const std::vector<ByteView> parts, split_parts(filtered));
    NPK_ASSIGN(PageReader pages, PageReader::make(parts));
    for (const Segment& segment : segments) {
      if (out.empty()) return true;
      const MutableBytes to = out.first(std::min(out.size(), segment.length));
      NPK_TRY(segment.form.layout == numeric::Layout::pages ? restore_pages(pages, segment, to) : restore_elements(pages, segment, to));
      out = out.subspan(to.size());
      if (to.size() < segment.length) return true;
    }
    NPK_TRY(pages.expect_end());
    return true;
  }
};

}  // namespace

std::unique_ptr<FilterDecoder> create_integers_decoder() { return std::make_unique<IntegersDecoder>(); }
// The plan and views of the parts, a page, and a table of at most the values of a segment or a segment of another layout.
std::uint64_t integers_decoder_memory(std::uint64_t raw_length) { return raw_length + (1U << 20); }

}  // namespace npk::codec
