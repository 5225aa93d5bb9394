// Values of fields of several kinds, deterministic.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/filter/field_column/field_encoding.h"

namespace npk::codec {

inline constexpr std::size_t kSampleValues = 300;

struct FieldKind {
  std::string_view name;
  std::string (*make_value)(std::mt19937_64& generator, std::size_t i);
  std::optional<FieldEncoding> encoding;  // what 3,000 of them are to be written as

  std::vector<std::string> make(std::size_t count, std::uint64_t seed) const {
    std::mt19937_64 generator(seed);
    std::vector<std::string> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(make_value(generator, i));
    return values;
  }
};

inline std::string random_letters(std::mt19937_64& generator, std::size_t most) {
  std::string word(generator() % (most + 1), ' ');
  for (char& letter : word) letter = static_cast<char>('a' + generator() % 26);
  return word;
}

inline std::string padded(std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

inline std::string hex(std::uint64_t number, std::size_t digits, const char* alphabet) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) text[i] = alphabet[number & 15];
  return text;
}

inline constexpr const char* kLowerDigits = "0123456789abcdef";
inline constexpr const char* kUpperDigits = "0123456789ABCDEF";

inline std::string time_text(const char* pattern, std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm fields{};
  char text[64];
  return {text, std::strftime(text, sizeof text, pattern, gmtime_r(&time, &fields))};
}

inline std::string fraction(std::mt19937_64& generator, std::size_t digits, bool shortest, bool pointed) {
  std::string text = std::to_string(generator() % 200) + "." + padded(generator() % 1'000'000, 6).substr(0, digits);
  while (shortest && text.back() == '0') text.pop_back();
  if (text.back() == '.') text += pointed ? "0" : "";
  if (text.back() == '.') text.pop_back();
  return (generator() % 4 == 0 && text.find_first_not_of("0.") != std::string::npos ? "-" : "") + text;
}

inline std::string spelled_float(const char* format, double value) {
  char text[64];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, format, value))};
}

// In scientific notation, with another spelling of the exponent: of `digits` at least, without the sign that is not needed, or of a mantissa below 1.
inline std::string respelled_float(const char* format, double value, int digits, bool plus, bool below_one) {
  const std::string text = spelled_float(format, value);
  const std::size_t letter = text.find_first_of("eE");
  int exponent = std::stoi(text.substr(letter + 1));
  std::string mantissa = text.substr(0, letter);
  if (below_one) {
    const std::size_t point = mantissa.find('.');
    std::swap(mantissa[point], mantissa[point - 1]);
    mantissa.insert(point - 1, "0");
    ++exponent;
  }
  char spelled[16];
  (void)std::snprintf(spelled, sizeof spelled, "%c%s%0*d", text[letter], exponent < 0 ? "-" : plus ? "+" : "", digits, std::abs(exponent));
  return mantissa + spelled;
}

// With so many decimal digits; around 1, of either sign.
inline double random_float(std::mt19937_64& generator, std::uint64_t digits) {
  const double value = static_cast<double>(digits / 10 + generator() % digits) / static_cast<double>(digits) / static_cast<double>(1 + generator() % 40);
  return generator() % 2 == 0 ? value : -value;
}

inline const FieldKind kFieldKinds[] = {
    {"words", [](auto& generator, std::size_t) { return random_letters(generator, 12); }, FieldEncoding::text},
    {"constant", [](auto&, std::size_t) -> std::string { return "always"; }, FieldEncoding::constant},
    {"empty", [](auto&, std::size_t) { return std::string(); }, FieldEncoding::constant},
    {"few", [](auto& generator, std::size_t) -> std::string {
       static const char* const kValues[] = {"optional", "required", "extra", "important", "standard", ""};
       return kValues[generator() % 6];
     }, FieldEncoding::dictionary},
    {"many", [](auto& generator, std::size_t) { return "https://example.org/" + hex(generator() % 700 * 0x9E3779B97F4A7C15ULL, 16, "ghijklmnopqrstuv"); }, {}},
    {"integers", [](auto& generator, std::size_t) { return std::to_string(generator() % 3'000'000); }, FieldEncoding::numbers},
    {"signed", [](auto& generator, std::size_t) { return std::to_string(static_cast<std::int64_t>(generator()) >> generator() % 64); }, {}},
    {"ascending", [](auto& generator, std::size_t i) { return std::to_string(1'000'000 * i + generator() % 1000); }, FieldEncoding::numbers},
    {"regular", [](auto& generator, std::size_t i) { return std::to_string(17 * i + (generator() % 50 == 0 ? 3 : 0)); }, FieldEncoding::numbers},
    {"padded", [](auto& generator, std::size_t) { return padded(generator() % 10'000, 6); }, FieldEncoding::numbers},
    {"prices", [](auto& generator, std::size_t) { return fraction(generator, 2, false, false); }, FieldEncoding::numbers},
    {"shortest", [](auto& generator, std::size_t) { return fraction(generator, 5, true, false); }, FieldEncoding::numbers},
    {"pointed", [](auto& generator, std::size_t) { return fraction(generator, 5, true, true); }, FieldEncoding::numbers},
    {"floats", [](auto& generator, std::size_t) { return spelled_float("%.15g", random_float(generator, 999'999'999'999'989)); }, FieldEncoding::floats},
    {"bare floats", [](auto& generator, std::size_t) {
       std::string text = spelled_float("%.8g", 3 * random_float(generator, 999'999'937));
       if (const std::size_t zero = text.find("0."); zero < 2) text.erase(zero, 1);
       return text;
     }, FieldEncoding::floats},
    {"scientific", [](auto& generator, std::size_t) { return spelled_float("%.18e", static_cast<double>(generator() % 9'999'999'937) / 1e9); },
     FieldEncoding::floats},
    {"upper-case scientific", [](auto& generator, std::size_t) { return spelled_float("%.16E", 1e-90 * random_float(generator, 999'999'999'999'989)); },
     FieldEncoding::floats},
    {"scientific with short exponents", [](auto&, std::size_t i) {
       return respelled_float("%.12e", std::sin(static_cast<double>(i) / 100), 1, false, false);
     }, FieldEncoding::floats},
    {"scientific with long exponents", [](auto& generator, std::size_t) {
       return respelled_float("%.14E", 1e-20 * random_float(generator, 999'999'999'999'989), 3, true, false);
     }, FieldEncoding::floats},
    {"exact doubles with long exponents", [](auto& generator, std::size_t) {
       return respelled_float("%.18e", static_cast<double>(generator() % 9'999'999'937) / 1e9, 3, true, false);
     }, FieldEncoding::floats},
    {"scientific below one", [](auto&, std::size_t i) { return respelled_float("%.9E", std::exp(static_cast<double>(i) / -500), 2, true, true); },
     FieldEncoding::floats},
    {"lower hex", [](auto& generator, std::size_t) { return hex(generator(), 12, kLowerDigits); }, FieldEncoding::numbers},
    {"upper hex", [](auto& generator, std::size_t) { return hex(generator(), 8, kUpperDigits); }, FieldEncoding::numbers},
    {"hash", [](auto& generator, std::size_t) { return hex(generator(), 16, kLowerDigits) + hex(generator(), 16, kLowerDigits); }, FieldEncoding::hex_bytes},
    {"UUID", [](auto& generator, std::size_t) {
       return hex(generator(), 8, kUpperDigits) + "-" + hex(generator(), 4, kUpperDigits) + "-4" + hex(generator(), 3, kUpperDigits) + "-" +
              hex(generator(), 4, kUpperDigits) + "-" + hex(generator(), 12, kUpperDigits);
     }, FieldEncoding::hex_bytes},
    {"time", [](auto& generator, std::size_t i) {
       return time_text("%Y-%m-%dT%H:%M:%SZ", static_cast<std::int64_t>(1'500'000'000 + 7 * i + generator() % 5));
     }, FieldEncoding::numbers},
    {"old time", [](auto& generator, std::size_t) {
       return time_text("%Y-%m-%d %H:%M:%S", static_cast<std::int64_t>(generator() % 250'000'000'000) - 30'000'000'000);
     },
     FieldEncoding::numbers},
    {"time with fraction", [](auto& generator, std::size_t i) {
       return "[" + time_text("%d/%b/%Y:%H:%M:%S", static_cast<std::int64_t>(1'700'000'000 + i)) + "." + padded(generator() % 1000, 3) + " +0000]";
     }, FieldEncoding::numbers},
    {"syslog", [](auto& generator, std::size_t i) {
       return time_text("%b %e %H:%M:%S", static_cast<std::int64_t>(1'700'000'000 + 5000 * i + generator() % 100));
     }, FieldEncoding::numbers},
    {"mail", [](auto& generator, std::size_t) {
       return time_text("%a, %d %b %Y %H:%M:%S +0100", static_cast<std::int64_t>(generator() % 2'000'000'000));
     }, FieldEncoding::numbers},
    {"day", [](auto& generator, std::size_t) { return time_text("%d.%m.%Y", static_cast<std::int64_t>(generator() % 1'700'000'000)); }, FieldEncoding::numbers},
    {"addresses", [](auto& generator, std::size_t) {
       std::string address = std::to_string(generator() % 256);
       for (int i = 0; i < 3; ++i) address += "." + std::to_string(generator() % 256);
       return address;
     }, FieldEncoding::shaped},
    {"paths", [](auto& generator, std::size_t) { return "/api/v1/users/" + random_letters(generator, 6) + "/orders/" + std::to_string(generator() % 100'000); },
     FieldEncoding::shaped},
    {"sorted", [](auto& generator, std::size_t i) { return hex(i / 3, 5, "abcdefghijklmnop") + random_letters(generator, 3); }, FieldEncoding::shared},
    {"aligned to the right", [](auto& generator, std::size_t) {
       const std::string text = fraction(generator, 3, false, false);
       return std::string(9 - text.size(), ' ') + text;
     }, FieldEncoding::padded},
    {"aligned to the left", [](auto& generator, std::size_t) {
       const std::string text = random_letters(generator, 11);
       return text + std::string(12 - text.size(), ' ');
     }, FieldEncoding::padded},
    {"aligned of a shape, but for some", [](auto& generator, std::size_t i) {
       const std::string text = i % 20 == 7 ? "other" : "/api/v1/" + random_letters(generator, 6) + "/" + std::to_string(generator() % 100'000);
       return text + std::string(24 - text.size(), ' ');
     }, FieldEncoding::padded},
    {"bytes", [](auto& generator, std::size_t) {
       std::string value(generator() % 20, ' ');
       for (char& byte : value) byte = static_cast<char>(generator());
       return value;
     }, FieldEncoding::lengths},
};

}  // namespace npk::codec
