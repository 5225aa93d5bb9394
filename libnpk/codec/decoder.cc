#include "codec/decoder.h"

#include <algorithm>
#include <string>

#include "codec/registry.h"

namespace npk::codec {
namespace {

std::unexpected<Error> beyond(std::string_view what, std::uint64_t value, std::uint64_t bound) {
  return fail(Errc::limit, std::string(what) + " of " + std::to_string(value) + " bytes is beyond the limit of " +
                               std::to_string(bound));
}

}  // namespace

Result<void> Decoder::decode_prefix(ByteView stored, ByteView base, std::uint64_t raw_length, MutableBytes out) {
  if (out.size() > raw_length) return fail(Errc::misuse, "more bytes asked for than the block has");
  if (raw_length > limits_.max_block_raw_bytes) return beyond("a block", raw_length, limits_.max_block_raw_bytes);
  if (base.size() > limits_.max_base_raw_bytes) return beyond("a base", base.size(), limits_.max_base_raw_bytes);
  if (out.empty() && raw_length > 0) return {};
  return decode(stored, base, raw_length, out);
}

Result<std::unique_ptr<Decoder>> make_decoder(CodecStep step, const Limits& limits) {
  const CodecInfo* codec = find_codec(step.id);
  if (codec == nullptr) return unknown_codec(step.id);
  std::unique_ptr<Decoder> decoder = codec->create_decoder(limits);
  NPK_TRY(decoder->configure(step));
  return decoder;
}

DecoderSet::DecoderSet(const Limits& limits) : limits_(limits) {}
DecoderSet::~DecoderSet() = default;

Result<Decoder*> DecoderSet::get(CodecStep step) {
  const auto slot = static_cast<std::size_t>(step.id);
  if (slot >= decoders_.size()) return unknown_codec(step.id);
  std::unique_ptr<Decoder>& decoder = decoders_[slot];
  if (decoder == nullptr) {
    NPK_ASSIGN(decoder, make_decoder(step, limits_));
  } else {
    NPK_TRY(decoder->configure(step));
  }
  return decoder.get();
}

std::uint64_t decoder_memory_bytes(CodecStep step, std::uint64_t raw_block_bytes, std::uint64_t raw_base_bytes) {
  constexpr std::uint64_t kZstdContexts = 320U << 10;  // ZSTD_DCtx with its input buffer, and a ZSTD_DDict
  constexpr std::uint64_t kZstdBlock = 128U << 10;
  constexpr std::uint64_t kLzmaContext = 64U << 10;
  switch (step.id) {
    case format::CodecId::zstd: return kZstdContexts + raw_block_bytes + kZstdBlock;
    case format::CodecId::lzma2: {
      const std::uint64_t dictionary = step.parameter == 0 ? kMaxLzmaDictionaryBytes : step.parameter;
      return kLzmaContext + std::min(dictionary, raw_block_bytes + raw_base_bytes + kMinLzmaDictionaryBytes);
    }
    case format::CodecId::store:
    case format::CodecId::lz4:
    default: break;  // a filter's: FilterInfo::decoder_memory
  }
  return 1024;
}

}  // namespace npk::codec
