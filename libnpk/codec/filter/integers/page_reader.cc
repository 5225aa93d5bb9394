#include "codec/filter/integers/page_reader.h"

#include <bit>
#include <cstring>

#include "codec/filter/varint.h"
#include "npk/format/integer_column.h"

namespace npk::codec::integers {
namespace {

std::unexpected<Error> corrupt(const char* what) { return fail(Errc::corrupt, what); }

}  // namespace

Result<PageReader> PageReader::make(std::span<const ByteView> parts) {
  if (parts.size() < kFirstSymbolsPart || parts.size() > kMostParts) return corrupt("an integers payload has not 3 to 67 parts");
  PageReader reader;
  reader.elements_ = parts[kElementsPart];
  reader.control_ = parts[kControlPart];
  reader.low_bits_ = parts[kLowBitsPart];
  std::ranges::copy(parts.subspan(kFirstSymbolsPart), reader.symbols_.begin());
  return reader;
}

Result<ByteView> PageReader::take_elements(std::size_t length) {
  if (length > elements_.size()) return corrupt("an integers payload has too few elements");
  const ByteView taken = elements_.first(length);
  elements_ = elements_.subspan(length);
  return taken;
}

Result<ByteView> PageReader::take_control(std::size_t length) {
  if (length > control_.size()) return corrupt("a page of integers ends early");
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
  if (prediction.shift > kMostShift) return corrupt("a linear prediction is shifted too far");
  for (unsigned i = 0; i < taps; ++i) prediction.weights[i] = static_cast<std::int16_t>(load_le<std::uint16_t>(&bytes[1 + 2 * i]));
  return prediction;
}

Result<void> PageReader::read_column(std::uint8_t encoding, std::span<std::uint64_t> values) {
  NPK_ASSIGN(const std::uint64_t length, take_varint(control_));
  if (length > control_.size()) return corrupt("a page of integers ends early");
  NPK_ASSIGN(const ByteView bytes, take_control(static_cast<std::size_t>(length)));
  if (!format::decode_integers(static_cast<format::ColumnEncoding>(encoding), bytes, values)) return corrupt("a page of integers is in no encoding of them");
  return {};
}

// Bits behind the end are zero; expect_end finds them missing.
std::uint64_t PageReader::take_low_bits(unsigned count) noexcept {
  const auto at = static_cast<std::size_t>(low_bits_at_ / 8);
  const auto shift = static_cast<unsigned>(low_bits_at_ % 8);
  low_bits_at_ += count;
  std::uint64_t word = 0;
  if (at + 9 <= low_bits_.size()) [[likely]] {
    word = load_le<std::uint64_t>(&low_bits_[at]) >> shift;
    if (shift + count > 64) word |= std::uint64_t{low_bits_[at + 8]} << (64 - shift);
  } else {
    for (unsigned i = 0; i < 9 && at + i < low_bits_.size(); ++i) {
      const std::uint64_t byte = low_bits_[at + i];
      word |= 8 * i >= shift ? (8 * i - shift < 64 ? byte << (8 * i - shift) : 0) : byte >> (shift - 8 * i);
    }
  }
  return word & ((std::uint64_t{1} << count) - 1);
}

bool PageReader::read_classes(unsigned bits, std::span<std::uint64_t> values) {
  const Classes classes(bits / 8);
  if (classes.precision() != precision_) {
    precision_ = classes.precision();
    for (unsigned symbol = 0; symbol < 256; ++symbol) low_bits_by_symbol_[symbol] = static_cast<std::uint8_t>(classes.low_bits_of(symbol));
  }
  const unsigned highest = 1U << precision_;
  Context context = context_;
  for (std::uint64_t& value : values) {
    ByteView& symbols = symbols_[context.stream()];
    if (symbols.empty()) return false;
    const unsigned symbol = symbols.front();
    symbols = symbols.subspan(1);
    if (symbol > classes.most_symbol()) return false;
    const unsigned low = low_bits_by_symbol_[symbol];
    value = low == 0 ? symbol : std::uint64_t{highest | (symbol & (highest - 1))} << low | take_low_bits(low);
    context.add(value);
  }
  context_ = context;
  return true;
}

Result<LinearPrediction> PageReader::read(unsigned bits, std::span<std::uint64_t> values) {
  NPK_ASSIGN(const ByteView head, take_control(1));
  const std::uint8_t tag = head[0];
  LinearPrediction prediction;
  if (tag < kClasses) {
    NPK_TRY(read_column(tag, values));
  } else {
    if (tag > kClasses + kMostTaps) return corrupt("a page of integers has no such tag");
    NPK_ASSIGN(prediction, take_prediction(tag - kClasses));
    if (!read_classes(bits, values)) return corrupt("a page of integers lacks symbols");
  }
  std::uint64_t all = 0;
  for (const std::uint64_t value : values) all |= value;
  if (static_cast<unsigned>(std::bit_width(all)) > bits) return corrupt("an integer is longer than its element");
  return prediction;
}

Result<void> PageReader::expect_end() const {
  if (!elements_.empty() || !control_.empty()) return corrupt("bytes follow the pages of an integers payload");
  if (!std::ranges::all_of(symbols_, &ByteView::empty)) return corrupt("symbols follow the pages of an integers payload");
  if (low_bits_.size() != (low_bits_at_ + 7) / 8) return corrupt("the low bits of an integers payload are too few or too many");
  if (low_bits_at_ % 8 != 0 && low_bits_.back() >> (low_bits_at_ % 8) != 0) return corrupt("the last low bits of an integers payload are not zero");
  return {};
}

}  // namespace npk::codec::integers
