// Decoding of block payloads. Input is hostile: every decoder keeps within the output it is given and within memory
// bounded by what decoder_memory_bytes() says, whatever the payload holds.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "codec/codec_step.h"
#include "npk/bytes.h"
#include "npk/limits.h"
#include "npk/result.h"

namespace npk::codec {

// Decodes payloads of one codec. Not thread-safe: one per thread. Reusable, after an error too; keeps its library's
// context from call to call, so that a small read costs no set-up.
//
// Payloads:
//   store  the bytes
//   zstd   one zstd frame (RFC 8878) with the frame header descriptor byte 0: a window descriptor, no content size,
//          no dictionary id, no checksum. The base is a raw-content prefix (ZSTD_refPrefix).
//   lz4    one LZ4 block (lz4_Block_format.md); of the base, its last 64 KiB are the history before the block.
//   lzma2  one raw LZMA2 stream up to and including its end marker; the base is a preset dictionary.
class Decoder {
 public:
  explicit Decoder(const Limits& limits) noexcept : limits_(limits) {}
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Decodes the first out.size() bytes of the block that `stored` is the payload of, whose whole raw length is
  // raw_length; `base` is the raw bytes of the block's base, empty if it has none. No view is kept after the return.
  // Bytes of `stored` past what the prefix needs are not looked at; only with out.size() == raw_length is the
  // whole payload checked. On an error the content of `out` is unspecified.
  // Errors, besides misuse when out.size() > raw_length:
  //   limit          raw_length or the base is beyond Limits, or a zstd window beyond 2^parameter bytes
  //   truncated      `stored` ends before out.size() bytes are decoded, or before the codec's own end mark
  //   trailing_data  bytes of `stored` follow the codec's end
  //   corrupt        anything else: the data contradicts itself, ends short of raw_length, goes on beyond it, or is
  //                  not in the form above. LZ4 blocks have no end mark: truncation and trailing bytes are corrupt.
  [[nodiscard]] Result<void> decode_prefix(ByteView stored, ByteView base, std::uint64_t raw_length, MutableBytes out);

 private:
  friend class DecoderSet;
  friend Result<std::unique_ptr<Decoder>> make_decoder(CodecStep step, const Limits& limits);

  // Checks and takes over a step of the same codec. Errc::corrupt for a parameter below its range, limit for one above.
  [[nodiscard]] virtual Result<void> configure(CodecStep step) = 0;
  [[nodiscard]] virtual Result<void> decode(ByteView stored, ByteView base, std::uint64_t raw_length,
                                            MutableBytes out) = 0;

  Limits limits_;
};

// Errc::unsupported for an unknown codec, corrupt or limit for a parameter out of its range.
// Limits used: max_block_raw_bytes for raw_length, max_base_raw_bytes for the base.
[[nodiscard]] Result<std::unique_ptr<Decoder>> make_decoder(CodecStep step, const Limits& limits = {});

// One decoder per codec, made when first needed. Not thread-safe: one per thread.
class DecoderSet {
 public:
  explicit DecoderSet(const Limits& limits = {});
  ~DecoderSet();

  // The decoder for this step: never null, owned by the set, set to this step until the next call with the same codec.
  // Errors as make_decoder's.
  [[nodiscard]] Result<Decoder*> get(CodecStep step);

 private:
  static constexpr std::size_t kKnownCodecs = 4;

  Limits limits_;
  std::array<std::unique_ptr<Decoder>, kKnownCodecs> decoders_;
};

// An estimate, from above, of what a decoder of this step keeps or takes for blocks and bases of these raw lengths,
// besides the buffers that the caller passes.
[[nodiscard]] std::uint64_t decoder_memory_bytes(CodecStep step, std::uint64_t raw_block_bytes,
                                                 std::uint64_t raw_base_bytes = 0);

}  // namespace npk::codec
