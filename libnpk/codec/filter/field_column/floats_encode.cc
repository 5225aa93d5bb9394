#include "codec/filter/field_column/floats_encode.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/ascii.h"
#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastFloats = 32;
constexpr std::size_t kMostMantissaDigits = 18;

// Of a spelling: how it is made up.
struct FloatLook {
  std::size_t digits = 0;  // of the mantissa
  std::size_t behind = 0;  // of these, behind the point
  std::size_t exponent_digits = 0;
  bool pointed = false, scientific = false, upper = false, bare = false, zero = false, plus = false, unsigned_exponent = false;
};

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
  if (!look.scientific || ++at == text.size()) return std::nullopt;
  look.plus = text[at] == '+';
  look.unsigned_exponent = is_digit(text[at]);
  look.exponent_digits = text.size() - at - (look.unsigned_exponent ? 0U : 1U);
  return look;
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

// The digits and the exponent as they are spelled.
bool parse_exact(ByteView text, DecimalFloat& number) {
  const auto letter = std::ranges::find_if(text, [](std::uint8_t byte) { return (byte | 0x20) == 'e'; });
  if (letter == text.end() || !parse_plain(text.first(static_cast<std::size_t>(letter - text.begin())), number)) return false;
  const char* const end = reinterpret_cast<const char*>(text.data() + text.size());
  const char* at = end - (text.end() - letter) + 1;
  int exponent = 0;
  if (at != end && *at == '+') ++at;
  if (std::from_chars(at, end, exponent).ec != std::errc{} || exponent < -128 || exponent > 127) return false;
  number.exponent = static_cast<std::uint8_t>(exponent + static_cast<int>(kFloatExponentBias));
  return true;
}

// What is spelled otherwise than the form does is none.
bool parse_float(FloatForm form, ByteView text, DecimalFloat& number) {
  if (text.empty() || text.size() > kMaxFloatBytes) return false;
  const auto scientific = scientific_spelling(form.spelling);
  const bool parsed = !scientific ? parse_plain(text, number) : scientific->exact ? parse_exact(text, number) : parse_scientific(text, number);
  if (!parsed) return false;
  std::array<std::uint8_t, kMaxFloatBytes> spelled;
  const std::size_t length = spell_float(form.spelling, form.precision, number, spelled.data());
  return length == text.size() && same_bytes(spelled.data(), text.data(), length);
}

// What some values of a column look like.
struct FloatLooks {
  std::size_t count = 0, plain = 0, scientific = 0, upper = 0, bare = 0, zero = 0, pointed = 0, plus = 0, unsigned_exponents = 0;
  std::size_t least_exponent_digits = 3;
  std::array<std::size_t, kMaxFloatBytes + 1> precisions{};

  void add(const FloatLook& look) {
    upper += look.upper ? 1U : 0U;
    pointed += look.pointed ? 1U : 0U;
    bare += look.bare ? 1U : 0U;
    zero += look.zero && look.pointed ? 1U : 0U;
    ++(look.scientific ? scientific : plain);
    if (!look.scientific) return;
    ++precisions[look.behind];
    plus += look.plus ? 1U : 0U;
    unsigned_exponents += look.unsigned_exponent ? 1U : 0U;
    least_exponent_digits = std::clamp<std::size_t>(look.exponent_digits, 1, least_exponent_digits);
  }
};

}  // namespace

FilterVector<FloatForm> find_float_forms(FieldValues values) {
  if (values.size() < kLeastFloats) return {};
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kLooks);
  FloatLooks looks;
  for (std::size_t i = 0; i < values.size(); i += stride, ++looks.count) {
    if (const auto look = look_at(values[i])) looks.add(*look);
  }
  const std::size_t wanted = looks.count - looks.count / kExceptionShare;
  if (looks.pointed < looks.count / 4) return {};
  if (looks.plain >= wanted) return {FloatForm{looks.bare > looks.zero ? FloatSpelling::bare : FloatSpelling::plain, 0}};
  const auto precision = static_cast<unsigned>(std::ranges::max_element(looks.precisions) - looks.precisions.begin());
  if (looks.precisions[precision] < wanted || precision == 0 || precision > kMostFloatPrecision) return {};
  ScientificSpelling spelling{.upper = 2 * looks.upper > looks.scientific,
                              .plus = looks.plus >= looks.unsigned_exponents,
                              .exponent_digits = static_cast<unsigned>(looks.least_exponent_digits)};
  FilterVector<FloatForm> forms{{spelling.packed(), precision}};
  spelling.exact = true;
  if (precision <= kMostExactPrecision) forms.push_back({spelling.packed(), precision});
  return forms;
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
