#include <algorithm>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/numeric/encoder/choose_numeric.h"
#include "codec/filter/numeric/encoder/residuals.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastRawBytes = 256;

std::optional<std::size_t> encode_segments(ByteView raw, MutableBytes out, numeric::Allowed allowed) {
  const std::vector<numeric::Segment> segments = numeric::choose_segments(raw, allowed, out.size() - raw.size());
  if (segments.empty()) return std::nullopt;
  const Bytes plan = numeric::write_plan(segments);
  std::ranges::copy(plan, out.begin());
  numeric::SegmentEncoder encoder;
  MutableBytes to = out.subspan(plan.size());
  for (const numeric::Segment& segment : segments) {
    encoder.apply(segment.form, raw.first(segment.length), to.first(segment.length));
    raw = raw.subspan(segment.length);
    to = to.subspan(segment.length);
  }
  return out.size() - to.size();
}

std::optional<std::size_t> encode_elements(ByteView raw, MutableBytes out, numeric::Allowed allowed) {
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes || out.size() <= raw.size()) return std::nullopt;
  return encode_within(element_encoder_memory(raw.size()), kTableBytes, [&] { return encode_segments(raw, out, allowed); });
}

}  // namespace

std::optional<std::size_t> encode_byte_shuffle(ByteView raw, MutableBytes out) { return encode_elements(raw, out, numeric::Allowed::byte_shuffle); }
std::optional<std::size_t> encode_bit_shuffle(ByteView raw, MutableBytes out) { return encode_elements(raw, out, numeric::Allowed::bit_shuffle); }
std::optional<std::size_t> encode_element_delta(ByteView raw, MutableBytes out) { return encode_elements(raw, out, numeric::Allowed::element_delta); }
std::optional<std::size_t> encode_decimal_floats(ByteView raw, MutableBytes out) { return encode_elements(raw, out, numeric::Allowed::decimal_floats); }

}  // namespace npk::codec
