#include <algorithm>
#include <map>

#include "npk/format/catalog.h"
#include "npk/format/crc32c.h"
#include "npk/format/integer_column.h"
#include "npk/format/page.h"

namespace npk::format {
namespace {

constexpr std::size_t kGroupMinimumRows = 256;
constexpr std::size_t kGroupMaximumRows = 2048;
constexpr std::uint32_t kGroupMask = 0xFF;

using Integers = std::vector<std::uint64_t>;

void append(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

// Shared prefix with the path before, and the rest.
class PathColumns {
 public:
  void add(std::string_view path) {
    const auto shared = static_cast<std::size_t>(std::ranges::mismatch(path, previous_).in1 - path.begin());
    shared_.push_back(shared);
    suffix_lengths_.push_back(path.size() - shared);
    append(suffixes_, path.substr(shared));
    previous_ = path;
  }
  void write(PageBuilder& page) const {
    page.add_sparse_integers(ColumnId::path_shared, shared_);
    page.add_sparse_integers(ColumnId::path_suffix_length, suffix_lengths_);
    page.add_bytes(ColumnId::path_suffix, suffixes_);
  }

 private:
  Integers shared_, suffix_lengths_;
  Bytes suffixes_;
  std::string_view previous_;
};

// Owner and group names, each stored once in order of first appearance.
class NameColumns {
 public:
  std::uint64_t index_of(std::string_view name) {
    if (name.empty()) return 0;
    const auto [at, inserted] = index_.try_emplace(name, index_.size() + 1);
    if (inserted) {
      lengths_.push_back(name.size());
      append(bytes_, name);
    }
    return at->second;
  }
  void write(PageBuilder& page) const {
    if (!lengths_.empty()) page.add_integers(ColumnId::name_length, lengths_);
    page.add_bytes(ColumnId::name_bytes, bytes_);
  }

 private:
  std::map<std::string_view, std::uint64_t> index_;
  Integers lengths_;
  Bytes bytes_;
};

struct RunColumns {
  Integers first_chunk, chunk_count, bytes;
  std::uint64_t expected = 0;

  void add(std::span<const Run> runs) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const Run& run = runs[i];
      chunk_count.push_back(run.chunk_count);
      if (i + 1 < runs.size()) bytes.push_back(run.byte_count);
      if (run.chunk_count == 0) continue;
      first_chunk.push_back(zigzag_encode(static_cast<std::int64_t>(run.first_chunk - expected)));
      expected = run.first_chunk + run.chunk_count;
    }
  }
};

template <class Projection>
Integers column_of(std::span<const EntryRow> rows, Projection projection) {
  Integers values(rows.size());
  std::ranges::transform(rows, values.begin(), projection);
  return values;
}

void add_owners(PageBuilder& page, std::span<const EntryRow> rows) {
  NameColumns names;
  page.add_sparse_integers(ColumnId::uid, column_of(rows, [](const EntryRow& row) { return row.uid; }));
  page.add_sparse_integers(ColumnId::gid, column_of(rows, [](const EntryRow& row) { return row.gid; }));
  page.add_sparse_integers(ColumnId::user_name, column_of(rows, [&](const EntryRow& row) { return names.index_of(row.user_name); }));
  page.add_sparse_integers(ColumnId::group_name, column_of(rows, [&](const EntryRow& row) { return names.index_of(row.group_name); }));
  names.write(page);
}

void add_content(PageBuilder& page, std::span<const EntryRow> rows) {
  RunColumns runs;
  Bytes digests;
  for (const EntryRow& row : rows) {
    runs.add(row.runs);
    if (needs_digest(row)) digests.insert(digests.end(), row.digest->begin(), row.digest->end());
  }
  page.add_sparse_integers(ColumnId::size, column_of(rows, [](const EntryRow& row) { return row.size; }));
  page.add_sparse_integers(ColumnId::run_count, column_of(rows, [](const EntryRow& row) { return row.runs.size(); }));
  page.add_sparse_integers(ColumnId::run_first_chunk, runs.first_chunk);
  page.add_sparse_integers(ColumnId::run_chunk_count, runs.chunk_count);
  page.add_sparse_integers(ColumnId::run_bytes, runs.bytes);
  page.add_bytes(ColumnId::digest, digests);
}

void add_links_and_devices(PageBuilder& page, std::span<const EntryRow> rows) {
  Integers target_lengths, devices;
  Bytes targets;
  for (const EntryRow& row : rows) {
    if (row.kind == EntryKind::symlink) {
      target_lengths.push_back(row.target.size());
      append(targets, row.target);
    }
    if (row.kind == EntryKind::character_device || row.kind == EntryKind::block_device) devices.push_back(row.device);
  }
  page.add_sparse_integers(ColumnId::link_group, column_of(rows, [](const EntryRow& row) { return row.link_group; }));
  page.add_sparse_integers(ColumnId::target_length, target_lengths);
  page.add_bytes(ColumnId::target_bytes, targets);
  page.add_sparse_integers(ColumnId::device, devices);
}

void add_xattrs(PageBuilder& page, std::span<const EntryRow> rows) {
  Integers name_lengths, value_lengths;
  Bytes bytes;
  for (const EntryRow& row : rows) {
    for (const Xattr& xattr : row.xattrs) {
      name_lengths.push_back(xattr.name.size());
      value_lengths.push_back(xattr.value.size());
      append(bytes, xattr.name);
      append(bytes, xattr.value);
    }
  }
  page.add_sparse_integers(ColumnId::xattr_count, column_of(rows, [](const EntryRow& row) { return row.xattrs.size(); }));
  page.add_sparse_integers(ColumnId::xattr_name_length, name_lengths);
  page.add_sparse_integers(ColumnId::xattr_value_length, value_lengths);
  page.add_bytes(ColumnId::xattr_bytes, bytes);
}

void add_places(PageBuilder& page, const ChunkPlaces& places) {
  page.add_sparse_integers(ColumnId::chunk_length, places.lengths);
  if (!places.blocks.empty()) page.add_integers(ColumnId::chunk_block, places.blocks);
  if (places.gaps.empty()) return;
  Integers offsets;
  for (const std::uint64_t gap : places.gaps) offsets.push_back(2 * gap);  // zigzag of what is not negative
  page.add_integers(ColumnId::chunk_offset, offsets);
}

}  // namespace

bool needs_digest(const EntryRow& row) noexcept {
  return row.kind == EntryKind::regular && row.size != 0 && !(row.runs.size() == 1 && row.runs[0].chunk_count == 1);
}

bool ends_group(std::string_view path, std::size_t rows_so_far) noexcept {
  if (rows_so_far >= kGroupMaximumRows) return true;
  return rows_so_far >= kGroupMinimumRows && (crc32c(as_bytes(path)) & kGroupMask) == 0;
}

Bytes encode_catalog_page(PageKind kind, std::span<const EntryRow> rows, const ChunkPlaces& places) {
  PageBuilder page({.kind = kind, .row_count = static_cast<std::uint32_t>(rows.size())});
  PathColumns paths;
  for (const EntryRow& row : rows) paths.add(row.path);
  paths.write(page);
  page.add_integers(ColumnId::kind, column_of(rows, [](const EntryRow& row) { return static_cast<std::uint64_t>(row.kind); }));
  page.add_sparse_integers(ColumnId::mode, column_of(rows, [](const EntryRow& row) { return row.mode; }));
  add_owners(page, rows);
  page.add_sparse_integers(ColumnId::mtime_seconds, column_of(rows, [](const EntryRow& row) { return zigzag_encode(row.mtime_seconds); }));
  page.add_sparse_integers(ColumnId::mtime_nanoseconds, column_of(rows, [](const EntryRow& row) { return row.mtime_nanoseconds; }));
  add_content(page, rows);
  add_links_and_devices(page, rows);
  add_xattrs(page, rows);
  add_places(page, places);
  return page.build();
}

Bytes encode_catalog_node(std::uint8_t height, std::span<const CatalogChild> children, PageKind kind) {
  PageBuilder page({.kind = kind, .height = height, .row_count = static_cast<std::uint32_t>(children.size())});
  PathColumns paths;
  Integers positions, lengths, entries;
  Bytes hashes, content_hashes;
  for (const CatalogChild& child : children) {
    paths.add(child.first_path);
    positions.push_back(child.position);
    lengths.push_back(child.stored_length);
    entries.push_back(child.entry_count);
    hashes.insert(hashes.end(), child.hash.begin(), child.hash.end());
    content_hashes.insert(content_hashes.end(), child.content_hash.begin(), child.content_hash.end());
  }
  if (height != 1 || std::ranges::all_of(content_hashes, [](std::uint8_t byte) { return byte == 0; })) content_hashes.clear();
  paths.write(page);
  page.add_integers(ColumnId::child_position, positions);
  page.add_integers(ColumnId::child_stored_length, lengths);
  page.add_bytes(ColumnId::child_hash, hashes);
  page.add_integers(ColumnId::child_entries, entries);
  page.add_bytes(ColumnId::child_content_hash, content_hashes);
  return page.build();
}

}  // namespace npk::format
