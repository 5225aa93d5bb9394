// One block: decoded once, its pieces written to their files.
#pragma once

#include <functional>
#include <span>

#include "ops/read/extract_session.h"

namespace npk::ops {

// Fills the buffer with the block's first raw bytes.
using LoadBlock = std::function<Result<void>(MutableBytes out)>;

// `pieces` by file, all within `needed_bytes`. A block that can't be loaded costs the files that need it. An error
// stops everything. Any thread.
[[nodiscard]] Result<void> restore_block(ExtractSession& session, std::span<const Piece> pieces,
                                         std::size_t needed_bytes, const LoadBlock& load);

}  // namespace npk::ops
