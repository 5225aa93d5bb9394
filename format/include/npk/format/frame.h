// Frames: a 64-byte header in clear and a body; most bodies begin with an inner header (spec section 5).
#pragma once

#include <array>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/ids.h"
#include "npk/format/superblock.h"
#include "npk/limits.h"

namespace npk::format {

inline constexpr std::size_t kFrameHeaderBytes = 64;
inline constexpr std::array<std::uint8_t, 4> kFrameMagic = {'N', 'P', 'K', 'F'};
using PackageTag = std::array<std::uint8_t, 8>;

[[nodiscard]] PackageTag package_tag(const PackageId& id) noexcept;  // its first 8 bytes

struct FrameHeader {
  FrameType type{};                  // may hold a value this build does not know
  std::uint8_t flags = 0;            // kFrameMustUnderstand | kFrameSealed | kFrameCarriesSalt
  PackageTag tag{};
  std::uint32_t key_epoch = 0;
  std::uint32_t writer_salt_id = 0;
  std::uint64_t sequence = 0;        // 0 for the first frame of the package
  std::uint64_t stored_length = 0;   // bytes of the body
  std::uint64_t last_commit = 0;     // position of the last commit frame before this one; 0: none
  std::array<std::uint8_t, 8> body_check{};  // first 8 bytes of BLAKE3(body)
  std::uint32_t seal_counter = 0;    // of the frames of this type in this writing session; 0 unless sealed

  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

[[nodiscard]] std::array<std::uint8_t, kFrameHeaderBytes> encode_frame_header(const FrameHeader& header);

// Validates every field but the body check. truncated, corrupt (magic, checksum, tag, reserved), unsupported (header length,
// an unknown type marked must-understand), limit (stored length above limits.max_frame_bytes).
[[nodiscard]] Result<FrameHeader> decode_frame_header(ByteView bytes, const PackageTag& tag, const Limits& limits);

// What the segments of a sealed body are bound to: the header, with zeros for what is not known before the body is
// sealed (sequence, last commit) or covers the sealed bytes (body check, checksum). Spec section 14.
[[nodiscard]] std::array<std::uint8_t, kFrameHeaderBytes> seal_associated_data(const FrameHeader& header);

[[nodiscard]] bool is_known(FrameType type) noexcept;
// Envelope, trailer, parity and padding bodies have no inner header, and are never sealed.
[[nodiscard]] bool has_inner_header(FrameType type) noexcept;

// One step of a codec chain, in the order of encoding.
struct ChainStep {
  CodecId id{};
  std::int8_t level = 0;         // a record only
  std::uint32_t parameter = 0;   // zstd: window log; lzma2: dictionary bytes

  friend bool operator==(const ChainStep&, const ChainStep&) = default;
};

struct InnerHeader {
  std::uint64_t raw_length = 0;
  std::uint64_t base_position = 0;  // frame of the base; 0: none
  std::uint32_t padding_length = 0;
  std::vector<ChainStep> chain = {}; // empty: stored
};

inline constexpr std::size_t kInnerHeaderFixedBytes = 24;
inline constexpr std::size_t kBasePositionOffset = 8, kPaddingLengthOffset = 16;
inline constexpr std::size_t kChainStepBytes = 8;

// Appends the inner header to `out`.
void encode_inner_header(const InnerHeader& header, Bytes& out);

struct OpenedBody {
  InnerHeader header;
  ByteView payload;  // a view into the body, without padding
};

// Splits a body that has an inner header. Checks raw length against max_block_raw_bytes, chain length, reserved bytes, zero padding, and that an
// empty chain has payload length == raw length. The codec ids are not judged here.
[[nodiscard]] Result<OpenedBody> split_body(ByteView body, const Limits& limits);

}  // namespace npk::format
