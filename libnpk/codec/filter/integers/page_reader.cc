#include "codec/filter/integers/page_reader.h"

#include <bit>
#include <cstring>

#include "codec/filter/numeric/elements.h"
#include "codec/filter/varint.h"
#include "npk/format/integer_column.h"

namespace npk::codec::integers {
namespace {

using LittleEndianWord = numeric::Element<std::uint64_t, 8, false>;  // one load, where g++ 12 makes eight of load_le here

}  // namespace

Result<PageReader> PageReader::make(std::span<const ByteView> parts) {
  if (parts.size() < kFirstSymbolsPart || parts.size() > kMostParts) return fail_corrupt("an integers payload has not 3 to 67 parts");
  PageReader reader;
  reader.elements_ = parts[kElementsPart];
  reader.control_ = parts[kControlPart];
  reader.low_bits_.bytes = parts[kLowBitsPart];
  std::ranges::copy(parts.subspan(kFirstSymbolsPart), reader.symbols_.begin());
  return reader;
}

Result<ByteView> PageReader::take_elements(std::size_t length) {
  if (length > elements_.size()) return fail_corrupt("an integers payload has too few elements");
  const ByteView taken = elements_.first(length);
  elements_ = elements_.subspan(length);
  return taken;
}

Result<ByteView> PageReader::take_control(std::size_t length) {
  if (length > control_.size()) return fail_corrupt("a page of integers ends early");
  const ByteView taken = control_.first(length);
  control_ = control_.subspan(length);
  return taken;
}

Result<std::uint64_t> PageReader::take_number() { return take_varint(control_); }

Result<LinearPrediction> PageReader::take_prediction(unsigned taps) {
  LinearPrediction prediction;
  prediction.taps = taps;
  if (taps == 0) return prediction;
  NPK_ASSIGN(const ByteView bytes, take_control(1 + 2 * taps));
  prediction.shift = bytes[0];
  if (prediction.shift > kMostShift) return fail_corrupt("a linear prediction is shifted too far");
  for (unsigned i = 0; i < taps; ++i) prediction.weights[i] = static_cast<std::int16_t>(load_le<std::uint16_t>(&bytes[1 + 2 * i]));
  return prediction;
}

Result<void> PageReader::read_column(std::uint8_t encoding, std::span<std::uint64_t> values) {
  NPK_ASSIGN(const std::uint64_t length, take_varint(control_));
  if (length > control_.size()) return fail_corrupt("a page of integers ends early");
  NPK_ASSIGN(const ByteView bytes, take_control(static_cast<std::size_t>(length)));
  const auto name = static_cast<format::ColumnEncoding>(encoding);
  if (!format::decode_integers(name, bytes, values)) return fail_corrupt("a page of integers is in no encoding of them");
  return {};
}

// Bits behind the end are zero; expect_end finds them missing.
std::uint64_t LowBits::word_at_end(std::size_t from, unsigned shift) const noexcept {
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 9 && from + i < bytes.size(); ++i) {
    const std::uint64_t byte = bytes[from + i];
    word |= 8 * i >= shift ? (8 * i - shift < 64 ? byte << (8 * i - shift) : 0) : byte >> (shift - 8 * i);
  }
  return word;
}

template <Numbers kNumbers>
[[gnu::always_inline]] inline std::uint64_t LowBits::take(std::uint64_t count, std::uint64_t mask) noexcept {
  const auto from = static_cast<std::size_t>(at / 8);
  const auto shift = static_cast<unsigned>(at % 8);
  at += count;
  if (kNumbers != Numbers::narrow_within && from + 9 > bytes.size()) [[unlikely]] return word_at_end(from, shift) & mask;
  std::uint64_t word = LittleEndianWord::load(bytes.data() + from) >> shift;
  if (kNumbers == Numbers::wide && shift + count > 64) [[unlikely]] word |= std::uint64_t{bytes[from + 8]} << (64 - shift);
  return word & mask;
}

bool PageReader::read_classes(unsigned bits, std::span<std::uint64_t> values) {
  const Classes classes(bits / 8);
  if (classes.precision() != precision_) {
    precision_ = classes.precision();
    for (unsigned symbol = 0; symbol <= classes.most_symbol(); ++symbol) {
      const unsigned low = classes.low_bits_of(symbol);
      by_symbol_[symbol] = {classes.least_of(symbol), (std::uint64_t{1} << low) - 1, low};
    }
  }
  if (bits > 32) return read_numbers<Numbers::wide>(classes, values);
  // 30 low bits a number at most.
  const bool are_within = low_bits_.at / 8 + 4 * values.size() + 9 <= low_bits_.bytes.size();
  return are_within ? read_numbers<Numbers::narrow_within>(classes, values) : read_numbers<Numbers::narrow>(classes, values);
}

template <Numbers kNumbers>
bool PageReader::read_numbers(Classes classes, std::span<std::uint64_t> values) noexcept {
  // Copies, which the values cannot be written over.
  Context context = context_;
  LowBits low_bits = low_bits_;
  unsigned current = context.stream();
  Context::Range range = context.range();
  ByteView symbols = symbols_[current];
  for (std::uint64_t& value : values) {
    // A branch: a stream most often follows itself, and foretold the next symbol is known before the numbers are.
    if (!context.is_in(range)) [[unlikely]] {
      symbols_[current] = symbols;
      current = context.stream();
      range = context.range();
      symbols = symbols_[current];
    }
    if (symbols.empty()) return false;
    const unsigned symbol = symbols.front();
    symbols = symbols.subspan(1);
    if (kNumbers == Numbers::wide && symbol > classes.most_symbol()) return false;
    const auto& [least, mask, low] = by_symbol_[symbol];
    value = least | low_bits.take<kNumbers>(low, mask);  // also of none: no branch could be foretold
    kNumbers == Numbers::wide ? context.add(value) : context.add_short(value);
  }
  symbols_[current] = symbols;
  context_ = context;
  low_bits_ = low_bits;
  return true;
}

Result<LinearPrediction> PageReader::read(unsigned bits, std::span<std::uint64_t> values) {
  NPK_ASSIGN(const ByteView head, take_control(1));
  const std::uint8_t tag = head[0];
  LinearPrediction prediction;
  if (tag < kClasses) {
    NPK_TRY(read_column(tag, values));
  } else {
    const bool is_adaptive = tag >= kAdaptive;
    const auto taps = static_cast<unsigned>(tag - (is_adaptive ? kAdaptive : kClasses));
    if (taps > kMostTaps) return fail_corrupt("a page of integers has no such tag");
    NPK_ASSIGN(prediction, take_prediction(taps));
    prediction.is_adaptive = is_adaptive;
    if (!read_classes(bits, values)) return fail_corrupt("a page of integers lacks symbols");
  }
  std::uint64_t all = 0;
  for (const std::uint64_t value : values) all |= value;
  if (static_cast<unsigned>(std::bit_width(all)) > bits) return fail_corrupt("an integer is longer than its element");
  return prediction;
}

Result<void> PageReader::expect_end() const {
  if (!elements_.empty() || !control_.empty()) return fail_corrupt("bytes follow the pages of an integers payload");
  if (!std::ranges::all_of(symbols_, &ByteView::empty)) return fail_corrupt("symbols follow the pages of an integers payload");
  const auto& [low, at] = low_bits_;
  if (low.size() != (at + 7) / 8) return fail_corrupt("the low bits of an integers payload are too few or too many");
  if (at % 8 != 0 && low.back() >> (at % 8) != 0) return fail_corrupt("the last low bits of an integers payload are not zero");
  return {};
}

}  // namespace npk::codec::integers
