// What a commit keeps of its statement, and of signatures over it, when it is written anew in another form (spec section 7).
#pragma once

#include <optional>
#include <span>

#include "npk/format/commit.h"
#include "package/reader/signatures.h"

namespace npk::ops {

struct StatementRecord {
  format::CommitSection section;
  std::uint64_t signatures = 0;
};

// Of the commit at `position`. Nothing for a statement that nobody signed, unless `unsigned_too`.
[[nodiscard]] std::optional<StatementRecord> record_statement(const format::Statement& statement, std::uint64_t position,
                                                              std::span<const reader::SignatureFrame> signatures, bool unsigned_too);

}  // namespace npk::ops
