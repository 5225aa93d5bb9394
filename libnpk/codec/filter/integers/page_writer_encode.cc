#include "codec/filter/integers/page_writer_encode.h"

#include <bit>

#include "codec/filter/varint.h"
#include "npk/format/integer_column.h"

namespace npk::codec::integers {
namespace {

constexpr std::size_t kSampled = 256;
constexpr std::size_t kFewValues = 100;

// Whether 256 of the values are of few kinds; what else an encoding of integers suits, classes suit as well.
bool are_few(std::span<const std::uint64_t> values) {
  constexpr unsigned kSlotBits = 10;
  std::array<std::uint64_t, 1U << kSlotBits> slots{};  // of values plus one, so that none is free: only the highest value is none
  const std::size_t step = std::max<std::size_t>(1, values.size() / kSampled);
  std::size_t kinds = 0, has_highest = 0;
  for (std::size_t i = 0, count = 0; i < values.size() && count < kSampled; i += step, ++count) {
    const std::uint64_t value = values[i] + 1;
    if (value == 0) {
      has_highest = 1;
      continue;
    }
    std::size_t at = static_cast<std::size_t>(value * 0x9E3779B97F4A7C15ULL >> (64 - kSlotBits));
    while (slots[at] != 0 && slots[at] != value) at = (at + 1) % slots.size();
    if (slots[at] == 0 && ++kinds > kFewValues) return false;
    slots[at] = value;
  }
  return kinds + has_highest <= kFewValues;
}

// As PageCost, but as if there were one stream: what is smaller than this is smaller.
std::uint64_t most_bytes(Classes classes, std::span<const std::uint64_t> values) {
  numeric::Histogram symbols{};
  std::uint64_t bits = 0;
  for (const std::uint64_t value : values) {
    const unsigned symbol = classes.symbol_of(value);
    ++symbols[symbol];
    bits += classes.low_bits_of(symbol);
  }
  return (bits + numeric::entropy_cost(symbols) / 256) / 8;
}

}  // namespace

void PageWriter::append_number(std::uint64_t value) { append_varint(value, parts_[kControlPart]); }

bool PageWriter::write_column(Classes classes, std::span<const std::uint64_t> values) {
  if (!are_few(values)) return false;
  Bytes column;
  const format::ColumnEncoding encoding = format::encode_integers(values, column);
  if (column.size() + 3 >= most_bytes(classes, values)) return false;
  FilterBytes& control = parts_[kControlPart];
  control.push_back(static_cast<std::uint8_t>(encoding));
  append_varint(column.size(), control);
  control.insert(control.end(), column.begin(), column.end());
  return true;
}

void PageWriter::write_classes(Classes classes, std::span<const std::uint64_t> values) {
  FilterBytes& low_part = parts_[kLowBitsPart];
  for (const std::uint64_t value : values) {
    const unsigned symbol = classes.symbol_of(value), low = classes.low_bits_of(symbol);
    parts_[kFirstSymbolsPart + context_.stream()].push_back(static_cast<std::uint8_t>(symbol));
    context_.add(value);
    if (low == 0) continue;
    const std::uint64_t bits = value & ((std::uint64_t{1} << low) - 1);
    low_bits_ |= bits << low_count_;
    low_count_ += low;
    if (low_count_ < 64) continue;
    low_part.resize(low_part.size() + 8);
    store_le(&low_part[low_part.size() - 8], low_bits_);
    low_count_ -= 64;
    low_bits_ = low_count_ == 0 ? 0 : bits >> (low - low_count_);
  }
}

void PageWriter::write(unsigned bytes, std::span<const std::uint64_t> values, const LinearPrediction& linear) {
  const Classes classes(bytes);
  if (linear.taps == 0 && !linear.is_adaptive && write_column(classes, values)) return;
  FilterBytes& control = parts_[kControlPart];
  control.push_back(static_cast<std::uint8_t>((linear.is_adaptive ? kAdaptive : kClasses) + linear.taps));
  if (linear.taps != 0) control.push_back(static_cast<std::uint8_t>(linear.shift));
  for (unsigned i = 0; i < linear.taps; ++i) {
    const auto weight = static_cast<std::uint16_t>(linear.weights[i]);
    control.push_back(static_cast<std::uint8_t>(weight));
    control.push_back(static_cast<std::uint8_t>(weight >> 8));
  }
  write_classes(classes, values);
}

std::size_t PageWriter::size() const noexcept {
  std::size_t total = 0;
  for (const FilterBytes& part : parts_) total += part.size();
  return total;
}

std::vector<FilterBytes> PageWriter::finish() {
  for (; low_count_ > 0; low_count_ -= std::min(low_count_, 8U), low_bits_ >>= 8) parts_[kLowBitsPart].push_back(static_cast<std::uint8_t>(low_bits_));
  while (parts_.size() > kFirstSymbolsPart && parts_.back().empty()) parts_.pop_back();
  return std::move(parts_);
}

void PageCost::add(std::span<const std::uint64_t> values) {
  Context context;
  for (const std::uint64_t value : values.first(std::min(values.size(), numeric::kMaxCostedBytes - count_))) {
    const unsigned symbol = classes_.symbol_of(value);
    ++symbols_[context.stream()][symbol];
    low_bits_ += classes_.low_bits_of(symbol);
    context.add(value);
    ++count_;
  }
}

std::uint64_t PageCost::cost() const noexcept {
  std::uint64_t cost = low_bits_ * 256;
  for (const numeric::Histogram& symbols : symbols_) cost += numeric::entropy_cost(symbols);
  return cost;
}

}  // namespace npk::codec::integers
