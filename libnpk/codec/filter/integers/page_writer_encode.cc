#include "codec/filter/integers/page_writer_encode.h"

#include <bit>

#include "codec/filter/integers/class_kernels_encode.h"
#include "codec/filter/numeric/elements.h"
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
std::uint64_t most_bytes(std::span<const std::uint64_t> values, const ClassifiedPage& page) {
  numeric::Histogram symbols{};
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ++symbols[page.symbols[i]];
    bits += page.low_counts[i];
  }
  return (bits + numeric::entropy_cost(symbols) / 256) / 8;
}

}  // namespace

void PageWriter::append_number(std::uint64_t value) { append_varint(value, parts_[kControlPart]); }

bool PageWriter::write_column(std::span<const std::uint64_t> values, const ClassifiedPage& page) {
  if (!are_few(values)) return false;
  Bytes column;
  const format::ColumnEncoding encoding = format::encode_integers(values, column);
  if (column.size() + 3 >= most_bytes(values, page)) return false;
  FilterBytes& control = parts_[kControlPart];
  control.push_back(static_cast<std::uint8_t>(encoding));
  append_varint(column.size(), control);
  control.insert(control.end(), column.begin(), column.end());
  return true;
}

void PageWriter::write_symbols(std::span<const std::uint64_t> values, const ClassifiedPage& page) {
  streams_.resize(kContexts * kPageValues);
  std::array<std::uint8_t*, kContexts> ends;
  for (std::size_t stream = 0; stream < kContexts; ++stream) ends[stream] = streams_.data() + stream * kPageValues;
  Context context = context_;
  unsigned current = context.stream();
  Context::Range range = context.range();
  std::uint8_t* to = ends[current];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!context.is_in(range)) [[unlikely]] {
      ends[current] = to;
      current = context.stream();
      range = context.range();
      to = ends[current];
    }
    *to++ = page.symbols[i];
    context.add(values[i]);
  }
  ends[current] = to;
  context_ = context;
  for (std::size_t stream = 0; stream < kContexts; ++stream) {
    FilterBytes& part = parts_[kFirstSymbolsPart + stream];
    const std::uint8_t* from = streams_.data() + stream * kPageValues;
    if (ends[stream] != from) part.insert(part.end(), from, static_cast<const std::uint8_t*>(ends[stream]));
  }
}

// Those of numbers of at most 32 bits, whole bytes after each.
void PageWriter::write_low_bits(std::span<const std::uint64_t> values, const ClassifiedPage& page) {
  std::array<std::uint8_t, kPageValues * 4 + 16> bytes;
  std::uint8_t* to = bytes.data();
  std::uint64_t bits = low_bits_;
  unsigned count = low_count_;
  const auto flush = [&] {
    numeric::Element<std::uint64_t, 8, false>::store(to, bits);
    to += count / 8;
    bits >>= count / 8 * 8;
    count %= 8;
  };
  flush();  // up to 63 bits of longer numbers
  for (std::size_t i = 0; i < values.size(); ++i) {
    const unsigned low = page.low_counts[i];
    bits |= (values[i] & ((std::uint64_t{1} << low) - 1)) << count;
    count += low;
    flush();
  }
  low_bits_ = bits;
  low_count_ = count;
  parts_[kLowBitsPart].insert(parts_[kLowBitsPart].end(), bytes.data(), to);
}

void PageWriter::write_long_low_bits(std::span<const std::uint64_t> values, const ClassifiedPage& page) {
  FilterBytes& low_part = parts_[kLowBitsPart];
  for (std::size_t i = 0; i < values.size(); ++i) {
    const unsigned low = page.low_counts[i];
    if (low == 0) continue;
    const std::uint64_t bits = values[i] & ((std::uint64_t{1} << low) - 1);
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
  const ClassifiedPage page(Classes(bytes), values);
  if (linear.taps == 0 && !linear.is_adaptive && write_column(values, page)) return;
  FilterBytes& control = parts_[kControlPart];
  control.push_back(static_cast<std::uint8_t>((linear.is_adaptive ? kAdaptive : kClasses) + linear.taps));
  if (linear.taps != 0) control.push_back(static_cast<std::uint8_t>(linear.shift));
  for (unsigned i = 0; i < linear.taps; ++i) {
    const auto weight = static_cast<std::uint16_t>(linear.weights[i]);
    control.push_back(static_cast<std::uint8_t>(weight));
    control.push_back(static_cast<std::uint8_t>(weight >> 8));
  }
  write_symbols(values, page);
  bytes == 8 ? write_long_low_bits(values, page) : write_low_bits(values, page);
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
  values = values.first(std::min(values.size(), numeric::kMaxCostedBytes - count_));
  for (; !values.empty(); values = values.subspan(std::min(values.size(), kPageValues))) {
    const std::span given = values.first(std::min(values.size(), kPageValues));
    const ClassifiedPage page(classes_, given);
    for (std::size_t i = 0; i < given.size(); ++i) {
      ++symbols_[context.stream()][page.symbols[i]];
      low_bits_ += page.low_counts[i];
      context.add(given[i]);
    }
    count_ += given.size();
  }
}

std::uint64_t PageCost::cost() const noexcept {
  std::uint64_t cost = low_bits_ * 256;
  for (const numeric::Histogram& symbols : symbols_) cost += numeric::entropy_cost(symbols);
  return cost;
}

}  // namespace npk::codec::integers
