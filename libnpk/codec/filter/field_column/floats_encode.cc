#include "codec/filter/field_column/floats_encode.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLooks = 64;           // values looked at before all are parsed
constexpr std::size_t kExceptionShare = 8;   // one in so many values may be of another form
constexpr std::size_t kLeastFloats = 32;
constexpr std::size_t kMostMantissaDigits = 18;

// Of a spelling: how it is made up.
struct FloatLook {
  std::size_t digits = 0;  // of the mantissa
  std::size_t behind = 0;  // of these, behind the point
  bool pointed = false, scientific = false, upper = false, bare = false, zero = false;
};

bool is_digit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }

// Nothing if it is no number.
std::optional<FloatLook> look_at(ByteView text) {
  if (!text.empty() && text[0] == '-') text = text.subspan(1);
  if (text.empty() || text.size() > kMaxFloatBytes) return std::nullopt;
  FloatLook look{.bare = text[0] == '.', .zero = text[0] == '0'};
  std::size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !look.pointed)); ++at) {
    if (text[at] == '.') {
      look.pointed = true;
      continue;
    }
    ++look.digits;
    look.behind += look.pointed ? 1U : 0U;
  }
  if (look.digits == 0) return std::nullopt;
  if (at == text.size()) return look;
  look.scientific = (text[at] | 0x20) == 'e';
  look.upper = text[at] == 'E';
  return look.scientific ? std::optional(look) : std::nullopt;
}

bool parse_plain(ByteView text, DecimalFloat& number) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text = text.subspan(1);
  std::uint64_t magnitude = 0;
  std::size_t digits = 0, behind = 0;
  bool pointed = false;
  for (const std::uint8_t byte : text) {
    if (byte == '.' && !pointed) {
      pointed = true;
      continue;
    }
    if (!is_digit(byte) || (digits += magnitude > 0 || byte != '0' ? 1U : 0U) > kMostMantissaDigits) return false;
    magnitude = 10 * magnitude + (byte - '0');
    behind += pointed ? 1U : 0U;
  }
  if (behind > kMostPlainDigits) return false;
  number = {negative ? 0 - magnitude : magnitude, static_cast<std::uint8_t>(kFloatExponentBias - behind)};
  return true;
}

bool parse_scientific(ByteView text, DecimalFloat& number) {
  const char* const begin = reinterpret_cast<const char*>(text.data());
  double value = 0;
  if (std::from_chars(begin, begin + text.size(), value).ec != std::errc{}) return false;
  std::array<char, 32> shortest;
  const std::to_chars_result result = std::to_chars(shortest.data(), shortest.data() + shortest.size(), value, std::chars_format::scientific);
  if (result.ec != std::errc{}) return false;
  std::uint64_t magnitude = 0;
  int behind = 0, exponent = 0;
  const char* at = shortest.data();
  const bool negative = *at == '-';
  at += negative ? 1 : 0;
  for (bool pointed = false; at != result.ptr && *at != 'e'; ++at) {
    if (*at == '.') {
      pointed = true;
      continue;
    }
    if (!is_digit(static_cast<std::uint8_t>(*at))) return false;  // an infinity
    magnitude = 10 * magnitude + static_cast<std::uint64_t>(*at - '0');
    behind += pointed ? 1 : 0;
  }
  if (at == result.ptr) return false;
  at += at[1] == '+' ? 2 : 1;
  if (std::from_chars(at, result.ptr, exponent).ec != std::errc{}) return false;
  exponent += static_cast<int>(kFloatExponentBias) - behind;
  if (exponent < 0 || exponent > 255) return false;
  number = {negative ? 0 - magnitude : magnitude, static_cast<std::uint8_t>(exponent)};
  return true;
}

// Exact: what is spelled otherwise than the form does is none.
bool parse_float(FloatForm form, ByteView text, DecimalFloat& number) {
  if (text.empty() || text.size() > kMaxFloatBytes) return false;
  const bool plain = form.spelling == FloatSpelling::plain || form.spelling == FloatSpelling::bare;
  if (!(plain ? parse_plain(text, number) : parse_scientific(text, number))) return false;
  std::array<std::uint8_t, kMaxFloatBytes> spelled;
  const std::size_t length = spell_float(form.spelling, form.precision, number, spelled.data());
  return length == text.size() && same_bytes(spelled.data(), text.data(), length);
}

}  // namespace

std::optional<FloatForm> find_float_form(FieldValues values) {
  if (values.size() < kLeastFloats) return std::nullopt;
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kLooks);
  std::size_t looks = 0, plain = 0, scientific = 0, upper = 0, bare = 0, zero = 0, pointed = 0;
  std::array<std::size_t, kMaxFloatBytes + 1> precisions{};
  for (std::size_t i = 0; i < values.size(); i += stride, ++looks) {
    const auto look = look_at(values[i]);
    if (!look) continue;
    ++(look->scientific ? scientific : plain);
    upper += look->upper ? 1U : 0U;
    pointed += look->pointed ? 1U : 0U;
    bare += look->bare ? 1U : 0U;
    zero += look->zero && look->pointed ? 1U : 0U;
    if (look->scientific) ++precisions[look->behind];
  }
  const std::size_t wanted = looks - looks / kExceptionShare;
  if (pointed < looks / 4) return std::nullopt;
  if (plain >= wanted) return FloatForm{bare > zero ? FloatSpelling::bare : FloatSpelling::plain, 0};
  const auto precision = static_cast<unsigned>(std::ranges::max_element(precisions) - precisions.begin());
  if (precisions[precision] < wanted || precision == 0 || precision > kMostFloatPrecision) return std::nullopt;
  return FloatForm{2 * upper > scientific ? FloatSpelling::scientific_upper : FloatSpelling::scientific_lower, precision};
}

std::optional<FieldFloats> parse_floats(FieldValues values, FloatForm form) {
  FieldFloats found{form, {}, {}, {}};
  found.exponents.reserve(values.size());
  found.mantissas.reserve(values.size());
  const std::size_t most_exceptions = values.size() / kExceptionShare;
  for (std::size_t i = 0; i < values.size(); ++i) {
    DecimalFloat number;
    if (parse_float(form, values[i], number)) {
      found.exponents.push_back(number.exponent);
      found.mantissas.push_back(number.mantissa);
    } else {
      if (found.exceptions.size() == most_exceptions) return std::nullopt;
      found.exceptions.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return found;
}

std::optional<FilterBytes> encode_float_column(FieldValues values, FieldFloats found, NumberLayout layout) {
  if (found.mantissas.empty()) return std::nullopt;
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::floats), static_cast<std::uint8_t>(found.form.spelling),
                   static_cast<std::uint8_t>(found.form.precision)};
  append_varint(found.exponents.size(), part);
  part.insert(part.end(), found.exponents.begin(), found.exponents.end());
  append_numbers(std::move(found.mantissas), layout, part);
  if (part.size() < kMinimumTypedBytes) return std::nullopt;
  return found.exceptions.empty() ? part : encode_patched_column(values, found.exceptions, part);
}

}  // namespace npk::codec
