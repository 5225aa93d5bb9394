#include "codec/filter/field_column_encode.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/field_column/dictionary_encode.h"
#include "codec/filter/field_column/floats_encode.h"
#include "codec/filter/field_column/hex_encode.h"
#include "codec/filter/field_column/numbers_encode.h"
#include "codec/filter/field_column/padded_encode.h"
#include "codec/filter/field_column/plain_encode.h"
#include "codec/filter/field_column/shaped_encode.h"
#include "codec/filter/field_column/words_encode.h"

namespace npk::codec {
namespace {

FilterBytes encode_column(FieldValues values, CompressedCost& cost, bool may_have_shape);

constexpr unsigned kFewestFloatDigits = 6;       // behind the point
constexpr std::size_t kSampledBytes = 1U << 16;  // of values that encodings are tried on
constexpr std::size_t kSampledRanges = 4;        // a column has the values of many files, which may be of several kinds

// The values that encodings are tried on: all, or some from all over the column.
class Sample {
 public:
  explicit Sample(FieldValues values) {
    std::size_t total = 0;
    for (const ByteView value : values) total += value.size() + 1;
    if (total <= kSampledBytes) {
      add(values, 0, total);
      return;
    }
    for (std::size_t i = 0; i < kSampledRanges; ++i) add(values, (2 * i + 1) * values.size() / (2 * kSampledRanges), kSampledBytes / kSampledRanges);
  }

  [[nodiscard]] std::span<const Place> places() const noexcept { return places_; }
  // Of all values' indices, those of the sample.
  [[nodiscard]] FilterVector<std::uint16_t> indices(std::span<const std::uint16_t> of_all) const {
    FilterVector<std::uint16_t> some;
    for (const Range& range : ranges_) {
      const auto part = of_all.subspan(range.first, range.count);
      some.insert(some.end(), part.begin(), part.end());
    }
    return some;
  }

 private:
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  // From `first` on, up to the value that makes up `most_bytes`. Ranges do not overlap, but that one value is very long.
  void add(FieldValues values, std::size_t first, std::size_t most_bytes) {
    if (!ranges_.empty()) first = std::max(first, ranges_.back().first + ranges_.back().count);
    std::size_t at = first;
    for (std::size_t bytes = 0; at < values.size() && bytes < most_bytes; ++at) {
      bytes += values[at].size() + 1;
      places_.push_back(values.place(at));
    }
    ranges_.push_back({first, at - first});
  }

  FilterVector<Place> places_;
  FilterVector<Range> ranges_;
};

// Tries encodings on the sample, and writes the column in the best of them that can hold it.
class Choice {
 public:
  Choice(FieldValues values, CompressedCost& cost, bool may_have_shape)
      : values_(values), sample_(values), cost_(cost), may_have_shape_(may_have_shape) {}

  FilterBytes best() {
    least_ = cost_.of(encode_text_column(sampled()));
    within_memory([this] { try_numbers(); });
    within_memory([this] { try_floats(); });
    const bool numeric = !better_.empty();
    within_memory([this] { try_dictionary(); });
    within_memory([this] { try_hex(); });
    const bool typed = !better_.empty();
    if (!numeric) within_memory([this] { try_shared(); });
    if (may_have_shape_ && !typed) within_memory([this] { try_shapes(); });
    std::optional<FilterBytes> part;
    for (; !part && !better_.empty(); better_.pop_back()) within_memory([&] { part = better_.back()(); });
    return part ? *std::move(part) : encode_text_field(values_);
  }

 private:
  using Encode = std::function<std::optional<FilterBytes>()>;

  // An encoding that takes too much is none.
  template <class Attempt>
  static void within_memory(const Attempt& attempt) {
    try {
      attempt();
    } catch (const FilterMemoryExceeded&) {
    }
  }

  FieldValues sampled() const { return values_.with(sample_.places()); }

  void try_numbers() {
    const FilterVector<SpelledForm> forms = find_forms(values_);
    has_short_numbers_ = !forms.empty() && forms.front().digits < kFewestFloatDigits;
    for (const SpelledForm& form : forms) try_numbers(form);
  }

  void try_numbers(const SpelledForm& form) {
    auto some = parse_numbers(sampled(), form);
    if (!some || some->numbers.empty()) return;
    const NumberLayout layout = choose_layout(some->numbers, cost_);
    const auto trial = encode_number_column(sampled(), *std::move(some), layout);
    if (!trial) return;
    consider(cost_.of(*trial), [this, form, layout] {
      auto found = parse_numbers(values_, form);
      return found ? encode_number_column(values_, *std::move(found), layout) : std::nullopt;
    });
  }

  // Numbers of few digits are as small without exponents.
  void try_floats() {
    if (has_short_numbers_) return;
    for (const FloatForm& form : find_float_forms(values_)) try_floats(form);
  }

  void try_floats(const FloatForm& form) {
    auto some = parse_floats(sampled(), form);
    if (!some || some->mantissas.empty()) return;
    const NumberLayout layout = choose_layout(some->mantissas, cost_);
    const auto trial = encode_float_column(sampled(), *std::move(some), layout);
    if (!trial) return;
    consider(cost_.of(*trial), [this, form, layout] {
      auto found = parse_floats(values_, form);
      return found ? encode_float_column(values_, *std::move(found), layout) : std::nullopt;
    });
  }

  void try_dictionary() {
    auto found = find_dictionary(values_);
    if (!found) return;
    FilterBytes trial;
    append_indices(sample_.indices(found->indices), found->places.size(), trial);
    const std::size_t entries = cost_.of(encode_text_column(found->entries()));
    consider(cost_.of(trial) + entries * sample_.places().size() / values_.size(), [found = *std::move(found)] { return encode_dictionary_column(found); });
  }

  void try_hex() {
    const auto found = find_hex(values_);
    const auto some = found ? find_hex(sampled()) : std::nullopt;
    if (!some) return;
    for (const bool planes : {false, true}) {
      const auto trial = encode_hex_column(sampled(), *some, planes);
      if (trial) consider(cost_.of(*trial), [this, found = *found, planes] { return encode_hex_column(values_, found, planes); });
    }
  }

  void try_shared() {
    const auto trial = encode_shared_column(sampled());
    if (trial) consider(cost_.of(*trial), [this] { return encode_shared_column(values_); });
  }

  void try_shapes() {
    const EncodeColumn encode = [this](FieldValues column) { return encode_column(column, cost_, false); };
    FilterVector<FilterBytes> texts_before;
    for (const ShapeRule rule : {ShapeRule::digits, ShapeRule::words, ShapeRule::middle}) {
      const auto shape = find_shape(values_, rule);
      if (shape && rule == ShapeRule::words && shape->texts == texts_before) continue;  // no letters
      if (shape) texts_before = shape->texts;
      const auto trial = shape ? encode_shaped_column(sampled(), *shape, encode) : std::nullopt;
      if (trial) consider(cost_.of(*trial), [this, shape = *shape, encode] { return encode_shaped_column(values_, shape, encode); });
    }
  }

  void consider(std::size_t cost, Encode encode) {
    if (cost >= least_) return;
    better_.push_back(std::move(encode));
    least_ = cost;
  }

  FieldValues values_;
  Sample sample_;
  CompressedCost& cost_;
  bool may_have_shape_;
  bool has_short_numbers_ = false;
  std::vector<Encode> better_;  // each than the one before
  std::size_t least_ = 0;
};

bool all_equal(FieldValues values) {
  return std::ranges::all_of(values.subspan(1), [&](ByteView value) { return std::ranges::equal(value, values[0]); });
}

// As encode_column; the spaces of the values are one byte for all. A shape with exceptions would lie too deep.
std::optional<FilterBytes> encode_within_padding(FieldValues values, CompressedCost& cost) {
  const auto padding = find_padding(values);
  if (!padding) return std::nullopt;
  try {
    const FilterVector<Place> places = places_without(*padding, values);
    return encode_padded_column(*padding, encode_column(values.with(places), cost, false));
  } catch (const FilterMemoryExceeded&) {
    return std::nullopt;
  }
}

FilterBytes encode_column(FieldValues values, CompressedCost& cost, bool may_have_shape) {
  if (values.empty()) return {};
  if (values.size() > 3 && all_equal(values)) return encode_constant_column(values[0], values.size());
  std::size_t total = values.size();
  for (const ByteView value : values) total += value.size();
  if (total < kMinimumTypedBytes) return encode_text_column(values);
  return Choice(values, cost, may_have_shape).best();
}

}  // namespace

FilterBytes encode_text_field(FieldValues values) {
  try {
    if (auto part = encode_word_column(values)) return *std::move(part);
  } catch (const FilterMemoryExceeded&) {  // it goes without them
  }
  return encode_text_column(values);
}

FilterBytes encode_field_column(FieldValues values) {
  const auto encode = [&](CompressedCost& cost) {
    auto padded = encode_within_padding(values, cost);
    return padded ? *std::move(padded) : encode_column(values, cost, true);
  };
  if (EncoderMemory* memory = EncoderMemory::current()) return encode(memory->cost());
  CompressedCost cost;
  return encode(cost);
}

}  // namespace npk::codec
