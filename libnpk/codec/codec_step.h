// One step of a block's codec chain, as encoders and decoders are told it.
#pragma once

#include <cstdint>

#include "npk/format/ids.h"

namespace npk::codec {

// What `parameter` means, by codec (0 asks an encoder to choose; Encoder::step() tells what it chose):
//   store  unused, 0
//   zstd   window log, 10..28: no frame's window is larger than 2^parameter bytes
//   lz4    unused, 0
//   lzma2  dictionary size in bytes, 4 KiB..256 MiB
// `level` matters to encoders only: store 0; zstd -100..22 (0 is the library's default); lz4 0 for the fast
// compressor, 1..12 for HC; lzma2 0..9.
struct CodecStep {
  format::CodecId id = format::CodecId::store;
  std::int8_t level = 0;
  std::uint32_t parameter = 0;

  friend bool operator==(const CodecStep&, const CodecStep&) = default;
};

inline constexpr std::uint32_t kMinZstdWindowLog = 10;
inline constexpr std::uint32_t kMaxZstdWindowLog = 28;
inline constexpr std::uint32_t kMinLzmaDictionaryBytes = 4096;
inline constexpr std::uint32_t kMaxLzmaDictionaryBytes = 1U << 28;

}  // namespace npk::codec
