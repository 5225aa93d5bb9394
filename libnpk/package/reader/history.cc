#include "package/reader/history.h"

#include <string>

#include "hash/hash.h"
#include "package/reader/locate.h"

namespace npk::reader {
namespace {

Result<PlacedCommit> read_before(const FrameReader& frames, const PlacedCommit& later) {
  Frame frame;
  NPK_TRY(frames.read_frame(later.commit.placement.previous_commit, frame));
  if (frame.header.type != format::FrameType::commit) return fail(Errc::corrupt, "a commit names as the one before it what is none");
  NPK_ASSIGN(format::Commit commit, open_commit(frame.body, frame.position, frames.limits()));
  const Digest hash = hash::blake3(format::encode_statement(commit.statement));
  if (hash != later.commit.statement.previous_statement || commit.statement.generation + 1 != later.commit.statement.generation)
    return fail(Errc::corrupt, "a commit names another statement than that of the commit before it");
  return PlacedCommit{{frame.position, frame.header.stored_length, frame.hash}, std::move(commit), hash};
}

void show(PlacedCommit at, PackageInfo& info) {
  info.commit_place = at.place;
  info.commit = std::move(at.commit);
  info.statement_hash = at.statement_hash;
}

}  // namespace

PlacedCommit newest_commit(const PackageInfo& info) { return {info.commit_place, info.commit, info.statement_hash}; }

Result<std::optional<PlacedCommit>> commit_before(const FrameReader& frames, const PlacedCommit& later) {
  const std::uint64_t position = later.commit.placement.previous_commit;
  if (position == 0) return std::nullopt;
  NPK_ASSIGN(PlacedCommit before, frames.placed(read_before(frames, later), position));
  return before;
}

Result<void> select_generation(const FrameReader& frames, std::uint64_t generation, PackageInfo& info) {
  PlacedCommit at = newest_commit(info);
  const std::uint64_t newest = at.commit.statement.generation;
  while (at.commit.statement.generation > generation) {
    NPK_ASSIGN(auto before, commit_before(frames, at));
    if (!before) break;
    at = *std::move(before);
  }
  if (at.commit.statement.generation != generation) {
    const bool is_older = generation < newest;
    return fail(Errc::misuse, "there is no generation " + std::to_string(generation) + ": the " + (is_older ? "oldest" : "newest") +
                                     " in the package is " + std::to_string(at.commit.statement.generation));
  }
  show(std::move(at), info);
  return {};
}

Result<void> select_not_after(const FrameReader& frames, std::int64_t seconds, PackageInfo& info) {
  PlacedCommit at = newest_commit(info);
  while (at.commit.statement.time_seconds > seconds) {
    NPK_ASSIGN(auto before, commit_before(frames, at));
    if (!before) return fail(Errc::misuse, "all generations of the package are newer than that");
    at = *std::move(before);
  }
  show(std::move(at), info);
  return {};
}

}  // namespace npk::reader
