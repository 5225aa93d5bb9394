#include <algorithm>

#include "codec/filter/numeric/element_form.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

using numeric::Allowed;

class ElementDecoder final : public FilterDecoder {
 public:
  explicit ElementDecoder(Allowed allowed) noexcept : allowed_(allowed) {}

  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override {
    if (filtered.size() < filtered_length) return false;
    NPK_ASSIGN(const std::vector<numeric::Segment> segments, numeric::take_plan(filtered, raw_length, allowed_));
    for (const numeric::Segment& segment : segments) {
      if (out.empty()) return true;
      const ByteView from = filtered.first(segment.length);
      filtered = filtered.subspan(segment.length);
      if (segment.length <= out.size()) {
        numeric::restore_segment(segment.form, from, out.first(segment.length));
        out = out.subspan(segment.length);
      } else {
        Bytes whole(segment.length);
        numeric::restore_segment(segment.form, from, whole);
        std::copy_n(whole.begin(), out.size(), out.begin());
        return true;
      }
    }
    return true;
  }

 private:
  Allowed allowed_;
};

}  // namespace

std::unique_ptr<FilterDecoder> create_byte_shuffle_decoder() { return std::make_unique<ElementDecoder>(Allowed::byte_shuffle); }
std::unique_ptr<FilterDecoder> create_bit_shuffle_decoder() { return std::make_unique<ElementDecoder>(Allowed::bit_shuffle); }
std::unique_ptr<FilterDecoder> create_element_delta_decoder() { return std::make_unique<ElementDecoder>(Allowed::element_delta); }
std::unique_ptr<FilterDecoder> create_decimal_floats_decoder() { return std::make_unique<ElementDecoder>(Allowed::decimal_floats); }
std::uint64_t element_decoder_memory(std::uint64_t raw_length) { return raw_length + (1U << 20); }

}  // namespace npk::codec
