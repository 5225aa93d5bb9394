#include "support/package_audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "block/open.h"
#include "hash/hash.h"
#include "npk/format/path.h"

namespace npk::testing {
namespace {

using format::FrameType;
using format::PageKind;

std::uint32_t crc32c(std::string_view text) {
  std::uint32_t crc = ~0U;
  for (const char letter : text) {
    crc ^= static_cast<std::uint8_t>(letter);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82F63B78U & (0U - (crc & 1)));
  }
  return ~crc;
}

void put_text(Bytes& out, std::string_view text) {
  ByteWriter writer(out);
  writer.write(static_cast<std::uint32_t>(text.size()));
  writer.write_bytes(as_bytes(text));
}

// Spec section 10, written anew.
Bytes canonical_bytes(const format::EntryRow& row, const Digest& digest, std::string_view leader) {
  Bytes out;
  ByteWriter writer(out);
  put_text(out, row.path);
  writer.write(static_cast<std::uint8_t>(row.kind));
  writer.write(row.mode);
  writer.write(row.uid);
  writer.write(row.gid);
  put_text(out, row.user_name);
  put_text(out, row.group_name);
  writer.write(static_cast<std::uint64_t>(row.mtime_seconds));
  writer.write(row.mtime_nanoseconds);
  if (row.kind == format::EntryKind::regular) {
    writer.write(row.size);
    writer.write_bytes(digest);
  }
  if (row.kind == format::EntryKind::symlink) put_text(out, row.target);
  if (row.kind == format::EntryKind::character_device || row.kind == format::EntryKind::block_device) writer.write(row.device);
  writer.write(static_cast<std::uint32_t>(row.xattrs.size()));
  for (const format::Xattr& xattr : row.xattrs) {
    put_text(out, xattr.name);
    put_text(out, xattr.value);
  }
  put_text(out, leader);
  return out;
}

std::string facts_of(const format::EntryRow& row, const Digest& digest) {
  const Bytes canonical = canonical_bytes(row, digest, "");
  std::string facts(as_text(canonical));
  for (const format::Run& run : row.runs)
    facts += std::to_string(run.first_chunk) + "+" + std::to_string(run.chunk_count) + ":" + std::to_string(run.byte_count) + ",";
  facts += "group " + std::to_string(row.link_group);
  if (row.digest) facts += as_text(*row.digest);
  return facts;
}

class Auditor {
 public:
  explicit Auditor(ByteView package) : package_(package), opener_(limits_) {}

  PackageAudit run() {
    const auto superblock = format::decode_superblock(package_);
    EXPECT_TRUE(superblock) << superblock.error().to_string();
    if (!superblock) return std::move(found_);
    tag_ = format::package_tag(superblock->package_id);
    position_ = format::kSuperblockBytes;
    while (position_ < package_.size() && frame()) {}
    found_.frame_positions.push_back(position_);
    EXPECT_EQ(position_, package_.size());
    EXPECT_TRUE(ended_) << "no trailer";
    EXPECT_EQ(found_.entries, manifest_entries_) << "manifests and catalog differ";
    return std::move(found_);
  }

 private:
  bool frame() {
    const auto header = format::decode_frame_header(package_.subspan(position_), tag_, limits_);
    EXPECT_TRUE(header) << header.error().to_string() << " at " << position_;
    if (!header || header->stored_length > package_.size() - position_ - format::kFrameHeaderBytes) return false;
    EXPECT_EQ(header->sequence, sequence_++);
    EXPECT_EQ(header->last_commit, last_commit_);
    EXPECT_FALSE(ended_) << "a frame behind the trailer";
    const ByteView body = package_.subspan(position_ + format::kFrameHeaderBytes, header->stored_length);
    const Digest hash = hash::blake3(body);
    EXPECT_TRUE(std::equal(header->body_check.begin(), header->body_check.end(), hash.begin()));
    found_.frame_positions.push_back(position_);
    ++found_.frames[header->type];
    references_[position_] = {position_, header->stored_length, hash};
    take(header->type, body);
    position_ += format::kFrameHeaderBytes + header->stored_length;
    return true;
  }

  void take(FrameType type, ByteView body) {
    switch (type) {
      case FrameType::block: return block(body);
      case FrameType::chunk_page: return chunk_page(block::open_page(body, limits_).value());
      case FrameType::manifest: return manifest(block::open_page(body, limits_).value());
      case FrameType::catalog_page: return catalog_page(block::open_page(body, limits_).value());
      case FrameType::commit: return commit(block::open_page(body, limits_).value());
      case FrameType::trailer: return trailer(body);
      case FrameType::padding: EXPECT_EQ(std::ranges::count(body, 0), std::ssize(body)); return;
      default: ADD_FAILURE() << "an unexpected frame of type " << static_cast<int>(type);
    }
  }

  void block(ByteView body) {
    const auto opened = format::split_body(body, limits_);
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ(opened->header.padding_length, 0U);
    std::optional<std::uint64_t> base;
    ByteView base_raw;
    if (opened->header.base_position != 0) {
      const auto at = std::ranges::find(found_.blocks, opened->header.base_position, &AuditedBlock::position);
      ASSERT_NE(at, found_.blocks.end()) << "no block where a base is said to be";
      EXPECT_FALSE(at->base) << "a base has a base";
      base = static_cast<std::uint64_t>(at - found_.blocks.begin());
      base_raw = open_blocks_.at(*base - (found_.blocks.size() - open_blocks_.size()));
      EXPECT_LE(base_raw.size(), limits_.max_base_raw_bytes);
    }
    Bytes raw(opened->header.raw_length);
    const auto decoded = opener_.decode(*opened, base_raw, raw);
    ASSERT_TRUE(decoded) << decoded.error().to_string();
    open_blocks_.push_back(std::move(raw));
    found_.blocks.push_back({position_, body.size(), opened->header.raw_length, opened->header.chain, base});
  }

  void chunk_page(const Bytes& raw) {
    if (raw.at(0) == static_cast<std::uint8_t>(PageKind::chunk_node)) return chunk_node(raw);
    const auto page = format::decode_chunk_page(raw, limits_);
    ASSERT_TRUE(page) << page.error().to_string();
    ++found_.chunk_leaves;
    EXPECT_EQ(page->first_chunk, found_.chunks.size());
    EXPECT_EQ(page->first_block, found_.blocks.size() - open_blocks_.size());
    EXPECT_EQ(page->first_byte, unique_bytes_);
    ASSERT_EQ(page->blocks.size(), open_blocks_.size()) << "blocks since the last page";
    for (std::size_t i = 0; i < page->blocks.size(); ++i) {
      const AuditedBlock& block = found_.blocks[page->first_block + i];
      EXPECT_EQ(page->blocks[i].position, block.position);
      EXPECT_EQ(page->blocks[i].stored_length, block.stored_length);
      EXPECT_EQ(page->blocks[i].raw_length, block.raw_length);
      EXPECT_EQ(page->blocks[i].base_distance, block.base ? page->first_block + i - *block.base : 0U);
      EXPECT_EQ(page->blocks[i].hash, references_.at(block.position).hash);
    }
    std::uint64_t covered = 0;
    for (const format::ChunkRow& chunk : page->chunks) {
      const ByteView bytes = ByteView(open_blocks_.at(chunk.block)).subspan(chunk.offset, chunk.length);
      ASSERT_EQ(hash::blake3(bytes), chunk.hash) << "chunk " << found_.chunks.size();
      covered += chunk.length;
      found_.chunks.push_back(chunk);
      found_.chunk_blocks.push_back(page->first_block + chunk.block);
    }
    const std::uint64_t held =
        std::accumulate(open_blocks_.begin(), open_blocks_.end(), std::uint64_t{0}, [](std::uint64_t sum, const Bytes& block) { return sum + block.size(); });
    EXPECT_EQ(covered, held) << "blocks hold bytes that are in no chunk";
    unique_bytes_ += covered;
    found_.segment_bytes.push_back(covered);
    open_blocks_.clear();
  }

  void chunk_node(const Bytes& raw) {
    const auto node = format::decode_chunk_node(raw, limits_);
    ASSERT_TRUE(node) << node.error().to_string();
    ++found_.chunk_nodes;
    for (const format::ChunkChild& child : node->children) expect_reference({child.position, child.stored_length, child.hash});
  }

  void expect_reference(const format::FrameReference& reference) {
    const auto at = references_.find(reference.position);
    ASSERT_NE(at, references_.end()) << "no frame at " << reference.position;
    EXPECT_LT(reference.position, position_);
    EXPECT_EQ(at->second, reference);
  }

  Digest digest_of(const format::EntryRow& row) {
    if (row.kind != format::EntryKind::regular) return {};
    if (row.digest) return *row.digest;
    if (row.runs.empty()) return hash::blake3({});
    return found_.chunks.at(row.runs[0].first_chunk).hash;
  }

  void check_runs(const format::EntryRow& row) {
    std::uint64_t size = 0;
    for (const format::Run& run : row.runs) {
      std::uint64_t bytes = run.chunk_count == 0 ? run.byte_count : 0;
      ASSERT_LE(run.first_chunk + run.chunk_count, found_.chunks.size()) << row.path << ": refers to chunks of no page before it";
      for (std::uint64_t i = 0; i < run.chunk_count; ++i) bytes += found_.chunks[run.first_chunk + i].length;
      EXPECT_EQ(bytes, run.byte_count) << row.path;
      size += run.byte_count;
    }
    EXPECT_EQ(size, row.size) << row.path;
    EXPECT_EQ(row.digest.has_value(), format::needs_digest(row)) << row.path;
  }

  void manifest(Bytes raw) {
    EXPECT_TRUE(open_blocks_.empty()) << "a manifest before the chunk page of its blocks";
    const auto page = format::CatalogPage::decode(std::move(raw), PageKind::manifest, limits_);
    ASSERT_TRUE(page) << page.error().to_string();
    for (std::size_t i = 0; i < page->row_count(); ++i) {
      const format::EntryRow row = page->row(i);
      check_runs(row);
      EXPECT_TRUE(manifest_entries_.try_emplace(std::string(row.path), facts_of(row, digest_of(row))).second) << row.path << " is in two manifests";
    }
  }

  void catalog_page(Bytes raw) {
    EXPECT_TRUE(open_blocks_.empty());
    if (raw.at(0) == static_cast<std::uint8_t>(PageKind::catalog_node)) return catalog_node(raw);
    const auto page = format::CatalogPage::decode(std::move(raw), PageKind::catalog_leaf, limits_);
    ASSERT_TRUE(page) << page.error().to_string();
    ++found_.catalog_leaves;
    found_.largest_catalog_leaf = std::max<std::uint64_t>(found_.largest_catalog_leaf, page->row_count());
    for (std::size_t i = 0; i < page->row_count(); ++i) catalog_row(page->row(i));
  }

  void catalog_row(const format::EntryRow& row) {
    check_runs(row);
    const std::string path(row.path);
    const Digest digest = digest_of(row);
    EXPECT_TRUE(last_path_.empty() || format::path_less(last_path_, path)) << path << " is out of order";
    found_.entries[path] = facts_of(row, digest);
    found_.runs[path] = {row.runs.begin(), row.runs.end()};
    std::string leader;
    if (row.link_group != 0) {
      const auto [first, is_leader] = leaders_.try_emplace(row.link_group, path);
      if (!is_leader) leader = first->second;
    }
    const Digest entry_hash = hash::blake3(canonical_bytes(row, digest, leader));
    group_.insert(group_.end(), entry_hash.begin(), entry_hash.end());
    const std::size_t rows = group_.size() / entry_hash.size();
    if ((rows >= 256 && (crc32c(row.path) & 0xFF) == 0) || rows == 2048) end_group();
    ++totals_.entries;
    totals_.files += row.kind == format::EntryKind::regular ? 1 : 0;
    totals_.directories += row.kind == format::EntryKind::directory ? 1 : 0;
    totals_.content_bytes += row.size;
    for (const format::Run& run : row.runs) totals_.hole_bytes += run.chunk_count == 0 ? run.byte_count : 0;
    last_path_ = path;
  }

  void end_group() {
    hash::Blake3 group = hash::Blake3::derive_key("npk 1 content leaf");
    group.update(group_);
    const Digest digest = group.finish();
    group_hashes_.insert(group_hashes_.end(), digest.begin(), digest.end());
    group_.clear();
  }

  void catalog_node(const Bytes& raw) {
    const auto node = format::decode_catalog_node(raw, limits_);
    ASSERT_TRUE(node) << node.error().to_string();
    ++found_.catalog_nodes;
    for (const format::CatalogChild& child : node->children) expect_reference({child.position, child.stored_length, child.hash});
  }

  Digest content_root() {
    if (!group_.empty()) end_group();
    Bytes count;
    ByteWriter(count).write(totals_.entries);
    hash::Blake3 root = hash::Blake3::derive_key("npk 1 content root");
    root.update(count);
    root.update(group_hashes_);
    return root.finish();
  }

  void commit(const Bytes& raw) {
    auto commit = format::decode_commit(raw, position_, limits_);
    ASSERT_TRUE(commit) << commit.error().to_string();
    totals_.chunks = found_.chunks.size();
    totals_.blocks = found_.blocks.size();
    totals_.unique_bytes = unique_bytes_;
    for (const AuditedBlock& block : found_.blocks) totals_.stored_bytes += block.stored_length;
    EXPECT_EQ(commit->placement.totals, totals_);
    EXPECT_EQ(commit->statement.content_root, content_root());
    hash::Blake3 storage = hash::Blake3::derive_key("npk 1 storage root");
    storage.update(commit->placement.catalog_root.hash);
    storage.update(commit->placement.chunk_root.hash);
    EXPECT_EQ(commit->statement.storage_root, storage.finish());
    EXPECT_EQ(commit->placement.catalog_root.exists(), totals_.entries != 0);
    EXPECT_EQ(commit->placement.chunk_root.exists(), totals_.chunks != 0);
    if (totals_.entries != 0) expect_reference(commit->placement.catalog_root);
    if (totals_.chunks != 0) expect_reference(commit->placement.chunk_root);
    found_.commit = *std::move(commit);
    last_commit_ = position_;
  }

  void trailer(ByteView body) {
    const auto trailer = format::decode_trailer(body);
    ASSERT_TRUE(trailer) << trailer.error().to_string();
    EXPECT_EQ(trailer->package_length, package_.size());
    expect_reference(trailer->commit);
    EXPECT_EQ(trailer->commit.position, last_commit_);
    ended_ = true;
  }

  ByteView package_;
  Limits limits_;
  block::BlockOpener opener_;
  PackageAudit found_;
  format::PackageTag tag_{};
  std::uint64_t position_ = 0, sequence_ = 0, last_commit_ = 0, unique_bytes_ = 0;
  bool ended_ = false;
  std::map<std::uint64_t, format::FrameReference> references_;
  std::vector<Bytes> open_blocks_;
  std::map<std::string, std::string> manifest_entries_;
  std::map<std::uint64_t, std::string> leaders_;
  std::string last_path_;
  format::Totals totals_;
  Bytes group_, group_hashes_;
};

}  // namespace

PackageAudit audit(ByteView package) { return Auditor(package).run(); }

}  // namespace npk::testing
