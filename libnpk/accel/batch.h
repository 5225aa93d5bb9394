// Batches of like work over many items, the same results on every backend (engine.h): bit for bit, errors and all.
//
// All memory is the caller's. A batch's items lie in one input and one output; each item has a status of its own, and a bad item costs
// nothing but itself. check_batch() is what every backend does first: no kernel sees a place, size or parameter that it has not passed,
// and there is no mode without it. What is inside the items is checked by the operation itself, byte for byte.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::accel {

// "Values" are 64-bit unsigned, little-endian, back to back, at places divisible by 8 of the batch's input or output.
enum class Operation : std::uint8_t {
  varint_encode,   // values to LEB128: seven bits a byte, low first, as few bytes as do
  varint_decode,   // and back; corrupt: a varint of more than 64 bits or more bytes than it needs; truncated: the last does not end
  zigzag_encode,   // values, as signed ones, to 0, -1, 1, -2, … = 0, 1, 2, 3, …
  zigzag_decode,
  delta_encode,    // values to differences, modulo 2^64, parameter times (1 or 2); what precedes the first value is 0
  delta_decode,
  bit_pack,        // values to `parameter` (1 to 64) bits each, low bits first; out_of_range: one needs more
  bit_unpack,      // as many values as the item's output has room for; truncated: the input has fewer
  frame_encode,    // frame of reference: {64-bit least value, 32-bit width, 32-bit count}, then values less the least at width bits
  frame_decode,    // corrupt: width above 64; truncated
  dictionary,      // 32-bit indices, at places divisible by 4, to the values of Batch::table; out_of_range
  histogram,       // bytes to 256 counts of 32 bits and the 64-bit sum of bytes' information in 2^-16 bits: entropy * bytes
  pattern_match,   // all places of Batch::needles, overlapping ones too: position << 32 | needle, ascending
  cut_points,      // candidates for cuts (libnpk/chunk): end | strict << 32. The item's first `parameter` bytes (at most 63) precede what is
                   // scanned; positions count from there. Batch::table is the gear table, Batch::cuts the bounds
  blake3,          // bytes to their 32-byte plain BLAKE3
  lz4_decode,      // LZ4 block to at most what its output has room for; corrupt: anything that liblz4 refuses, or a distance of 0
};
inline constexpr std::size_t kOperations = 16;

// "varint_encode", …: stable.
[[nodiscard]] std::string_view name_of(Operation operation) noexcept;

enum class ItemStatus : std::uint32_t {
  ok,
  no_room,       // Outcome::bytes says what is needed
  truncated,
  out_of_range,
  corrupt,       // of several, the last in this list
};

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct Outcome {
  std::uint64_t bytes = 0;  // of output; where the item failed, no_room apart, 0, and its output is unspecified
  ItemStatus status = ItemStatus::ok;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct CutBounds {
  std::uint64_t loose = 0;   // a hash below it is a candidate,
  std::uint64_t strict = 0;  // below this one a strict one; strict <= loose
};

struct Batch {
  Operation operation{};
  ByteView input;
  std::span<const Extent> inputs;   // of items, within input; may overlap
  MutableBytes output;
  std::span<const Extent> outputs;  // where each item's output goes and what room it has: ascending, apart
  std::span<Outcome> outcomes;
  std::span<const std::uint32_t> parameters = {};  // by item, for operations that have one; else empty
  std::span<const std::uint64_t> table = {};       // dictionary, cut_points
  std::span<const ByteView> needles = {};          // pattern_match
  CutBounds cuts = {};
};

inline constexpr std::uint64_t kMostItemBytes = (std::uint64_t{1} << 32) - 1;

// In `size` bytes, and of at most kMostItemBytes.
[[nodiscard]] bool lies_within(const Extent& extent, std::size_t size) noexcept;
inline constexpr std::size_t kMostItems = std::size_t{1} << 24;
inline constexpr std::size_t kMostNeedles = std::size_t{1} << 16;
inline constexpr std::size_t kMostNeedleBytes = std::size_t{1} << 16;  // each, and 64 MiB all
inline constexpr std::size_t kWindowBytes = 63;                        // before a cut's slice

// Room that an item's output needs at most, whatever its bytes are (parameter: where there is one). For bit_unpack, lz4_decode and frame_decode
// the room is the caller's to know: what they give back at most for an input of that size (lz4_decode: 255 times as much).
// Errc::limit where that is above kMostItemBytes.
[[nodiscard]] Result<std::uint64_t> output_bound(Operation operation, std::uint64_t input_bytes, std::uint32_t parameter = 0);

// Errc::misuse, saying what, unless everything lies where it should and every number is in its range.
[[nodiscard]] Result<void> check_batch(const Batch& batch);

}  // namespace npk::accel
