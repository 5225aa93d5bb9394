// Private to npk_codec_decode: one function per codec, listed in registry.cc.
#pragma once

#include <memory>
#include <string>

#include "codec/decoder.h"

namespace npk::codec {

[[nodiscard]] std::unique_ptr<Decoder> create_store_decoder(const Limits& limits);
[[nodiscard]] std::unique_ptr<Decoder> create_zstd_decoder(const Limits& limits);
[[nodiscard]] std::unique_ptr<Decoder> create_lz4_decoder(const Limits& limits);
[[nodiscard]] std::unique_ptr<Decoder> create_lzma2_decoder(const Limits& limits);

[[nodiscard]] std::string zstd_version();
[[nodiscard]] std::string lz4_version();
[[nodiscard]] std::string lzma_version();

}  // namespace npk::codec
