#include "package/reader/history.h"

#include <string>

#include "hash/hash.h"
#include "package/reader/locate.h"

namespace npk::reader {
namespace {

// Generations between the two may have been dropped: then the hash is that of the last of these.
Result<void> check_succession(const format::Statement& before, const Digest& before_hash, const format::Statement& later) {
  if (before.generation >= later.generation) return fail_corrupt("a commit's generation is not above that of the commit before it");
  if (before.generation + 1 == later.generation && before_hash != later.previous_statement)
    return fail_corrupt("a commit names another statement than that of the commit before it");
  return {};
}

// Why there is none: too old, too new, or dropped.
std::string missing_text(std::uint64_t generation, std::uint64_t newest, std::uint64_t next_older, std::uint64_t next_newer) {
  const std::string none = "there is no generation " + std::to_string(generation) + ": ";
  if (generation > newest) return none + "the newest in the package is " + std::to_string(newest);
  if (generation < next_older) return none + "the oldest in the package is " + std::to_string(next_older);
  return none + "between " + std::to_string(next_older) + " and " + std::to_string(next_newer) + " none is kept in the package";
}

Result<PlacedCommit> read_before(const FrameReader& frames, const PlacedCommit& later) {
  Frame frame;
  NPK_TRY(frames.read_frame(later.commit.placement.previous_commit, frame));
  if (frame.header.type != format::FrameType::commit) return fail_corrupt("a commit names as the one before it what is none");
  NPK_ASSIGN(format::Commit commit, open_commit(frame.body, frame.position, frames.limits()));
  const Digest hash = hash::blake3(format::encode_statement(commit.statement));
  NPK_TRY(check_succession(commit.statement, hash, later.commit.statement));
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
  std::uint64_t next_newer = newest;
  while (at.commit.statement.generation > generation) {
    NPK_ASSIGN(auto before, commit_before(frames, at));
    if (!before) break;
    next_newer = at.commit.statement.generation;
    at = *std::move(before);
  }
  if (at.commit.statement.generation != generation)
    return fail(Errc::misuse, missing_text(generation, newest, at.commit.statement.generation, next_newer));
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
