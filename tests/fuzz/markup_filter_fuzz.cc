// links: npk_codec_encode npk_codec_decode
// Input: raw length (3 bytes, little-endian), wanted length (3 bytes), a markup payload. What is restored is filtered again and must come
// back; a prefix must be the prefix of the whole. Then the input itself as markup.
#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "fuzz/fuzz_input.h"

namespace {

using npk::Bytes, npk::ByteView, npk::fuzz::require;
constexpr auto kMarkup = npk::format::CodecId::markup;

npk::Result<Bytes> restore(ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  Bytes out(wanted);
  if (wanted == 0) return out;
  const auto decoder = npk::codec::find_filter(kMarkup)->create_decoder();
  NPK_ASSIGN(const bool done, decoder->restore(filtered, filtered.size(), raw_length, out));
  require(done, "the whole payload is enough");
  return out;
}

void expect_survives(ByteView raw) {
  Bytes filtered(2 * raw.size() + 4096);
  const auto length = npk::codec::find_filter_encoder(kMarkup)->encode(raw, filtered);
  if (!length) return;
  require(*length <= filtered.size(), "a length within the room");
  const auto back = restore(ByteView(filtered).first(*length), raw.size(), raw.size());
  require(back.has_value() && std::ranges::equal(*back, raw), "the same bytes come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMostRaw = 1U << 18;
  npk::fuzz::Input input(data, size);
  const auto take_24 = [&input] { return input.take<std::uint16_t>() | std::size_t{input.byte()} << 16U; };
  const std::size_t raw_length = take_24() % kMostRaw;
  const std::size_t wanted = std::min(raw_length, take_24());
  const ByteView filtered = input.rest();
  const auto whole = restore(filtered, raw_length, raw_length);
  const auto prefix = restore(filtered, raw_length, wanted);
  require(whole || whole.error().code == npk::Errc::corrupt, "damage is called corrupt");
  require(prefix || prefix.error().code == npk::Errc::corrupt, "damage is called corrupt in a prefix");
  require(!whole || (prefix && std::equal(prefix->begin(), prefix->end(), whole->begin())), "a prefix of the whole");
  if (whole) expect_survives(*whole);
  expect_survives(filtered);
  return 0;
}
