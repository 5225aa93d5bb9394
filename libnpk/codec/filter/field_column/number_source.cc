// FieldEncoding::numbers: a byte of NumberForm, a byte `digits`, for NumberForm::time the length of a pattern as a byte and the pattern, and a
// NumberStream.
#include <array>
#include <bit>
#include <cstring>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column/field_source.h"
#include "codec/filter/field_column/number_form.h"
#include "codec/filter/field_column/number_stream.h"
#include "codec/filter/field_column/time_pattern.h"

namespace npk::codec {
namespace {

class NumberSource : public FieldSource {
 public:
  NumberSource(NumberForm form, unsigned digits, const NumberStream& stream) noexcept : stream_(stream), form_(form), digits_(digits) {}

  bool take(ByteView& value) override {
    if (stream_.at_end()) return false;
    const std::uint64_t number = stream_.take();
    if (const ShortSpelling spelling = spell_short(form_, digits_, number); std::endian::native == std::endian::little && spelling.length > 0) {
      // In one store as wide as the load that it is copied with: others would wait for each other.
      const Words words = {spelling.text, 0};
      std::memcpy(text_.data(), &words, sizeof(words));
      value = ByteView(text_).first(spelling.length);
      return true;
    }
    std::uint8_t* const end = text_.data() + kMaxNumberBytes;
    const std::uint8_t* const begin = spell_number(form_, digits_, number, end);
    value = {begin, end};
    return true;
  }
  bool at_end() const override { return stream_.at_end(); }

 protected:
  NumberStream stream_;
  NumberForm form_;
  unsigned digits_;

 private:
  using Words [[gnu::vector_size(kValueSlack)]] = std::uint64_t;

  std::array<std::uint8_t, kMaxNumberBytes + kValueSlack> text_{};
};

class NumberBatchSource final : public NumberSource {
 public:
  using NumberSource::NumberSource;

  bool fills_batches() const override { return true; }
  void fill(ValueBatch& batch) override {
    std::array<std::uint64_t, ValueBatch::kValues> numbers;
    batch.count = stream_.take_some(numbers);
    spell_numbers(form_, digits_, std::span(numbers).first(batch.count), texts_, batch.values);
  }

 private:
  std::array<std::uint8_t, ValueBatch::kValues * kMaxNumberBytes + kValueSlack> texts_{};
};

static_assert(sizeof(NumberBatchSource) + sizeof(ValueBatch) <= kLeastBatchedBytes / 2);

class TimeSource final : public FieldSource {
 public:
  TimeSource(const TimeSpeller& speller, const NumberStream& stream) noexcept : stream_(stream), speller_(speller) {}

  bool take(ByteView& value) override {
    if (stream_.at_end()) return false;
    value = speller_.spell(static_cast<std::int64_t>(stream_.take()));
    return !value.empty();
  }
  bool at_end() const override { return stream_.at_end(); }

 private:
  NumberStream stream_;
  TimeSpeller speller_;
};

FieldSourceResult open_times(unsigned fraction_digits, ByteView part) {
  const std::size_t length = part.empty() ? 0 : part[0];
  if (fraction_digits > kMaxFractionDigits || length + 1 > part.size()) return bad_column("times of a filtered block have no pattern");
  const ByteView pattern = part.subspan(1, length);
  if (units_per_day(pattern, fraction_digits) == 0) return bad_column("times of a filtered block have an unknown pattern");
  NPK_ASSIGN(const NumberStream stream, NumberStream::open(part.subspan(1 + length)));
  return std::make_unique<TimeSource>(TimeSpeller(pattern, fraction_digits), stream);
}

static_assert(sizeof(TimeSource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_numbers(ByteView part) {
  if (part.size() < 2) return bad_column("numbers of a filtered block have no form");
  const auto form = static_cast<NumberForm>(part[0]);
  if (form == NumberForm::time) return open_times(part[1], part.subspan(2));
  if (form > NumberForm::time || part[1] > kMaxNumberDigits) return bad_column("numbers of a filtered block have an unknown form");
  NPK_ASSIGN(const NumberStream stream, NumberStream::open(part.subspan(2)));
  if (part.size() >= kLeastBatchedBytes) return std::make_unique<NumberBatchSource>(form, part[1], stream);
  return std::make_unique<NumberSource>(form, part[1], stream);
}

}  // namespace npk::codec
