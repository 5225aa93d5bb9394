#include "codec/registry.h"

#include <algorithm>
#include <array>

#include "codec/decoder_factories.h"
#include "npk/format/codec_name.h"

namespace npk::codec {
namespace {

std::string no_library() { return {}; }

constexpr std::array<CodecInfo, 4> kCodecs{{
    {format::CodecId::store, "store", "the bytes as they are", no_library, create_store_decoder},
    {format::CodecId::zstd, "zstd", "Zstandard: good ratio at high speed", zstd_version, create_zstd_decoder},
    {format::CodecId::lz4, "lz4", "LZ4: fastest to decode", lz4_version, create_lz4_decoder},
    {format::CodecId::lzma2, "lzma2", "LZMA2: smallest, slow to decode", lzma_version, create_lzma2_decoder},
}};

static_assert(std::ranges::all_of(kCodecs, [](const CodecInfo& codec) { return codec.name == format::registered_name(codec.id); }));

}  // namespace

std::span<const CodecInfo> codecs() noexcept { return kCodecs; }

const CodecInfo* find_codec(format::CodecId id) noexcept {
  const auto found = std::ranges::find(kCodecs, id, &CodecInfo::id);
  return found == kCodecs.end() ? nullptr : &*found;
}

Result<format::CodecId> codec_by_name(std::string_view name) {
  const auto found = std::ranges::find(kCodecs, name, &CodecInfo::name);
  if (found != kCodecs.end()) return found->id;
  std::string message = "no codec is called '" + std::string(name) + "'; there are";
  for (const CodecInfo& codec : kCodecs) message.append(" ").append(codec.name);
  return fail(Errc::unsupported, std::move(message));
}

std::string codec_name(format::CodecId id) {
  const std::string_view name = format::registered_name(id);
  return name.empty() ? "codec " + std::to_string(static_cast<unsigned>(id)) : std::string(name);
}

std::unexpected<Error> unknown_codec(format::CodecId id) {
  return fail(Errc::unsupported, "codec id " + std::to_string(static_cast<unsigned>(id)) + " is not known to this build");
}

}  // namespace npk::codec
