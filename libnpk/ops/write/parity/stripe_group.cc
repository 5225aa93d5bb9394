#include "ops/write/parity/stripe_group.h"

#include <algorithm>

#include "hash/hash.h"
#include "npk/format/commit.h"
#include "package/reader/frames/parity_frame.h"

namespace npk::ops {
namespace {

format::PackageTag tag_of(const format::ParityLayout& layout) {
  format::PackageTag tag;
  std::copy_n(layout.superblock.begin() + 16, tag.size(), tag.begin());  // the package id's first bytes
  return tag;
}

}  // namespace

StripeGroup::StripeGroup(const format::ParityLayout& layout)
    : layout_(layout), tag_(tag_of(layout)), code_(layout.data_shards, layout.parity_shards),
      memory_(static_cast<std::size_t>(layout.shard_run_bytes(0) * layout.stripe_shards())) {
  select(0);
}

void StripeGroup::select(std::uint32_t group) {
  group_ = group;
  stripes_ = layout_.stripes_of(group);
}

std::uint64_t StripeGroup::run_position(std::uint32_t slot) const noexcept {
  return slot < layout_.data_shards ? layout_.data_position(group_, slot) : layout_.parity_position(group_, slot - layout_.data_shards);
}

std::uint64_t StripeGroup::run_file_bytes(std::uint32_t slot) const noexcept {
  const std::uint64_t bytes = layout_.shard_run_bytes(group_);
  if (slot >= layout_.data_shards) return bytes;
  const std::uint64_t position = run_position(slot);
  return position >= layout_.end ? 0 : std::min(bytes, layout_.end - position);
}

MutableBytes StripeGroup::run(std::uint32_t slot) noexcept {
  const auto bytes = static_cast<std::size_t>(layout_.shard_run_bytes(group_));
  return MutableBytes(memory_).subspan(slot * bytes, bytes);
}

MutableBytes StripeGroup::shard(std::uint32_t slot, std::uint32_t stripe) noexcept {
  return run(slot).subspan(std::size_t{stripe} * layout_.shard_bytes, layout_.shard_bytes);
}

// Shards in one slot lie one behind another and have the same coefficients: all of the group's stripes at once.
void StripeGroup::encode() {
  std::vector<std::uint8_t*> runs;
  for (std::uint32_t slot = 0; slot < layout_.stripe_shards(); ++slot) runs.push_back(run(slot).data());
  const std::span<std::uint8_t* const> all(runs);
  code_.encode(run(0).size(), all.first(layout_.data_shards), all.subspan(layout_.data_shards));
}

bool StripeGroup::recover(std::uint32_t stripe, std::span<const unsigned> lost) {
  std::vector<std::uint8_t*> shards;
  for (std::uint32_t slot = 0; slot < layout_.stripe_shards(); ++slot) shards.push_back(shard(slot, stripe).data());
  return code_.recover(layout_.shard_bytes, shards, lost);
}

std::vector<format::ShardCheck> StripeGroup::checks() {
  std::vector<format::ShardCheck> checks;
  checks.reserve(std::size_t{stripes_} * layout_.stripe_shards());
  for (std::uint32_t stripe = 0; stripe < stripes_; ++stripe) {
    for (std::uint32_t slot = 0; slot < layout_.stripe_shards(); ++slot) checks.push_back(reader::check_of_shard(shard(slot, stripe)));
  }
  return checks;
}

format::FrameHeader StripeGroup::frame_header(std::uint32_t row, ByteView head) {
  hash::Blake3 hash;
  hash.update(head);
  if (row < layout_.parity_shards) hash.update(run(layout_.data_shards + row));
  const Digest digest = hash.finish();
  format::FrameHeader header{.type = format::FrameType::parity, .tag = tag_};
  header.sequence = layout_.first_sequence + std::uint64_t{row} * layout_.groups() + group_;
  header.stored_length = layout_.body_bytes(group_, row);
  header.last_commit = layout_.last_commit;
  std::copy_n(digest.begin(), header.body_check.size(), header.body_check.begin());
  return header;
}

Bytes StripeGroup::frame_start(std::uint32_t row, const std::vector<format::ShardCheck>& checks) {
  Bytes head = format::encode_parity_head({.layout = layout_, .group = group_, .row = static_cast<std::uint16_t>(row), .checks = checks, .hash = {}});
  const Digest digest = hash::blake3(head);
  head.insert(head.end(), digest.begin(), digest.end());
  const auto header = format::encode_frame_header(frame_header(row, head));
  Bytes start(header.begin(), header.end());
  start.insert(start.end(), head.begin(), head.end());
  return start;
}

Result<void> StripeGroup::write_frame(io::PlacedSink& to, std::uint32_t row, ByteView start) {
  const std::uint64_t position = layout_.frame_position(group_, row);
  NPK_TRY(to.write_at(position, start));
  return row < layout_.parity_shards ? to.write_at(position + start.size(), run(layout_.data_shards + row)) : Result<void>();
}

Result<Bytes> closing_trailer(const format::ParityLayout& layout, ByteView range_trailer_body) {
  NPK_ASSIGN(format::Trailer trailer, format::decode_trailer(range_trailer_body));
  trailer.package_length = layout.protected_end;
  const Bytes body = format::encode_trailer(trailer);
  if (layout.trailer_position() + format::kFrameHeaderBytes + body.size() != layout.protected_end)
    return fail_corrupt("the trailer behind the parity frames has another length than they say");
  const Digest digest = hash::blake3(body);
  format::FrameHeader header{.type = format::FrameType::trailer, .tag = tag_of(layout)};
  header.sequence = layout.first_sequence + layout.frames();
  header.stored_length = body.size();
  header.last_commit = layout.last_commit;
  std::copy_n(digest.begin(), header.body_check.size(), header.body_check.begin());
  const auto encoded = format::encode_frame_header(header);
  Bytes frame(encoded.begin(), encoded.end());
  frame.insert(frame.end(), body.begin(), body.end());
  return frame;
}

}  // namespace npk::ops
