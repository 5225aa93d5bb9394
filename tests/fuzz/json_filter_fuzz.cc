// links: npk_codec_encode npk_codec_decode
// Input: raw length (3 bytes, little-endian), wanted length (3 bytes), a filtered payload. What decodes is filtered again and must come back, as must
// the input itself; a prefix must be the prefix of the whole.
#include <algorithm>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "fuzz/fuzz_input.h"

namespace {

using npk::Bytes, npk::ByteView, npk::fuzz::require;

std::size_t load_24(const std::uint8_t* from) { return from[0] | std::size_t{from[1]} << 8U | std::size_t{from[2]} << 16U; }

npk::Result<Bytes> restore(ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  const auto decoder = npk::codec::find_filter(npk::format::CodecId::json)->create_decoder();
  Bytes out(wanted);
  if (wanted == 0) return out;
  NPK_ASSIGN(const bool done, decoder->restore(filtered, filtered.size(), raw_length, out));
  require(done, "all of a payload is enough");
  return out;
}

void expect_survives(ByteView raw) {
  if (raw.empty()) return;
  Bytes filtered(raw.size() + npk::codec::kMaxFilterGrowth);
  const auto length = npk::codec::find_filter_encoder(npk::format::CodecId::json)->encode(raw, filtered);
  if (!length) return;
  const auto back = restore(ByteView(filtered).first(*length), raw.size(), raw.size());
  require(back.has_value() && std::ranges::equal(*back, raw), "what is filtered comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHeader = 6, kMostRaw = 1U << 18;
  if (size < kHeader) return 0;
  const std::size_t raw_length = load_24(data) % kMostRaw;
  const std::size_t wanted = std::min(raw_length, load_24(data + 3));
  const ByteView filtered(data + kHeader, size - kHeader);
  const auto whole = restore(filtered, raw_length, raw_length);
  const auto prefix = restore(filtered, raw_length, wanted);
  require(whole || whole.error().code == npk::Errc::corrupt, "corrupt");
  require(prefix || prefix.error().code == npk::Errc::corrupt, "corrupt");
  require(!whole || (prefix && std::equal(prefix->begin(), prefix->end(), whole->begin())), "a prefix is that of the whole");
  expect_survives(filtered);
  if (whole) expect_survives(*whole);
  return 0;
}
