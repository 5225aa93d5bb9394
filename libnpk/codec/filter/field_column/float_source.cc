// FieldEncoding::floats: a byte of FloatSpelling, a byte `precision` (0 unless it is scientific), varint count, a byte for each value (its exponent), and
// a NumberStream (the mantissas).
#include <array>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column/field_source.h"
#include "codec/filter/field_column/float_form.h"
#include "codec/filter/field_column/number_stream.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

class FloatSource final : public FieldSource {
 public:
  FloatSource(FloatSpelling spelling, unsigned precision, ByteView exponents, const NumberStream& mantissas) noexcept
      : exponent_(exponents.data()), mantissas_(mantissas), precision_(precision), spelling_(spelling) {}

  bool take(ByteView& value) override {
    if (mantissas_.at_end()) return false;
    value = ByteView(text_).first(spell_float(spelling_, precision_, {mantissas_.take(), *exponent_++}, text_.data()));
    return !value.empty();
  }
  bool at_end() const override { return mantissas_.at_end(); }

 private:
  const std::uint8_t* exponent_;
  NumberStream mantissas_;
  unsigned precision_;
  FloatSpelling spelling_;
  std::array<std::uint8_t, kMaxFloatBytes + kValueSlack> text_{};
};

static_assert(sizeof(FloatSource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_floats(ByteView part) {
  if (part.size() < 2) return bad_column("floats of a filtered block have no spelling");
  const auto spelling = static_cast<FloatSpelling>(part[0]);
  const unsigned precision = part[1];
  const auto scientific = scientific_spelling(spelling);
  if (!scientific && spelling > FloatSpelling::bare) return bad_column("floats of a filtered block have an unknown spelling");
  const unsigned most = scientific && scientific->exact ? kMostExactPrecision : kMostFloatPrecision;
  if (scientific ? precision == 0 || precision > most : precision != 0)
    return bad_column("floats of a filtered block have an unknown precision");
  part = part.subspan(2);
  NPK_ASSIGN(const std::uint64_t count, take_varint(part));
  if (count > part.size()) return bad_column("floats of a filtered block are cut");
  const ByteView exponents = part.first(static_cast<std::size_t>(count));
  NPK_ASSIGN(const NumberStream mantissas, NumberStream::open(part.subspan(exponents.size())));
  if (mantissas.count() != count) return bad_column("floats of a filtered block have more or fewer exponents");
  return std::make_unique<FloatSource>(spelling, precision, exponents, mantissas);
}

}  // namespace npk::codec
