// Encoding of block payloads; the forms are those that decoder.h lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

#include "codec/codec_step.h"
#include "codec/encoder_pages.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

// zstd's own compression parameters; what is not set comes from the level. Ranges are zstd's (ZSTD_cParam_getBounds).
// The window log is CodecStep::parameter.
struct ZstdParameters {
  std::optional<int> strategy = {};  // 1 fast … 9 btultra2
  std::optional<int> hash_log = {};
  std::optional<int> chain_log = {};
  std::optional<int> search_log = {};
  std::optional<int> min_match = {};
  std::optional<int> target_length = {};
  std::optional<bool> long_distance = {};
  std::optional<bool> split_blocks = {};  // into parts of like bytes, each with statistics of its own; by itself from strategy 7 on
  std::optional<int> most_block_bytes = {};  // of zstd's blocks: shorter ones are a cheap way to statistics that fit
};

enum class LzmaMatchFinder : std::uint8_t { hash_chain_3 = 3, hash_chain_4 = 4, tree_2 = 18, tree_3 = 19, tree_4 = 20 };

// liblzma's; what is not set comes from the preset. The dictionary size is CodecStep::parameter.
struct LzmaParameters {
  std::optional<std::uint32_t> lc = {};           // 0..4, lc + lp at most 4
  std::optional<std::uint32_t> lp = {};           // 0..4
  std::optional<std::uint32_t> pb = {};           // 0..4
  std::optional<std::uint32_t> nice_length = {};  // 2..273; not below what the match finder's name ends in
  std::optional<std::uint32_t> depth = {};        // 0: chosen by the library
  std::optional<LzmaMatchFinder> match_finder = {};
  bool skips_noise = false;  // stretches of noise are stored, and no match reaches across one; not with a base
};

struct EncoderOptions {
  CodecStep step;
  ZstdParameters zstd = {};  // looked at for zstd only
  ZstdParameters long_block_zstd = {};  // instead of `zstd`, of blocks of long_block_bytes and more without a base
  std::size_t long_block_bytes = 0;     // 0: no block is so long
  LzmaParameters lzma = {};  // looked at for lzma2 only
  EncoderPages* pages = nullptr;  // that zstd and lzma2 take what is not short from: outlive the encoder, whose thread has them. Null: the heap
  std::stop_token stop = {};  // looked at by lzma2 only, which may take a minute for a block: every so many bytes
};

// Encodes blocks with one codec. Single-threaded; not thread-safe: one per thread. Reusable.
// Deterministic: the payload depends on the options, raw, base, out.size() and the library's version, on nothing else.
class Encoder {
 public:
  explicit Encoder(CodecStep step) noexcept : step_(step) {}
  virtual ~Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // Writes the payload to the front of `out` and returns its size, or nothing if it does not fit there: pass less room
  // than raw.size() to have "not worth it" as a value. out's content past the size returned is unspecified.
  // Keeps no view after the return. The three views do not overlap.
  // Errors: limit if raw is longer than the codec takes (2 GiB - 32 MiB for lz4); cancelled.
  [[nodiscard]] virtual Result<std::optional<std::size_t>> encode(ByteView raw, ByteView base, MutableBytes out) = 0;

  // The base of the encodes to come, which stays where it is, unchanged, until this is called again (at last with an empty
  // view): what is made of it is made once, by the first that needs it. Never changes a payload.
  virtual void keep_base(ByteView) {}

  // The step a decoder needs, its parameter filled in.
  [[nodiscard]] CodecStep step() const noexcept { return step_; }

 private:
  CodecStep step_;
};

// Errc::unsupported for an unknown codec; misuse, naming the field, for a value out of its range.
[[nodiscard]] Result<std::unique_ptr<Encoder>> make_encoder(const EncoderOptions& options);

// An estimate of what one encoder keeps and takes for blocks and bases of these raw lengths, besides the buffers that
// the caller passes. 0 for options that make_encoder refuses.
[[nodiscard]] std::uint64_t encoder_memory_bytes(const EncoderOptions& options, std::uint64_t raw_block_bytes,
                                                 std::uint64_t raw_base_bytes = 0);

// The most bytes a payload can take, whatever is in `raw_bytes` bytes: room enough for encode() never to return nothing.
[[nodiscard]] std::uint64_t encoded_bound(format::CodecId id, std::uint64_t raw_bytes);

}  // namespace npk::codec
