// What a parity frame says, checked as far as the frame itself can show. Spec section 11.3.
#pragma once

#include "npk/format/parity.h"

namespace npk::reader {

// From the start of a body that has at least the head. Errors: decode_parity_head's; corrupt if its hash is another.
[[nodiscard]] Result<format::ParityHead> open_parity_head(ByteView body);

[[nodiscard]] format::ShardCheck check_of_shard(ByteView shard) noexcept;

// The whole body of the frame at `position`: its head, that it lies where its layout says, its length and its shards.
[[nodiscard]] Result<format::ParityHead> open_parity(ByteView body, std::uint64_t position);

}  // namespace npk::reader
