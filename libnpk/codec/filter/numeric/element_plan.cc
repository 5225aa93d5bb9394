#include "codec/filter/numeric/decimals.h"
#include "codec/filter/varint.h"

namespace npk::codec::numeric {
namespace {

Result<std::uint8_t> take_byte(ByteView& bytes) {
  if (bytes.empty()) return fail_corrupt("the plan of an element filter ends early");
  const std::uint8_t byte = bytes.front();
  bytes = bytes.subspan(1);
  return byte;
}

Result<std::uint32_t> take_positive(ByteView& bytes, std::uint32_t most) {
  NPK_ASSIGN(const std::uint64_t value, take_varint(bytes));
  if (value == 0 || value > most) return fail_corrupt("a distance of an element filter is out of range");
  return static_cast<std::uint32_t>(value);
}

Result<ElementForm> take_form(ByteView& bytes) {
  NPK_ASSIGN(const std::uint8_t shape, take_byte(bytes));
  NPK_ASSIGN(const std::uint8_t method, take_byte(bytes));
  ElementForm form;
  form.width = shape & 0x0F;
  form.lead = (shape >> 4) & 7;
  form.big_endian = shape >> 7 != 0;
  const bool known_width = form.width == 1 || form.width == 2 || form.width == 3 || form.width == 4 || form.width == 8;
  if (!known_width || form.lead >= form.width || (form.width == 1 && form.big_endian)) return fail_corrupt("an element filter has elements of no known width");
  form.predictor = static_cast<Predictor>(method & 7);
  form.zigzag = (method & 8) != 0;
  form.layout = static_cast<Layout>(method >> 4 & 3);
  form.is_decimal = (method & 0x40) != 0;
  form.is_ranked = (method & 0x80) != 0;
  if (form.is_ranked && (form.layout != Layout::pages || form.is_decimal || form.width == 1)) return fail_corrupt("an element filter ranks what has no table");
  if (form.zigzag && (form.predictor == Predictor::none || form.predictor == Predictor::exclusive))
    return fail_corrupt("an element filter zigzags what has no sign");
  if (form.is_decimal) {
    if (form.width != 4 && form.width != 8) return fail_corrupt("an element filter has decimals that are no floats");
    NPK_ASSIGN(form.decimals, take_byte(bytes));
    if (form.decimals > (form.width == 4 ? kMaxFloatDecimals : kMaxDoubleDecimals)) return fail_corrupt("an element filter has too many decimals");
  }
  if (form.has_distance()) {
    NPK_ASSIGN(form.distance, take_positive(bytes, kMaxDistance));
  }
  if (form.has_row()) {
    NPK_ASSIGN(form.row, take_positive(bytes, kMaxRow));
  }
  if (form.layout == Layout::byte_planes) {
    NPK_ASSIGN(form.period, take_positive(bytes, kMaxPeriod));
  }
  return form;
}

}  // namespace

Result<std::vector<Segment>> take_plan(ByteView& filtered, std::uint64_t raw_length, Allowed allowed) {
  NPK_ASSIGN(const std::uint8_t count, take_byte(filtered));
  if (count == 0 || count > kMaxForms) return fail_corrupt("an element filter has too many forms");
  std::vector<ElementForm> forms;
  for (std::size_t i = 0; i < count; ++i) {
    NPK_ASSIGN(const ElementForm form, take_form(filtered));
    if (!is_allowed(form, allowed)) return fail_corrupt("an element filter has a form of another one");
    forms.push_back(form);
  }
  std::vector<Segment> segments;
  for (std::uint64_t rest = raw_length; rest > 0;) {
    if (segments.size() == kMaxSegments) return fail_corrupt("an element filter has too many segments");
    NPK_ASSIGN(const std::uint64_t code, take_varint(filtered));
    const std::uint64_t units = code / count;
    if (units > rest / kSegmentUnit) return fail_corrupt("a segment of an element filter is longer than its block");
    const std::uint64_t length = units == 0 ? rest : units * kSegmentUnit;
    segments.push_back({forms[static_cast<std::size_t>(code % count)], static_cast<std::size_t>(length)});
    rest -= length;
  }
  if (allowed != Allowed::integers && filtered.size() != raw_length) return fail_corrupt("the elements of an element filter are not as long as its block");
  return segments;
}

}  // namespace npk::codec::numeric
