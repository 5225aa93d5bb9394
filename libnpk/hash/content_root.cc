#include "hash/content_root.h"

#include "npk/format/package_metadata.h"

namespace npk::hash {
namespace {

constexpr std::string_view kLeafContext = "npk 1 content leaf";
constexpr std::string_view kRootContext = "npk 1 content root";
constexpr std::string_view kStorageContext = "npk 1 storage root";

void write_text(ByteWriter& writer, std::string_view text) {
  writer.write(static_cast<std::uint32_t>(text.size()));
  writer.write_bytes(as_bytes(text));
}

void write_kind_part(ByteWriter& writer, const format::EntryRow& entry, const Digest& digest) {
  switch (entry.kind) {
    case format::EntryKind::regular:
      writer.write(entry.size);
      writer.write_bytes(digest);
      break;
    case format::EntryKind::symlink: write_text(writer, entry.target); break;
    case format::EntryKind::character_device:
    case format::EntryKind::block_device: writer.write(entry.device); break;
    case format::EntryKind::directory:
    case format::EntryKind::fifo: break;
  }
}

}  // namespace

Digest canonical_entry_hash(const format::EntryRow& entry, const Digest& digest, std::string_view leader_path) {
  Bytes bytes;
  bytes.reserve(256);
  ByteWriter writer(bytes);
  write_text(writer, entry.path);
  writer.write(static_cast<std::uint8_t>(entry.kind));
  writer.write(entry.mode);
  writer.write(entry.uid);
  writer.write(entry.gid);
  write_text(writer, entry.user_name);
  write_text(writer, entry.group_name);
  writer.write(static_cast<std::uint64_t>(entry.mtime_seconds));
  writer.write(entry.mtime_nanoseconds);
  write_kind_part(writer, entry, digest);
  writer.write(static_cast<std::uint32_t>(entry.xattrs.size()));
  for (const format::Xattr& xattr : entry.xattrs) {
    write_text(writer, xattr.name);
    write_text(writer, xattr.value);
  }
  write_text(writer, leader_path);
  return blake3(bytes);
}

GroupHash::GroupHash() : hash_(Blake3::derive_key(kLeafContext)) {}

void ContentRoot::add(std::string_view path, const Digest& entry_hash) {
  group_.add(entry_hash);
  ++entries_;
  if (format::ends_group(path, ++rows_in_group_)) end_group();
}

void ContentRoot::add_group(const Digest& hash, std::uint64_t entries) {
  last_group_ = hash;
  group_hashes_.insert(group_hashes_.end(), hash.begin(), hash.end());
  entries_ += entries;
}

void ContentRoot::end_group() {
  if (rows_in_group_ == 0) return;
  add_group(group_.finish(), 0);
  group_ = GroupHash();
  rows_in_group_ = 0;
}

Digest ContentRoot::finish() {
  end_group();
  Blake3 root = Blake3::derive_key(kRootContext);
  Bytes count;
  ByteWriter(count).write(entries_);
  root.update(count);
  root.update(group_hashes_);
  return root.finish();
}

Digest storage_root(const Digest& catalog_root_hash, const Digest& chunk_root_hash) {
  Blake3 root = Blake3::derive_key(kStorageContext);
  root.update(catalog_root_hash);
  root.update(chunk_root_hash);
  return root.finish();
}

Digest storage_root(const format::Placement& placement) {
  const format::CommitSection* metadata = format::metadata_section(placement);
  if (metadata == nullptr) return storage_root(placement.catalog_root.hash, placement.chunk_root.hash);
  Blake3 root = Blake3::derive_key(kStorageContext);
  root.update(placement.catalog_root.hash);
  root.update(placement.chunk_root.hash);
  root.update(blake3(metadata->bytes));
  return root.finish();
}

}  // namespace npk::hash
