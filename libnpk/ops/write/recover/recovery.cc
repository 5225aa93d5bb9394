#include "ops/write/recover/recovery.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "hash/content_root.h"
#include "npk/checked.h"
#include "npk/format/expansion.h"
#include "package/reader/expansion.h"

namespace npk::ops {
namespace {

using format::EntryKind;
using format::FrameType;

constexpr std::size_t kMostLost = 100'000;
constexpr std::size_t kMostRanges = 1'000;  // of an entry
constexpr std::uint64_t kMostHashedHoles = 16ULL << 30;

bool belongs_to_generation(FrameType type) noexcept {
  return type == FrameType::block || type == FrameType::dictionary || type == FrameType::manifest || type == FrameType::chunk_page ||
         type == FrameType::catalog_page || type == FrameType::commit;
}

std::uint64_t hole_bytes(const format::EntryRow& row) noexcept {
  std::uint64_t bytes = 0;
  for (const format::Run& run : row.runs) bytes += run.chunk_count == 0 ? run.byte_count : 0;
  return bytes;
}

LostEntry lost_of(const format::EntryRow& row, const std::vector<SalvagedPiece>& pieces) {
  LostEntry lost{.path = std::string(row.path), .size = row.size, .ranges = {}, .lost_bytes = 0, .kept_in_part = false};
  for (const SalvagedPiece& piece : pieces) {
    if (piece.kind != SalvagedPiece::Kind::lost) continue;
    lost.lost_bytes += piece.bytes;
    if (lost.ranges.size() < kMostRanges) lost.ranges.push_back({piece.offset, piece.bytes});
  }
  return lost;
}

// All of a file whose chunks are good and whose digest is another: which of them is wrong can't be told.
LostEntry all_of(const format::EntryRow& row) {
  return {.path = std::string(row.path), .size = row.size, .ranges = {{0, row.size}}, .lost_bytes = row.size, .kept_in_part = false};
}

}  // namespace

Result<void> Recovery::choose() {
  NPK_TRY(chunks_.load());
  NPK_ASSIGN(commits_, commits_of(frames_));
  NPK_TRY(chunks_.check({.threads = options_.threads, .stop = options_.stop}));
  report_.rebuilt_chunks = chunks_.rebuilt();
  report_.damaged_ranges = frames_.survey().gaps;
  report_.damaged_bytes = frames_.survey().gap_bytes;
  note_generations();
  const SalvagedCommit* newest = commits_.empty() ? nullptr : &commits_.front();
  for (const SalvagedCommit& commit : commits_) {
    if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_ASSIGN(const bool whole, take_if_whole(commit));
    if (whole) return {};
    if (options_.newest) break;
  }
  return take_what_is_there(newest);
}

void Recovery::note_generations() {
  const std::uint64_t last = commits_.empty() ? 0 : commits_.front().frame->header.sequence;
  for (const FoundFrame& frame : frames_.all()) {
    if (!commits_.empty() && frame.header.sequence > last && belongs_to_generation(frame.header.type)) ++report_.unfinished_frames;
    if (frame.header.type != FrameType::trailer) continue;
    const auto body = frames_.body(frame);
    if (!body) continue;
    const auto trailer = format::decode_trailer(*body);
    if (trailer) report_.newest_generation = std::max(report_.newest_generation, trailer->generation);
  }
  if (!commits_.empty()) report_.newest_generation = std::max(report_.newest_generation, commits_.front().commit.statement.generation);
}

Result<bool> Recovery::take_if_whole(const SalvagedCommit& commit) {
  NPK_ASSIGN(SalvagedTree tree, SalvagedTree::of_commit(frames_, commit));
  if (tree.size() != commit.commit.placement.totals.entries) return false;
  NPK_TRY(check_pieces(tree));
  NPK_ASSIGN(const bool whole, has_all(tree, commit.commit.statement.content_root));
  if (!whole) return false;
  report_.is_whole = true;
  report_.generation = commit.commit.statement.generation;
  report_.from_manifests = tree.from_manifests();
  commit_ = &commit;
  tree_.emplace(std::move(tree));
  return true;
}

Result<bool> Recovery::has_all(const SalvagedTree& tree, const Digest& content_root) const {
  hash::ContentRoot root;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> leaders;  // by scope and link group
  for (std::size_t number = 0; number < tree.size(); ++number) {
    const format::EntryRow row = tree.row(number);
    if (!is_all_there(row, chunks_)) return false;
    Digest digest{};
    if (row.digest) digest = *row.digest;
    else if (row.size == 0) digest = hash::blake3({});
    else if (const format::ChunkRow* chunk = row.runs.empty() ? nullptr : chunks_.find(row.runs.front().first_chunk)) digest = chunk->hash;
    std::string_view leader;
    if (row.link_group != 0) {
      const auto [group, is_first] = leaders.try_emplace({tree.scope(number), row.link_group}, row.path);
      if (!is_first) leader = group->second;
    }
    root.add(row.path, hash::canonical_entry_hash(row, digest, leader));
  }
  return root.finish() == content_root;
}

// As other readers: what all of it would expand to is bounded.
Result<void> Recovery::check_pieces(const SalvagedTree& tree) const {
  const std::uint64_t most = format::most_further_pieces(frames_.survey().source_bytes, options_.limits);
  std::uint64_t pieces = 0, bytes = 0;
  for (std::size_t number = 0; number < tree.size(); ++number) {
    std::uint64_t of_entry = 0;
    for (const format::Run& run : tree.row(number).runs) {
      of_entry = checked_add(of_entry, std::max<std::uint64_t>(run.chunk_count, 1)).value_or(UINT64_MAX);
      if (run.chunk_count != 0) bytes = checked_add(bytes, run.byte_count).value_or(UINT64_MAX);
    }
    pieces = checked_add(pieces, of_entry - std::min<std::uint64_t>(of_entry, 1)).value_or(UINT64_MAX);
  }
  if (pieces > most) return fail(Errc::limit, "the entries name more pieces of content than a package of this size may have");
  return reader::check_expansion(bytes, frames_.survey().source_bytes, options_.limits);
}

// By entry: 1 where all chunks are good, but the file's digest is another.
Result<std::vector<std::uint8_t>> Recovery::check_digests(const SalvagedTree& tree) const {
  std::vector<std::uint8_t> other(tree.size());
  NPK_TRY(pool::parallel_for_each_index({.threads = options_.threads, .stop = options_.stop}, tree.size(), [&](std::uint64_t number) -> Result<void> {
    const format::EntryRow row = tree.row(static_cast<std::size_t>(number));
    if (!row.digest || hole_bytes(row) > kMostHashedHoles || !is_all_there(row, chunks_)) return {};
    const auto digest = digest_of(pieces_of(row, chunks_), chunks_);
    other[static_cast<std::size_t>(number)] = digest && *digest == *row.digest ? 0 : 1;
    return {};
  }));
  return other;
}

Result<void> Recovery::take_what_is_there(const SalvagedCommit* commit) {
  NPK_ASSIGN(SalvagedTree tree, commit != nullptr ? SalvagedTree::of_commit(frames_, *commit) : SalvagedTree::of_manifests(frames_));
  if (tree.size() == 0) return fail(Errc::truncated, "damaged beyond recovery: nothing in it names an entry any more");
  NPK_TRY(check_pieces(tree));
  NPK_ASSIGN(const auto other_digest, check_digests(tree));
  report_.generation = commit == nullptr ? 0 : commit->commit.statement.generation;
  report_.from_manifests = tree.from_manifests();
  report_.unnamed_entries = tree.unnamed();
  leave_out_lost(tree, other_digest);
  if (tree.size() == 0) return fail(Errc::truncated, "damaged beyond recovery: names are left, but the content of none of them");
  commit_ = commit;
  tree_.emplace(std::move(tree));
  return {};
}

void Recovery::leave_out_lost(SalvagedTree& tree, const std::vector<std::uint8_t>& other_digest) {
  std::vector<bool> is_left_out(tree.size());
  for (std::size_t number = 0; number < tree.size(); ++number) {
    const format::EntryRow row = tree.row(number);
    if (row.kind != EntryKind::regular || (other_digest[number] == 0 && is_all_there(row, chunks_))) continue;
    LostEntry lost = other_digest[number] != 0 ? all_of(row) : lost_of(row, pieces_of(row, chunks_));
    lost.kept_in_part = options_.partial && lost.lost_bytes < row.size;
    is_left_out[number] = !lost.kept_in_part;
    note_lost(std::move(lost));
  }
  tree.erase(is_left_out);
}

void Recovery::note_lost(LostEntry lost) {
  report_.lost_bytes += lost.lost_bytes;
  if (report_.lost.size() < kMostLost) report_.lost.push_back(std::move(lost));
  else ++report_.lost_left_out;
}

void Recovery::note_unreadable(const Error& error) {
  const std::lock_guard lock(mutex_);
  note_lost({.path = error.path, .size = 0, .ranges = {}, .lost_bytes = 0, .kept_in_part = false});
}

Result<void> Recovery::finish(const WriteReport& written) {
  if (report_.is_whole && written.content_root != commit_->commit.statement.content_root)
    return fail_corrupt("what was read a second time is not what it was: the disk may be failing");
  report_.saved_entries = written.totals.entries;
  report_.saved_files = written.totals.files;
  report_.saved_bytes = written.totals.content_bytes;
  report_.package_bytes = written.package_bytes;
  std::ranges::sort(report_.lost, {}, &LostEntry::path);
  return {};
}

}  // namespace npk::ops
