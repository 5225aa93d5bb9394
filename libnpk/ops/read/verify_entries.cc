#include "ops/read/verify_entries.h"

#include <algorithm>

#include "hash/hash.h"
#include "npk/checked.h"

namespace npk::ops {
namespace {

Result<void> check_node(const format::CatalogNode& node, const std::optional<int>& height, const std::string& first_path) {
  if (height && node.height != *height) return fail_corrupt("a catalog page's height is not one less than its parent's");
  if (height && node.children.front().first_path != first_path) return fail_corrupt("a catalog page's first path is not what its parent says");
  return {};
}

DigestTask task_of(const Entry& entry, const EntryRow& row) {
  DigestTask task{.first_chunk = UINT64_MAX, .content = {}, .entry = entry.number()};
  hash::Blake3 hasher;
  const auto add = [&](std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes;
    store_le(bytes.data(), value);
    hasher.update(bytes);
  };
  for (const format::Run& run : row.runs) {
    if (run.chunk_count != 0 && task.first_chunk == UINT64_MAX) task.first_chunk = run.first_chunk;
    add(run.first_chunk);
    add(run.chunk_count);
    add(run.byte_count);
  }
  hasher.update(*row.digest);
  const Digest all = hasher.finish();
  std::copy_n(all.begin(), task.content.size(), task.content.begin());
  return task;
}

}  // namespace

struct EntryCheck::Walk {
  const std::function<Result<void>(const Entry&)>& visit;
  bool note;
  bool complete = true;

  Result<void> damaged(DamageList& damages, Error error, const Place& place) {
    complete = false;
    if (!note) return {};
    if (place.entries != 0 && !place.first_path.empty())
      error.message += "; " + std::to_string(place.entries) + " entries from \"" + place.first_path + "\" on can't be told";
    return damages.note(DamageKind::catalog_page, std::move(error));
  }
};

Result<bool> EntryCheck::for_each_readable(const std::function<Result<void>(const Entry&)>& visit, bool note) {
  Walk walk{visit, note};
  const std::uint64_t entries = package_.catalog().entry_count();
  if (entries == 0) return true;
  const format::FrameReference& root = package_.info().commit.placement.catalog_root;
  if (package_.commit_position() == 0) NPK_TRY(visit_rows({{}, 0, 0, entries, {}, {}}, walk));
  else NPK_TRY(visit_page({root, package_.commit_position(), 0, entries, {}, {}}, walk));
  return walk.complete;
}

Result<void> EntryCheck::visit_page(const Place& place, Walk& walk) {
  const auto page = package_.page_cache().get(format::FrameType::catalog_page, place.reference, place.before);
  if (!page) return walk.damaged(damages_, page.error(), place);
  if (const auto* node = std::get_if<reader::CatalogBranch>(&(*page)->content)) return visit_node(place, *node, walk);
  return visit_rows(place, walk);
}

Result<void> EntryCheck::visit_node(const Place& place, const format::CatalogNode& node, Walk& walk) {
  // Paths ascend within a node, so a page can't be a child twice; heights sink, so the walk ends.
  if (auto sound = package_.frames().placed(check_node(node, place.height, place.first_path), place.reference.position); !sound)
    return walk.damaged(damages_, std::move(sound).error(), place);
  std::uint64_t number = place.first_number;
  for (const format::CatalogChild& child : node.children) {
    const Place below{{child.position, child.stored_length, child.hash}, place.reference.position, number, child.entry_count, node.height - 1,
                      child.first_path};
    const LeafStart start{!root_.is_in_group(), linked_rows_};
    NPK_TRY(visit_page(below, walk));
    number += child.entry_count;
    if (!walk.note || !walk.complete || !root_known_ || child.content_hash == Digest{}) continue;
    if (number == package_.catalog().entry_count()) root_.end_group();
    if (auto sound = package_.frames().placed(check_content(child, start), place.reference.position); !sound)
      return walk.damaged(damages_, std::move(sound).error(), place);
  }
  return {};
}

// Its rows have gone into the content root.
Result<void> EntryCheck::check_content(const format::CatalogChild& leaf, const LeafStart& start) const {
  if (!start.begins_group || root_.is_in_group() || start.linked_rows != linked_rows_)
    return fail_corrupt("a catalog page is said to be a group of the content root, and is not");
  if (root_.last_group() != leaf.content_hash) return fail_corrupt("a catalog page has other content than its parent says");
  return {};
}

// The reader's own descent to the leaf compares it with all that leads to it.
Result<void> EntryCheck::visit_rows(const Place& place, Walk& walk) {
  Result<void> status;
  const auto visit = [&](const Entry& entry) {
    status = walk.visit(entry);
    return status.has_value();
  };
  auto read = package_.catalog().for_each(visit, place.first_number, place.first_number + place.entries);
  NPK_TRY(std::move(status));
  if (!read) return walk.damaged(damages_, std::move(read).error(), place);
  return {};
}

Result<void> EntryCheck::run() {
  NPK_ASSIGN(is_complete_, for_each_readable([this](const Entry& entry) { return add(entry); }, true));
  std::ranges::sort(digest_tasks_);
  groups_.clear();
  if (root_known_) content_root_ = root_.finish();
  if (!is_complete_ || package_.commit_position() == 0) return {};
  return check_sums();
}

Result<void> EntryCheck::check_sums() {
  const format::Commit& commit = package_.info().commit;
  if (auto sums = tally_.check(commit.placement.totals); !sums) NPK_TRY(damages_.note(DamageKind::totals, std::move(sums).error()));
  if (root_known_ && content_root_ != commit.statement.content_root)
    return damages_.note(DamageKind::totals, {Errc::corrupt, "the commit's content root is not that of the entries"});
  return {};
}

Result<void> EntryCheck::add(const Entry& entry) {
  const EntryRow row = entry.row();
  tally_.add(row);
  if (row.link_group != 0) ++linked_rows_;
  NPK_TRY(check_runs(row));
  if (row.digest) digest_tasks_.push_back(task_of(entry, row));
  return add_to_root(row, entry);
}

Result<void> EntryCheck::check_runs(const EntryRow& row) {
  for (const format::Run& run : row.runs) {
    auto sound = check_run(run);
    if (sound) continue;
    Error error = std::move(sound).error();
    error.path = row.path;
    NPK_TRY(damages_.note(DamageKind::reference, std::move(error), {}, {std::string(row.path)}));
  }
  return {};
}

// A chunk page that can't be read has been noted; what its chunks are can't be told.
Result<void> EntryCheck::check_run(const format::Run& run) const {
  if (run.chunk_count == 0) return {};
  const reader::ChunkTable& chunks = package_.chunks();
  if (!range_within(run.first_chunk, run.chunk_count, chunks.totals().chunks)) return fail_corrupt("its content refers to chunks that are not there");
  const auto first = chunks.chunk(run.first_chunk);
  if (!first) return {};
  const auto last = run.chunk_count == 1 ? first : chunks.chunk(run.first_chunk + run.chunk_count - 1);
  if (!last) return {};
  const std::uint64_t bytes = last->stream_position + last->length - first->stream_position;
  if (bytes == run.byte_count) return {};
  return fail(Errc::corrupt, "its content is said to have a piece of " + std::to_string(run.byte_count) + " bytes, but the chunks have " +
                                 std::to_string(bytes));
}

Result<void> EntryCheck::add_to_root(const EntryRow& row, const Entry& entry) {
  Digest digest{};
  if (row.kind == EntryKind::regular) {
    const auto found = reader_.digest(entry);
    if (!found) {  // noted: its reference, or the chunk page
      root_known_ = false;
      return {};
    }
    digest = *found;
  }
  NPK_ASSIGN(const std::string_view leader, leader_of(row, digest));
  root_.add(row.path, hash::canonical_entry_hash(row, digest, leader));
  return {};
}

Result<std::string_view> EntryCheck::leader_of(const EntryRow& row, const Digest& digest) {
  if (row.link_group == 0) return std::string_view();
  EntryRow pathless = row;
  pathless.path = {};
  const Digest columns = hash::canonical_entry_hash(pathless, digest, {});
  const auto [group, is_leader] = groups_.try_emplace(row.link_group, Group{std::string(row.path), columns});
  if (is_leader) return std::string_view();
  if (group->second.columns != columns) {
    NPK_TRY(damages_.note(DamageKind::reference, {Errc::corrupt, "a hard link differs from the others of its file", std::string(row.path)}, {},
                          {std::string(row.path)}));
  }
  return std::string_view(group->second.leader);
}

}  // namespace npk::ops
