#include "codec/filter/numeric/encoder/form_search.h"

#include <algorithm>
#include <array>
#include <bit>

#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/encoder/alike_bytes.h"
#include "codec/filter/numeric/encoder/byte_cost.h"
#include "codec/filter/numeric/encoder/lag_kernels.h"
#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::numeric {
namespace {

constexpr std::size_t kQuickBytes = 4096;
constexpr std::size_t kLevels = kComparedBytes;  // elements that distances are looked for with
constexpr std::size_t kShapesTried = 2;
constexpr std::size_t kMostLag = 8192;     // elements
constexpr std::size_t kMostNear = 16;      // lags that may be channels, not rows
constexpr std::size_t kMostRecord = 1024;  // bytes

std::size_t history_of(const ElementForm& form) noexcept { return elements_before(form) * form.width; }

ElementForm planar(ElementForm form) {
  form.layout = form.width == 1 ? Layout::together : Layout::byte_planes;
  form.period = form.width;
  return form;
}

// A guess of order and phase: where the significant bytes are, which vary least.
struct Guess {
  std::uint64_t score;
  std::uint8_t lead;
  bool big_endian;
};

// Numbers as differences to those before them.
ElementForm left_form(unsigned width, const Guess& guess) {
  ElementForm form;
  form.width = static_cast<std::uint8_t>(width);
  form.lead = guess.lead;
  form.big_endian = guess.big_endian;
  form.predictor = Predictor::left;
  form.zigzag = true;
  return form;
}

std::vector<Guess> guesses_of(const std::array<std::uint64_t, 8>& costs, unsigned width) {
  std::vector<Guess> guesses;
  for (unsigned lead = 0; lead < width; ++lead) {
    for (const bool big_endian : {false, true}) {
      std::uint64_t score = 0;
      for (unsigned byte = 0; byte < width; ++byte) score += costs[(lead + byte) % width] * (big_endian ? width - byte : byte + 1);
      guesses.push_back({score, static_cast<std::uint8_t>(lead), big_endian});
    }
  }
  std::ranges::stable_sort(guesses, {}, &Guess::score);
  return guesses;
}

// Whether most elements of the sample that are not 0 are decimals of few digits.
bool are_decimals(const Sample& sample, const ElementForm& form, std::size_t stride) noexcept {
  unsigned decimals = 0, others = 0;
  const double power = kPowersOfTen[form.decimals];
  with_element(form, [&]<class E>() {
    if constexpr (E::kWidth == 4 || E::kWidth == 8) {
      using Signed = typename E::Signed;
      constexpr Signed kMost = E::kWidth == 4 ? Signed{1} << 21U : static_cast<Signed>(std::int64_t{1} << (E::kWidth == 8 ? 40U : 0U));
      for (std::size_t at = form.lead; at + E::kWidth <= sample.length && others < 16; at += stride) {
        const auto bits = E::load(sample.block.data() + sample.at + at);
        const auto exchanged = exchange_decimal(bits, power);
        const auto integer = static_cast<Signed>(exchanged);
        if (bits == 0) continue;
        ++(exchanged != bits && integer > -kMost && integer < kMost && integer != 0 ? decimals : others);
      }
    }
  });
  return decimals >= 16 && others <= decimals / 3;
}

}  // namespace

FormSearch::FormSearch(Allowed allowed)
    : allowed_(allowed), take_(residual_kernel(split_kernel().name)), residuals_(kSampleBytes), planes_(kSampleBytes) {}

// The sample, and as much before it as a form may look at, with decimals as integers.
Sample FormSearch::seen_by(const Sample& sample, const ElementForm& form) {
  if (!form.is_decimal) return sample;
  if (decimals_of_ == form.decimals + 256U * form.width + 65536U * form.lead + (form.big_endian ? 1U << 24U : 0U) && decimals_at_ == sample.at)
    return {decimals_, decimals_history_, sample.length};
  const std::size_t history = std::min(sample.at, kMostLag * form.width / kSegmentUnit * kSegmentUnit + 2 * kSegmentUnit);
  const ByteView from = sample.block.subspan(sample.at - history, history + sample.length);
  decimals_.assign(from.begin(), from.end());
  std::uint8_t* first = decimals_.data() + form.lead;
  decimal_kernel(split_kernel().name)(form, first, (from.size() - form.lead) / form.width, first);
  decimals_of_ = form.decimals + 256U * form.width + 65536U * form.lead + (form.big_endian ? 1U << 24U : 0U);
  decimals_at_ = sample.at;
  decimals_history_ = history;
  return {decimals_, history, sample.length};
}

ByteView FormSearch::residuals_of(const Sample& given, const ElementForm& form, std::size_t bytes) {
  const Sample sample = seen_by(given, form);
  const std::uint8_t* from = sample.block.data() + sample.at + form.lead;
  const std::size_t count = std::min(bytes, sample.length - form.lead) / form.width;
  if (!form.has_distance()) return {from, count * form.width};
  // At the front of a block, elements that lack what they are predicted from are left out.
  const std::size_t before = (sample.at + form.lead) / form.width, needed = elements_before(form);
  const std::size_t first = std::min(count, needed - std::min(needed, before));
  take_(form, from, first, count, residuals_.data());
  return ByteView(residuals_).first((count - first) * form.width);
}

std::uint64_t FormSearch::quick_cost(const Sample& sample, const ElementForm& form) {
  const ByteView residuals = residuals_of(sample, form, kQuickBytes);
  return plane_cost(residuals, form.width) * kQuickBytes / std::max<std::size_t>(1, residuals.size());
}

std::optional<std::uint64_t> FormSearch::cost_of(const Sample& sample, const ElementForm& form, std::uint64_t limit) {
  const std::size_t most_history = std::min(sample.at, form.is_decimal ? kMostLag * form.width : ~std::size_t{0});
  if (history_of(form) > most_history || sample.length < 16 || (form.width == 3 && form.lead != 0)) return std::nullopt;
  ByteView bytes = residuals_of(sample, form, sample.length);
  if (bytes.empty()) return std::nullopt;
  const std::size_t length = bytes.size();
  std::size_t parts = 1;
  if (form.layout == Layout::byte_planes) {
    split_planes(split_kernel(), bytes, form.period, planes_);
    parts = form.period <= 16 ? form.period : 1;
  }
  if (form.layout == Layout::bit_planes) {
    split_bit_planes(split_kernel(), bytes, form.width, planes_);
    parts = form.width * std::size_t{2};
  }
  if (form.layout != Layout::together) bytes = ByteView(planes_).first(length);
  return match_cost(bytes, parts, limit * length / sample.length + 1) * sample.length / length;
}

// Widths, orders and phases worth a trial.
std::vector<ElementForm> FormSearch::shapes_of(const Sample& sample) {
  const ByteView bytes = sample.block.subspan(sample.at, sample.length);
  std::vector<ElementForm> shapes{ElementForm{}};
  std::uint64_t least = ~0ULL;
  std::array<Histogram, 8> places{};
  for (std::size_t i = 0; i < bytes.size(); ++i) ++places[i % 8][bytes[i]];
  for (const unsigned width : {1U, 2U, 4U, 8U}) {
    std::array<Histogram, 8> counts{};
    for (std::size_t place = 0; place < 8; ++place) {
      Histogram& sum = counts[place % width];
      for (std::size_t byte = 0; byte < 256; ++byte) sum[byte] = static_cast<std::uint16_t>(sum[byte] + places[place][byte]);
    }
    std::array<std::uint64_t, 8> costs{};
    std::uint64_t total = 0;
    for (unsigned i = 0; i < width; ++i) total += costs[i] = entropy_cost(counts[i]);
    const bool promising = total < least - least / 64;
    least = std::min(least, total);
    if (width == 1 || (width == 8 && !promising)) continue;
    Trial best{{}, ~0ULL};
    const std::vector<Guess> guesses = guesses_of(costs, width);
    for (std::size_t i = 0; i < std::min<std::size_t>(guesses.size(), 4); ++i) {
      ElementForm form = left_form(width, guesses[i]);
      if (const std::uint64_t cost = quick_cost(sample, form); cost < best.cost) best = {form, cost};
    }
    best.form.predictor = Predictor::none;
    best.form.zigzag = false;
    shapes.push_back(best.form);
  }
  return shapes;
}

// Elements that are decimals, of whatever order and phase: few others are by chance.
void FormSearch::find_decimals(const Sample& sample, std::vector<ElementForm>& shapes) {
  constexpr unsigned kTried = 64, kFloatDecimals = 5, kDoubleDecimals = 9;
  for (const unsigned width : {4U, 8U}) {
    if (sample.length < kTried * 4 * width) continue;
    const std::size_t stride = sample.length / kTried / width * width;
    ElementForm form;
    form.width = static_cast<std::uint8_t>(width);
    form.is_decimal = true;
    for (unsigned way = 0; way < 2 * width; ++way) {
      form.lead = static_cast<std::uint8_t>(way / 2);
      form.big_endian = way % 2 != 0;
      for (unsigned decimals = 0; decimals <= (width == 4 ? kFloatDecimals : kDoubleDecimals); ++decimals) {
        form.decimals = static_cast<std::uint8_t>(decimals);
        if (!are_decimals(sample, form, stride)) continue;
        shapes.push_back(form);
        return;
      }
    }
  }
}

// Where an element like this one was before: in another channel or column (distance), in the row above (row).
void FormSearch::find_distances(const Sample& given, ElementForm& shape) {
  const Sample sample = seen_by(given, shape);
  const std::size_t width = shape.width;
  const std::size_t count = (sample.length - shape.lead) / width;
  const std::size_t before = std::min(kMostLag, (sample.at + shape.lead) / width);
  if (count < kLevels || before < 2 * kMostNear) return;
  levels_.resize(before + kLevels);
  const std::uint8_t* first = sample.block.data() + sample.at + shape.lead - before * width;
  const auto magnitude = [&](std::size_t i) -> std::uint64_t {
    std::uint64_t value = 0;
    for (std::size_t byte = 0; byte < width; ++byte) value = value << 8U | first[i * width + (shape.big_endian ? byte : width - 1 - byte)];
    return value;
  };
  unsigned bits = 0;
  for (std::size_t i = before; i < before + 64; ++i) {
    const std::uint64_t step = (magnitude(i) - magnitude(i - 1)) << (64 - 8 * width);
    bits += static_cast<unsigned>(64 - std::countl_zero(step ^ (0 - (step >> 63U))));
  }
  const unsigned typical = bits / 64 > 64 - 8 * width ? static_cast<unsigned>(bits / 64 - (64 - 8 * width)) : 0;
  const unsigned shift = typical > 5 ? typical - 5 : 0;
  for (std::size_t i = 0; i < levels_.size(); ++i) levels_[i] = static_cast<std::uint8_t>(magnitude(i) >> shift);
  const std::uint8_t* levels = levels_.data() + before;
  const SumDifferences difference = lag_kernel(split_kernel().name);
  std::uint32_t least_near = ~0U;
  for (std::size_t lag = 1; lag <= kMostNear; ++lag) {
    const std::uint32_t sum = difference(levels, lag);
    if (sum + sum / 16 < least_near) least_near = sum, shape.distance = static_cast<std::uint32_t>(lag);
  }
  std::uint32_t least = ~0U;
  for (std::size_t lag = kMostNear + 1; lag <= before - kMostNear; ++lag) {
    const std::uint32_t sum = difference(levels, lag);
    if (sum < least) least = sum, shape.row = static_cast<std::uint32_t>(lag);
  }
}

// The lag at which most bytes are the same; 0 if none stands out.
std::uint32_t FormSearch::record_length(const Sample& sample) const {
  const std::size_t most = std::min(kMostRecord, sample.at);
  const std::size_t length = std::min<std::size_t>(sample.length, 1024);
  const std::uint8_t* at = sample.block.data() + sample.at;
  std::uint32_t best = 0;
  std::size_t best_equal = length / 16;
  std::size_t sum = 0;
  const CountEqual count_equal = equal_kernel(split_kernel().name);
  for (std::size_t lag = 2; lag <= most; ++lag) {
    const std::uint32_t equal = count_equal(at, length, lag);
    sum += equal;
    if (equal > best_equal + best_equal / 16) best_equal = equal, best = static_cast<std::uint32_t>(lag);
  }
  return most > 2 && best_equal > sum / most * 3 / 2 ? best : 0;
}

void FormSearch::add_predictions(const Sample& sample, const ElementForm& shape, std::vector<Trial>& trials) {
  for (const Predictor predictor : {Predictor::left, Predictor::twice, Predictor::up, Predictor::gradient, Predictor::mean, Predictor::median}) {
    ElementForm form = shape;
    form.predictor = predictor;
    form.zigzag = true;
    if ((form.has_row() && form.row == 0) || history_of(form) > std::min(sample.at, kMostLag * form.width)) continue;
    trials.push_back({form, quick_cost(sample, form)});
    if (predictor != Predictor::left || form.distance == 1) continue;
    form.distance = 1;
    trials.push_back({form, quick_cost(sample, form)});
  }
}

// Records of two or three numbers of one width, as they are or each predicted from the one before it, but in planes of their own.
void FormSearch::consider_fields(const Sample& sample, const ElementForm& form, Trial& best) {
  if (form.width == 1 || (form.has_distance() && (form.predictor > Predictor::twice || form.distance != 1))) return;
  Trial found = best;
  for (const std::uint32_t count : {2U, 3U}) {
    ElementForm fields = planar(form);
    fields.period = form.width * count;
    consider(sample, fields, found);
  }
  // Longer planes are the surer ones: what a sample gains from splitting differences further is often less than a block loses.
  if (found.cost < best.cost - (form.has_distance() ? best.cost / 64 : 0)) best = found;
}

// Records of noise, but for the highest bytes of their fields: what shapes_of sees nothing in, and neither find_distances, which asks the best of those.
void FormSearch::add_alike(const Sample& sample, std::vector<Trial>& trials) {
  constexpr std::size_t kGuesses = 2;
  const std::uint32_t lag = alike_lag(sample.block.subspan(sample.at, sample.length));
  if (lag < 2 || sample.at < lag) return;
  const std::uint8_t* at = sample.block.data() + sample.at;
  for (const unsigned width : {2U, 4U, 8U}) {
    if (lag % width != 0) continue;
    std::array<Histogram, 8> counts{};
    for (std::size_t i = 0; i < sample.length; ++i) ++counts[i % width][static_cast<std::uint8_t>(at[i] - *(at + i - lag))];
    std::array<std::uint64_t, 8> costs{};
    for (unsigned i = 0; i < width; ++i) costs[i] = entropy_cost(counts[i]);
    const std::vector<Guess> guesses = guesses_of(costs, width);
    for (std::size_t i = 0; i < std::min(guesses.size(), kGuesses); ++i) {
      ElementForm form = left_form(width, guesses[i]);
      form.distance = lag / width;
      trials.push_back({form, quick_cost(sample, form)});
    }
  }
}

void FormSearch::consider(const Sample& sample, ElementForm form, Trial& best) {
  if (!form.has_distance()) form.distance = 1;
  if (!form.has_row()) form.row = 0;
  if (!is_allowed(form, allowed_)) return;
  if (form == ElementForm{}) return;  // what best began with
  const auto cost = cost_of(sample, form, best.cost);
  if (cost && *cost < best.cost) best = {form, *cost};
}

void FormSearch::consider_layouts(const Sample& sample, const ElementForm& form, Trial& best) {
  consider(sample, form, best);
  if (form.width > 1) consider(sample, planar(form), best);
  if (form.has_distance() && form.distance > 1 && form.distance <= kMostNear) {
    ElementForm records = planar(form);
    records.layout = Layout::byte_planes;
    records.period = form.width * form.distance;
    consider(sample, records, best);
  }
  if (allowed_ != Allowed::bit_shuffle) return;
  ElementForm bits = form;
  bits.layout = Layout::bit_planes;
  consider(sample, bits, best);
}

Trial FormSearch::find(const Sample& sample, std::uint64_t plain) {
  Trial best{{}, plain};
  std::vector<ElementForm> shapes = shapes_of(sample);
  if (allowed_ == Allowed::element_delta || allowed_ == Allowed::decimal_floats) find_decimals(sample, shapes);
  std::vector<Trial> trials;
  for (const ElementForm& shape : shapes) {
    consider_layouts(sample, shape, best);
    consider_fields(sample, shape, best);
    if (allowed_ != Allowed::element_delta) continue;
    ElementForm left = shape;
    left.predictor = Predictor::left;
    left.zigzag = true;
    trials.push_back({shape, quick_cost(sample, left)});
  }
  // Distances are worth looking for with the most promising shapes only.
  std::ranges::stable_sort(trials, {}, &Trial::cost);
  shapes.clear();
  for (std::size_t i = 0; i < std::min(trials.size(), kShapesTried); ++i) shapes.push_back(trials[i].form);
  trials.clear();
  for (ElementForm& shape : shapes) {
    find_distances(sample, shape);
    add_predictions(sample, shape, trials);
  }
  if (allowed_ == Allowed::element_delta) add_alike(sample, trials);
  std::ranges::stable_sort(trials, {}, &Trial::cost);
  for (std::size_t i = 0; i < std::min<std::size_t>(trials.size(), 4); ++i) {
    consider_layouts(sample, trials[i].form, best);
    if (allowed_ == Allowed::element_delta) consider_fields(sample, trials[i].form, best);
  }
  if (allowed_ == Allowed::bit_shuffle) return best;
  if (const std::uint32_t record = record_length(sample); record != 0) {
    ElementForm form;
    form.layout = Layout::byte_planes;
    form.period = record;
    consider(sample, form, best);
    form.predictor = Predictor::left;
    form.distance = record;
    consider(sample, form, best);
    form.layout = Layout::together;
    form.period = 1;
    consider(sample, form, best);
  }
  return best;
}

}  // namespace npk::codec::numeric
