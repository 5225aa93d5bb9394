#include "codec/filter/field_column_encode.h"

#include <algorithm>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/field_column/dictionary_encode.h"
#include "codec/filter/field_column/hex_encode.h"
#include "codec/filter/field_column/numbers_encode.h"
#include "codec/filter/field_column/plain_encode.h"
#include "codec/filter/field_column/shaped_encode.h"

namespace npk::codec {
namespace {

FilterBytes encode_column(FieldValues values, CompressedCost& cost, bool may_have_shape);

constexpr std::size_t kSampledBytes = 1U << 15;  // of values that encodings are tried on

// The values that encodings are tried on: all, or some that follow one another in the middle.
struct Sample {
  std::size_t first = 0;
  std::size_t count = 0;
};

Sample sample_of(FieldValues values) {
  std::size_t total = 0;
  for (const ByteView value : values) total += value.size() + 1;
  if (total <= kSampledBytes) return {0, values.size()};
  Sample sample{values.size() / 2, 0};
  for (std::size_t bytes = 0; sample.first + sample.count < values.size() && bytes < kSampledBytes; ++sample.count) {
    bytes += values[sample.first + sample.count].size() + 1;
  }
  return sample;
}

// Tries encodings one after another and keeps the best.
class Choice {
 public:
  Choice(FieldValues values, CompressedCost& cost, bool may_have_shape)
      : values_(values), sample_(sample_of(values)), cost_(cost), may_have_shape_(may_have_shape) {}

  FilterBytes best() {
    least_ = cost_.of(encode_text_column(sampled()));
    within_memory(&Choice::try_numbers);
    within_memory(&Choice::try_dictionary);
    within_memory(&Choice::try_hex);
    const bool typed = best_.has_value();
    within_memory(&Choice::try_shared);
    if (may_have_shape_ && !typed) within_memory(&Choice::try_shapes);
    return best_ ? *std::move(best_) : encode_text_column(values_);
  }

 private:
  // An encoding that takes too much is none.
  void within_memory(void (Choice::*attempt)()) {
    try {
      (this->*attempt)();
    } catch (const FilterMemoryExceeded&) {
    }
  }

  FieldValues sampled() const { return values_.subspan(sample_.first, sample_.count); }

  void try_numbers() {
    auto found = find_numbers(values_);
    if (!found) return;
    const NumberLayout layout = choose_layout(found->numbers, cost_);
    const auto some = find_numbers(sampled());
    const auto trial = some ? encode_number_column(sampled(), *some, layout) : std::nullopt;
    if (trial) consider(cost_.of(*trial), [&] { return encode_number_column(values_, *std::move(found), layout); });
  }

  void try_dictionary() {
    const auto found = find_dictionary(values_);
    if (!found) return;
    FilterBytes trial;
    append_indices(*found, sample_.first, sample_.count, trial);
    const std::size_t entries = cost_.of(encode_text_column(found->entries()));
    consider(cost_.of(trial) + entries * sample_.count / values_.size(), [&] { return encode_dictionary_column(*found); });
  }

  void try_hex() {
    const auto found = find_hex(values_);
    const auto some = found ? find_hex(sampled()) : std::nullopt;
    if (!some) return;
    for (const bool planes : {false, true}) {
      const auto trial = encode_hex_column(sampled(), *some, planes);
      if (trial) consider(cost_.of(*trial), [&] { return encode_hex_column(values_, *found, planes); });
    }
  }

  void try_shared() {
    const auto trial = encode_shared_column(sampled());
    if (trial) consider(cost_.of(*trial), [&] { return encode_shared_column(values_); });
  }

  void try_shapes() {
    const EncodeColumn encode = [this](FieldValues column) { return encode_column(column, cost_, false); };
    for (const ShapeRule rule : {ShapeRule::digits, ShapeRule::words, ShapeRule::middle}) {
      const auto shape = find_shape(values_, rule);
      const auto trial = shape ? encode_shaped_column(sampled(), *shape, encode) : std::nullopt;
      if (trial) consider(cost_.of(*trial), [&] { return encode_shaped_column(values_, *shape, encode); });
    }
  }

  template <class Encode>
  void consider(std::size_t cost, Encode encode) {
    if (cost >= least_) return;
    if (auto part = encode()) {
      best_ = std::move(part);
      least_ = cost;
    }
  }

  FieldValues values_;
  Sample sample_;
  CompressedCost& cost_;
  bool may_have_shape_;
  std::optional<FilterBytes> best_;
  std::size_t least_ = 0;
};

bool all_equal(FieldValues values) {
  return std::ranges::all_of(values.subspan(1), [&](ByteView value) { return std::ranges::equal(value, values[0]); });
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

FilterBytes encode_field_column(FieldValues values) {
  if (EncoderMemory* memory = EncoderMemory::current()) return encode_column(values, memory->cost(), true);
  CompressedCost cost;
  return encode_column(values, cost, true);
}

}  // namespace npk::codec
