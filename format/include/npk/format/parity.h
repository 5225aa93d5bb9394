// The body of a parity frame: what it protects and how that is laid out, the checks of its shards, the shards
// (spec section 11.3). A set of parity frames protects one range of the package; each of its frames says all of the
// layout.
#pragma once

#include <array>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/superblock.h"

namespace npk::format {

inline constexpr std::size_t kParityLayoutBytes = 168;  // what every body begins with
inline constexpr std::size_t kShardCheckBytes = 20;
inline constexpr std::size_t kShardHashBytes = 16;
inline constexpr std::size_t kWeakWindowBytes = 64;     // of a shard, that its weak check is of
inline constexpr std::uint32_t kMinShardBytes = 64;
inline constexpr std::uint32_t kMaxShardBytes = 1U << 20;
inline constexpr std::uint64_t kMaxParityHeadBytes = 16ULL << 20;
inline constexpr std::uint64_t kMaxParityGroupBytes = 256ULL << 20;  // the shards of one group of stripes
inline constexpr std::uint64_t kMaxProtectedPosition = 1ULL << 48;

// Data shard i of stripe t is the range's bytes from (i * stripes + t) * shard_bytes on, zeros behind its end. A group
// is `group_stripes` stripes one behind another; the last may have fewer. Frames: for each row 0 to parity_shards, one
// for each group; row j holds parity shard j of the group's stripes, the last row none.
struct ParityLayout {
  std::array<std::uint8_t, kSuperblockBytes> superblock{};  // as it should be at position 0
  std::uint64_t begin = 0;           // of the range
  std::uint64_t end = 0;             // here the first of the set's frames lies; the range ends with a trailer
  std::uint64_t protected_end = 0;   // behind the trailer that follows the set's frames
  std::uint64_t first_sequence = 0;  // of the set's frames
  std::uint64_t last_commit = 0;     // as in their headers
  std::uint32_t shard_bytes = 0;
  std::uint16_t data_shards = 0;     // in each stripe
  std::uint16_t parity_shards = 0;
  std::uint32_t stripes = 0;
  std::uint32_t group_stripes = 0;

  [[nodiscard]] std::uint64_t range_bytes() const noexcept { return end - begin; }
  [[nodiscard]] std::uint32_t stripe_shards() const noexcept { return std::uint32_t{data_shards} + parity_shards; }
  [[nodiscard]] std::uint32_t rows() const noexcept { return std::uint32_t{parity_shards} + 1; }
  [[nodiscard]] std::uint32_t groups() const noexcept { return (stripes - 1) / group_stripes + 1; }
  [[nodiscard]] std::uint64_t frames() const noexcept { return std::uint64_t{rows()} * groups(); }
  [[nodiscard]] std::uint32_t stripes_of(std::uint32_t group) const noexcept;
  [[nodiscard]] std::uint64_t head_bytes(std::uint32_t group) const noexcept;  // of a body: all before its shards
  [[nodiscard]] std::uint64_t shard_run_bytes(std::uint32_t group) const noexcept { return std::uint64_t{stripes_of(group)} * shard_bytes; }
  [[nodiscard]] std::uint64_t body_bytes(std::uint32_t group, std::uint32_t row) const noexcept;
  [[nodiscard]] std::uint64_t frame_position(std::uint32_t group, std::uint32_t row) const noexcept;
  [[nodiscard]] std::uint64_t trailer_position() const noexcept;  // behind the last of its frames
  // Where the data shards in slot i of a group's stripes begin, one behind another.
  [[nodiscard]] std::uint64_t data_position(std::uint32_t group, std::uint32_t slot) const noexcept;
  // Where the shards of a group's frame in a row below parity_shards begin.
  [[nodiscard]] std::uint64_t parity_position(std::uint32_t group, std::uint32_t row) const noexcept;

  friend bool operator==(const ParityLayout&, const ParityLayout&) = default;
};

struct ShardCheck {
  std::array<std::uint8_t, kShardHashBytes> hash{};  // the first bytes of BLAKE3 of the shard
  std::uint32_t weak = 0;                            // weak_check of its first bytes

  friend bool operator==(const ShardCheck&, const ShardCheck&) = default;
};

struct ParityHead {
  ParityLayout layout;
  std::uint32_t group = 0;
  std::uint16_t row = 0;
  std::vector<ShardCheck> checks;  // stripe by stripe of the group: data shards, then parity shards
  Digest hash{};                   // BLAKE3 of the head's bytes before it, as it says itself
};

// Without the hash at its end, which is of these bytes.
[[nodiscard]] Bytes encode_parity_head(const ParityHead& head);

// From the first kParityLayoutBytes of a body: all but the checks. Everything it says is consistent and within the
// bounds above. truncated, corrupt, limit.
[[nodiscard]] Result<ParityHead> decode_parity_layout(ByteView start);
// From a body, of which at least the head must be there; whether the hash holds is the caller's to check.
[[nodiscard]] Result<ParityHead> decode_parity_head(ByteView body);

// A polynomial of the first kWeakWindowBytes of a shard; cheap to carry on from each place to the next.
class WeakWindow {
 public:
  void start(const std::uint8_t* window) noexcept;
  // From the window that begins with `out` to the one that ends with `in`.
  void roll(std::uint8_t out, std::uint8_t in) noexcept;
  [[nodiscard]] std::uint32_t value() const noexcept { return static_cast<std::uint32_t>(sum_ >> 32); }

 private:
  std::uint64_t sum_ = 0;
};
[[nodiscard]] std::uint32_t weak_check(ByteView shard) noexcept;

}  // namespace npk::format
