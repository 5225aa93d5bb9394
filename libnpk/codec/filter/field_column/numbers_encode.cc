#include "codec/filter/field_column/numbers_encode.h"

#include <algorithm>
#include <array>

namespace npk::codec {
namespace {

constexpr std::size_t kLeastNumbers = 32;

constexpr unsigned kTimePatterns = 4;         // tried for one value

// Not std::optional: as it is returned it is stored in halves and loaded whole, which costs as much as all of the parsing.
bool parse(const SpelledForm& form, ByteView value, std::uint64_t& number) {
  if (form.form != NumberForm::time) return parse_number(form.form, form.digits, value, number);
  const auto time = parse_time(form.times, value);
  number = time.value_or(0);
  return time.has_value();
}

std::size_t count_fitting(const SpelledForm& form, FieldValues values, std::size_t stride) {
  std::size_t fitting = 0;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < values.size(); i += stride) fitting += parse(form, values[i], number) ? 1U : 0U;
  return fitting;
}

// Digits behind the point that no value has more of, and all but one in so many: a few values of many digits would make all numbers wide.
constexpr std::size_t kLongShare = 16;

struct FractionDigits {
  unsigned most = 0;
  unsigned usual = 0;
};

FractionDigits count_fraction_digits(FieldValues values) {
  std::array<std::size_t, kMaxNumberDigits> counts{};
  std::size_t longer = 0;
  for (const ByteView value : values) ++(fraction_digits(value) < counts.size() ? counts[fraction_digits(value)] : longer);
  FractionDigits found{kMaxNumberDigits - 1, kMaxNumberDigits - 1};
  while (found.most > 0 && counts[found.most] == 0) --found.most;
  while (found.usual > 0 && longer + counts[found.usual] <= values.size() / kLongShare) longer += counts[found.usual--];
  return found;
}

bool looks_numeric(ByteView value) {
  return !value.empty() && value.size() <= kMaxNumberBytes &&
         std::ranges::all_of(value, [](std::uint8_t byte) { return (byte >= '0' && byte <= '9') || byte == '-' || byte == '.'; });
}

bool looks_hex(ByteView value) {
  return !value.empty() && value.size() <= 16 && std::ranges::all_of(value, [](std::uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
  });
}

// What some of the values look like.
struct Looks {
  std::size_t wanted = 0;  // that the form has to fit
  std::size_t numeric = 0, hex = 0;
  std::size_t shortest = SIZE_MAX;  // of those that are either
  bool pointed = false;             // one of the numeric ones

  [[nodiscard]] bool have_fractions() const noexcept { return numeric >= wanted && pointed; }
};

Looks look_at(FieldValues values, std::size_t stride) {
  Looks found;
  std::size_t looks = 0;
  for (std::size_t i = 0; i < values.size(); i += stride, ++looks) {
    const bool number = looks_numeric(values[i]), hex = looks_hex(values[i]);
    found.numeric += number ? 1U : 0U;
    found.hex += hex ? 1U : 0U;
    found.pointed = found.pointed || (number && fraction_digits(values[i]) > 0);
    if (number || hex) found.shortest = std::min(found.shortest, values[i].size());
  }
  found.wanted = looks - looks / kExceptionShare;
  return found;
}

// What forms the values could have, going by some of them; those of numbers with a point have `digits`.
FilterVector<SpelledForm> possible_forms(FieldValues values, const Looks& looks, unsigned digits) {
  FilterVector<SpelledForm> forms;
  const auto width = static_cast<unsigned>(std::min<std::size_t>(looks.shortest, 16));
  if (looks.have_fractions() && digits > 0) {
    for (const NumberForm form : {NumberForm::scaled, NumberForm::scaled_shortest, NumberForm::scaled_pointed}) forms.push_back({form, digits, {}});
  } else if (looks.numeric >= looks.wanted) {
    forms = {{NumberForm::decimal, 1, {}}, {NumberForm::decimal, width, {}}};
  } else if (looks.hex >= looks.wanted) {
    forms = {{NumberForm::lower_hex, width, {}}, {NumberForm::upper_hex, width, {}}, {NumberForm::lower_hex, 1, {}}, {NumberForm::upper_hex, 1, {}}};
  }
  for (unsigned attempt = 0; attempt < kTimePatterns; ++attempt) {
    auto times = guess_pattern(values[values.size() / 2], attempt);
    if (!times) break;
    forms.push_back({NumberForm::time, times->fraction_digits, std::move(*times)});
  }
  return forms;
}

// Nothing if too many values have none.
std::optional<SpelledForm> best_form(FieldValues values, const Looks& looks, std::size_t stride, unsigned digits) {
  std::size_t most = 0;
  SpelledForm best;
  for (const SpelledForm& form : possible_forms(values, looks, digits)) {
    const std::size_t fitting = count_fitting(form, values, stride);
    if (fitting <= most) continue;
    most = fitting;
    best = form;
  }
  if (most < looks.wanted) return std::nullopt;
  return best;
}

}  // namespace

FilterVector<SpelledForm> find_forms(FieldValues values) {
  FilterVector<SpelledForm> forms;
  if (values.size() < kLeastNumbers) return forms;
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kLooks);
  const Looks looks = look_at(values, stride);
  const FractionDigits digits = looks.have_fractions() ? count_fraction_digits(values) : FractionDigits{};
  if (auto form = best_form(values, looks, stride, digits.most)) forms.push_back(*std::move(form));
  if (digits.usual < digits.most) {
    if (auto form = best_form(values, looks, stride, digits.usual)) forms.push_back(*std::move(form));
  }
  return forms;
}

std::optional<FieldNumbers> parse_numbers(FieldValues values, const SpelledForm& form) {
  FieldNumbers found{form, {}, {}};
  found.numbers.reserve(values.size());
  std::uint64_t number = 0;
  const std::size_t most_exceptions = values.size() / kExceptionShare;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (parse(form, values[i], number)) {
      found.numbers.push_back(number);
    } else {
      if (found.exceptions.size() == most_exceptions) return std::nullopt;
      found.exceptions.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return found;
}

std::optional<FilterBytes> encode_number_column(FieldValues values, FieldNumbers found, NumberLayout layout) {
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::numbers), static_cast<std::uint8_t>(found.form.form), static_cast<std::uint8_t>(found.form.digits)};
  if (found.form.form == NumberForm::time) {
    const Bytes& pattern = found.form.times.pattern;
    part.push_back(static_cast<std::uint8_t>(pattern.size()));
    part.insert(part.end(), pattern.begin(), pattern.end());
  }
  append_numbers(std::move(found.numbers), layout, part);
  if (part.size() < kMinimumTypedBytes) return std::nullopt;
  return found.exceptions.empty() ? part : encode_patched_column(values, found.exceptions, part);
}

}  // namespace npk::codec
