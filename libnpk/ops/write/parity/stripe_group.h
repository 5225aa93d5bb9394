// A group of stripes in memory: their shards, and the parity frames made of them.
#pragma once

#include <vector>

#include "io/placed_sink.h"
#include "npk/format/frame.h"
#include "npk/format/parity.h"
#include "parity/erasure_code.h"

namespace npk::ops {

// One thread. Used again for each group of one set; memory: the shards of one group, at most kMaxParityGroupBytes.
class StripeGroup {
 public:
  explicit StripeGroup(const format::ParityLayout& layout);

  void select(std::uint32_t group);
  [[nodiscard]] std::uint32_t group() const noexcept { return group_; }
  [[nodiscard]] std::uint32_t stripes() const noexcept { return stripes_; }

  // Where in the package the shards of a slot begin (below data_shards: of data), how many bytes of the file they have,
  // and the room for them: one shard behind another, the rest zeros.
  [[nodiscard]] std::uint64_t run_position(std::uint32_t slot) const noexcept;
  [[nodiscard]] std::uint64_t run_file_bytes(std::uint32_t slot) const noexcept;
  [[nodiscard]] MutableBytes run(std::uint32_t slot) noexcept;
  [[nodiscard]] MutableBytes shard(std::uint32_t slot, std::uint32_t stripe) noexcept;

  // All parity shards from all data shards.
  void encode();
  // As ErasureCode::recover, of one stripe.
  [[nodiscard]] bool recover(std::uint32_t stripe, std::span<const unsigned> lost);
  // Of all shards, in the order of ParityHead::checks.
  [[nodiscard]] std::vector<format::ShardCheck> checks();
  // What a parity frame of the group has before its shards: header and head. Its row's shards are there.
  [[nodiscard]] Bytes frame_start(std::uint32_t row, const std::vector<format::ShardCheck>& checks);
  // The parity frame of a row at its place; `start` is frame_start's.
  [[nodiscard]] Result<void> write_frame(io::PlacedSink& to, std::uint32_t row, ByteView start);

 private:
  [[nodiscard]] format::FrameHeader frame_header(std::uint32_t row, ByteView head);

  format::ParityLayout layout_;
  format::PackageTag tag_{};
  parity::ErasureCode code_;
  Bytes memory_;
  std::uint32_t group_ = 0, stripes_ = 0;
};

// The trailer frame that ends a set: as the one that ends its range, with another length and sequence.
[[nodiscard]] Result<Bytes> closing_trailer(const format::ParityLayout& layout, ByteView range_trailer_body);

}  // namespace npk::ops
