// The generations of a package, newest first: commits, each of which names the one before (spec section 7).
#pragma once

#include <optional>

#include "npk/reader.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::reader {

struct PlacedCommit {
  format::FrameReference place;
  format::Commit commit;
  Digest statement_hash{};
};

[[nodiscard]] PlacedCommit newest_commit(const PackageInfo& info);
// nullopt for the first, and where what was before has been dropped. Errors: as FrameReader; corrupt (no commit there,
// or not the one that is named).
[[nodiscard]] Result<std::optional<PlacedCommit>> commit_before(const FrameReader& frames, const PlacedCommit& later);

// Puts another generation into `info`. Errors: misuse (it is not there); as commit_before.
[[nodiscard]] Result<void> select_generation(const FrameReader& frames, std::uint64_t generation, PackageInfo& info);
// The newest that is not of a later time. Errors: likewise.
[[nodiscard]] Result<void> select_not_after(const FrameReader& frames, std::int64_t seconds, PackageInfo& info);

}  // namespace npk::reader
