// FieldEncoding::numbers: a byte of NumberForm, a byte `digits`, and a NumberStream.
#include <array>

#include "codec/filter/field_column/field_source.h"
#include "codec/filter/field_column/number_form.h"
#include "codec/filter/field_column/number_stream.h"

namespace npk::codec {
namespace {

class NumberSource final : public FieldSource {
 public:
  NumberSource(NumberForm form, unsigned digits, const NumberStream& stream) noexcept : stream_(stream), form_(form), digits_(digits) {}

  bool take(ByteView& value) override {
    if (stream_.at_end()) return false;
    std::uint8_t* const end = text_.data() + text_.size();
    const std::uint8_t* const begin = spell_number(form_, digits_, stream_.take(), end);
    value = {begin, end};
    return true;
  }
  bool at_end() const override { return stream_.at_end(); }

 private:
  NumberStream stream_;
  NumberForm form_;
  unsigned digits_;
  std::array<std::uint8_t, kMaxNumberBytes> text_{};
};

}  // namespace

FieldSourceResult open_numbers(ByteView part) {
  if (part.size() < 2) return bad_column("numbers of a filtered block have no form");
  const auto form = static_cast<NumberForm>(part[0]);
  if (form >= NumberForm::time || part[1] > kMaxNumberDigits) return bad_column("numbers of a filtered block have an unknown form");
  NPK_ASSIGN(const NumberStream stream, NumberStream::open(part.subspan(2)));
  return std::make_unique<NumberSource>(form, part[1], stream);
}

}  // namespace npk::codec
