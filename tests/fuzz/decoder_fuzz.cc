// links: npk_codec_encode npk_codec_decode npk_format
// Input: mode (1 byte: codec in the low two bits; bit 2: the rest is raw data to encode and decode again), parameter
// (4), raw length (2), a prefix's length (2), base length (1), base; the rest is the payload, or raw data. A decoder
// must keep within its output, and the start of a block must be the same whether it is decoded alone or with the rest.
// Its allocations are bounded by libFuzzer's -malloc_limit_mb.
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "fuzz/fuzz_input.h"

namespace {

using namespace npk;

struct Choices {
  codec::CodecStep step;
  std::uint64_t raw_length;
  std::size_t prefix;
  ByteView base;
};

bool is_known_refusal(Errc code) {
  return code == Errc::truncated || code == Errc::trailing_data || code == Errc::corrupt || code == Errc::limit ||
         code == Errc::unsupported;
}

Bytes decode_both(codec::Decoder& decoder, const Choices& choices, ByteView payload, bool must_succeed) {
  Bytes whole(choices.raw_length);
  Bytes prefix(choices.raw_length == 0 ? 0 : choices.prefix % choices.raw_length);
  const auto prefix_status = decoder.decode_prefix(payload, choices.base, choices.raw_length, prefix);
  const auto status = decoder.decode_prefix(payload, choices.base, choices.raw_length, whole);
  if (!status) {
    fuzz::require(!must_succeed && is_known_refusal(status.error().code), "an error of the right class");
    return {};
  }
  fuzz::require(prefix_status.has_value(), "a prefix of a good block is good");
  fuzz::require(std::ranges::equal(prefix, ByteView(whole).first(prefix.size())), "a prefix is the block's");
  return whole;
}

void round_trip(Choices choices, ByteView raw) {
  constexpr std::int8_t kLevels[] = {0, 3, 1, 0};
  choices.step.level =
      choices.step.id == format::CodecId::store ? std::int8_t{0} : kLevels[static_cast<std::size_t>(choices.step.id)];
  choices.step.parameter = 0;
  choices.raw_length = raw.size();
  auto encoder = codec::make_encoder({.step = choices.step});
  fuzz::require(encoder.has_value(), "an encoder for each codec");
  Bytes payload(codec::encoded_bound(choices.step.id, raw.size()));
  const auto length = (*encoder)->encode(raw, choices.base, payload);
  fuzz::require(length && *length, "room enough");
  payload.resize(**length);
  auto decoder = codec::make_decoder((*encoder)->step(), fuzz::limits());
  fuzz::require(decoder.has_value(), "a decoder for each codec");
  Bytes decoded = decode_both(**decoder, choices, payload, true);
  fuzz::require(std::ranges::equal(decoded, raw), "the same data again");
  if (payload.empty()) return;
  payload.pop_back();
  fuzz::require(!(*decoder)->decode_prefix(payload, choices.base, choices.raw_length, decoded),
                "a payload cut short is refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint8_t kRoundTrip = 4;
  fuzz::Input input(data, size);
  const std::uint8_t mode = input.byte();
  Choices choices{};
  choices.step.id = static_cast<format::CodecId>(mode & 3);
  choices.step.parameter = input.take<std::uint32_t>();
  choices.raw_length = input.take<std::uint16_t>();
  choices.prefix = input.take<std::uint16_t>();
  choices.base = input.bytes(input.byte());
  if ((mode & kRoundTrip) != 0) {
    round_trip(choices, input.rest());
    return 0;
  }
  codec::DecoderSet decoders(fuzz::limits());
  const auto decoder = decoders.get(choices.step);
  if (!decoder) return 0;
  decode_both(**decoder, choices, input.rest(), false);
  return 0;
}
