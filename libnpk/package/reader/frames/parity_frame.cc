#include "package/reader/frames/parity_frame.h"

#include <algorithm>

#include "hash/hash.h"

namespace npk::reader {

Result<format::ParityHead> open_parity_head(ByteView body) {
  NPK_ASSIGN(format::ParityHead head, format::decode_parity_head(body));
  const auto covered = static_cast<std::size_t>(head.layout.head_bytes(head.group)) - sizeof(Digest);
  if (hash::blake3(body.first(covered)) != head.hash) return fail_corrupt("a parity frame's checks do not have the hash they should");
  return head;
}

format::ShardCheck check_of_shard(ByteView shard) noexcept {
  format::ShardCheck check;
  const Digest hash = hash::blake3(shard);
  std::copy_n(hash.begin(), check.hash.size(), check.hash.begin());
  check.weak = format::weak_check(shard);
  return check;
}

Result<format::ParityHead> open_parity(ByteView body, std::uint64_t position) {
  NPK_ASSIGN(format::ParityHead head, open_parity_head(body));
  const format::ParityLayout& layout = head.layout;
  if (layout.frame_position(head.group, head.row) != position) return fail_corrupt("a parity frame does not lie where it says");
  if (layout.body_bytes(head.group, head.row) != body.size()) return fail_corrupt("a parity frame has another length than it says");
  if (head.row == layout.parity_shards) return head;
  const std::size_t first = static_cast<std::size_t>(layout.head_bytes(head.group));
  for (std::uint32_t stripe = 0; stripe < layout.stripes_of(head.group); ++stripe) {
    const ByteView shard = body.subspan(first + std::size_t{stripe} * layout.shard_bytes, layout.shard_bytes);
    if (check_of_shard(shard) != head.checks[std::size_t{stripe} * layout.stripe_shards() + layout.data_shards + head.row])
      return fail_corrupt("a parity shard does not have the hash it should");
  }
  return head;
}

}  // namespace npk::reader
