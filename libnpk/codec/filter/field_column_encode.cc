#include "codec/filter/field_column_encode.h"

#include <algorithm>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/field_column/dictionary_encode.h"
#include "codec/filter/field_column/hex_encode.h"
#include "codec/filter/field_column/numbers_encode.h"
#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSampledBytes = 1U << 16;  // of values that encodings are tried on

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
  explicit Choice(FieldValues values) : values_(values), sample_(sample_of(values)) {}

  Bytes best() {
    least_ = cost_.of(encode_text_column(sampled()));
    try_numbers();
    try_dictionary();
    try_hex();
    return best_ ? *std::move(best_) : encode_text_column(values_);
  }

 private:
  FieldValues sampled() const { return values_.subspan(sample_.first, sample_.count); }

  void try_numbers() {
    const auto found = find_numbers(values_);
    if (!found) return;
    const NumberLayout layout = choose_layout(found->numbers, cost_);
    const auto some = find_numbers(sampled());
    const auto trial = some ? encode_number_column(sampled(), *some, layout) : std::nullopt;
    if (trial) consider(cost_.of(*trial), [&] { return encode_number_column(values_, *found, layout); });
  }

  void try_dictionary() {
    const auto found = find_dictionary(values_);
    if (!found) return;
    Bytes trial;
    append_indices(*found, sample_.first, sample_.count, trial);
    const std::size_t entries = cost_.of(encode_text_column(found->entries));
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
  CompressedCost cost_;
  std::optional<Bytes> best_;
  std::size_t least_ = 0;
};

bool all_equal(FieldValues values) {
  return std::ranges::all_of(values.subspan(1), [&](ByteView value) { return std::ranges::equal(value, values[0]); });
}

}  // namespace

Bytes encode_field_column(std::span<const ByteView> values) {
  if (values.empty()) return {};
  if (all_equal(values) && values.size() > 3) return encode_constant_column(values[0], values.size());
  std::size_t total = values.size();
  for (const ByteView value : values) total += value.size();
  if (total < kMinimumTypedBytes) return encode_text_column(values);
  return Choice(values).best();
}

}  // namespace npk::codec
