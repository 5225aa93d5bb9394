#include "support/package_builder.h"

#include <algorithm>
#include <random>

#include "codec/encoder.h"
#include "hash/content_root.h"
#include "hash/hash.h"
#include "npk/format/path.h"
#include "npk/format/superblock.h"

namespace npk::test {

using format::FrameReference;
using format::FrameType;

format::EntryRow BuiltEntry::row() const {
  format::EntryRow row;
  row.path = path;
  row.kind = kind;
  row.mode = 0644;
  row.size = size;
  row.runs = runs;
  row.digest = digest;
  row.target = target;
  return row;
}

PackageBuilder::PackageBuilder(std::string_view name) {
  const Digest digest = hash::blake3(as_bytes(name));
  std::copy_n(digest.begin(), id_.size(), id_.begin());
  tag_ = format::package_tag(id_);
  const auto bytes = format::encode_superblock({.sealed = false, .package_id = id_, .key_commitment = {}});
  out_.assign(bytes.begin(), bytes.end());
}

FrameReference PackageBuilder::frame(FrameType type, ByteView body) {
  const FrameReference reference{out_.size(), body.size(), hash::blake3(body)};
  format::FrameHeader header;
  header.type = type;
  header.tag = tag_;
  header.sequence = sequence_++;
  header.stored_length = body.size();
  header.last_commit = last_commit_;
  std::copy_n(reference.hash.begin(), header.body_check.size(), header.body_check.begin());
  const auto bytes = format::encode_frame_header(header);
  out_.insert(out_.end(), bytes.begin(), bytes.end());
  out_.insert(out_.end(), body.begin(), body.end());
  return reference;
}

FrameReference PackageBuilder::stored_frame(FrameType type, ByteView raw) {
  Bytes body;
  format::encode_inner_header({.raw_length = raw.size(), .base_position = 0, .padding_length = 0, .chain = {}}, body);
  body.insert(body.end(), raw.begin(), raw.end());
  return frame(type, body);
}

namespace {

Bytes encode_block(ByteView raw, ByteView base, format::InnerHeader& header, format::CodecId codec) {
  if (codec == format::CodecId::store) return Bytes(raw.begin(), raw.end());
  auto encoder = codec::make_encoder({.step = {codec, 3, 0}}).value();
  Bytes out(2 * raw.size() + 1024);
  out.resize(encoder->encode(raw, base, out).value().value());
  const codec::CodecStep step = encoder->step();
  header.chain = {{step.id, step.level, step.parameter}};
  return out;
}

}  // namespace

std::uint64_t PackageBuilder::block(const std::vector<Bytes>& chunks, const BlockOptions& options) {
  Bytes raw;
  for (const Bytes& chunk : chunks) raw.insert(raw.end(), chunk.begin(), chunk.end());
  const std::uint64_t number = block_raw_.size();
  format::InnerHeader header{.raw_length = raw.size(),
                             .base_position = options.base ? block_positions_[*options.base] : 0,
                             .padding_length = 0,
                             .chain = {}};
  const Bytes payload =
      encode_block(raw, options.base ? ByteView(block_raw_[*options.base]) : ByteView(), header, options.codec);
  if (edit_block_header) edit_block_header(header);
  Bytes body;
  format::encode_inner_header(header, body);
  body.insert(body.end(), payload.begin(), payload.end());
  const FrameReference reference = frame(options.is_dictionary ? FrameType::dictionary : FrameType::block, body);
  std::uint32_t offset = 0;
  for (const Bytes& chunk : chunks) {
    if (options.is_dictionary) break;
    const auto length = static_cast<std::uint32_t>(chunk.size());
    open_page_.chunks.push_back(
        {hash::blake3(chunk), length, static_cast<std::uint32_t>(open_page_.blocks.size()), offset});
    chunk_lengths_.push_back(length);
    unique_bytes_ += length;
    offset += length;
  }
  open_page_.blocks.push_back({reference.position, reference.stored_length, raw.size(), reference.hash,
                               options.base ? number - *options.base : 0, options.is_dictionary});
  block_positions_.push_back(reference.position);
  block_raw_.push_back(std::move(raw));
  stored_bytes_ += reference.stored_length;
  return number;
}

void PackageBuilder::chunk_page() {
  if (open_page_.chunks.empty()) return;
  open_page_.first_chunk = chunk_lengths_.size() - open_page_.chunks.size();
  open_page_.first_block = block_raw_.size() - open_page_.blocks.size();
  std::uint64_t bytes = 0;
  for (const format::ChunkRow& chunk : open_page_.chunks) bytes += chunk.length;
  open_page_.first_byte = unique_bytes_ - bytes;
  if (edit_chunk_page) edit_chunk_page(open_page_);
  const FrameReference reference = stored_frame(FrameType::chunk_page, format::encode_chunk_page(open_page_));
  chunk_leaves_.push_back({reference.position, reference.stored_length, reference.hash, open_page_.first_chunk,
                           open_page_.first_block, open_page_.first_byte});
  open_page_ = {};
}

namespace {

std::vector<format::EntryRow> rows_of(std::span<const BuiltEntry> entries) {
  std::vector<format::EntryRow> rows;
  for (const BuiltEntry& entry : entries) rows.push_back(entry.row());
  return rows;
}

}  // namespace

void PackageBuilder::manifest(const std::vector<BuiltEntry>& entries) {
  stored_frame(FrameType::manifest, format::encode_catalog_page(format::PageKind::manifest, rows_of(entries)));
}

FrameReference PackageBuilder::catalog_tree(const std::vector<BuiltEntry>& entries, std::size_t leaf_rows,
                                            std::size_t fanout) {
  std::vector<format::CatalogChild> level;
  for (std::size_t at = 0; at < entries.size(); at += leaf_rows) {
    const auto part = std::span(entries).subspan(at, std::min(leaf_rows, entries.size() - at));
    const auto reference = stored_frame(FrameType::catalog_page,
                                        format::encode_catalog_page(format::PageKind::catalog_leaf, rows_of(part)));
    level.push_back({part.front().path, reference.position, reference.stored_length, reference.hash, part.size()});
  }
  for (std::uint8_t height = 1; level.size() > 1; ++height) {
    std::vector<format::CatalogChild> above;
    for (std::size_t at = 0; at < level.size(); at += fanout) {
      std::vector<format::CatalogChild> children(
          level.begin() + static_cast<std::ptrdiff_t>(at),
          level.begin() + static_cast<std::ptrdiff_t>(std::min(at + fanout, level.size())));
      std::uint64_t count = 0;
      for (const auto& child : children) count += child.entry_count;
      if (edit_catalog_node) edit_catalog_node(children);
      const auto reference = stored_frame(FrameType::catalog_page, format::encode_catalog_node(height, children));
      above.push_back({level[at].first_path, reference.position, reference.stored_length, reference.hash, count});
    }
    level = std::move(above);
  }
  return level.empty() ? FrameReference{} : FrameReference{level[0].position, level[0].stored_length, level[0].hash};
}

FrameReference PackageBuilder::chunk_tree(std::size_t fanout) {
  std::vector<format::ChunkChild> level = chunk_leaves_;
  for (std::uint8_t height = 1; level.size() > 1; ++height) {
    std::vector<format::ChunkChild> above;
    for (std::size_t at = 0; at < level.size(); at += fanout) {
      format::ChunkNode node{height,
                             {level.begin() + static_cast<std::ptrdiff_t>(at),
                              level.begin() + static_cast<std::ptrdiff_t>(std::min(at + fanout, level.size()))}};
      const format::ChunkChild first = node.children.front();
      if (edit_chunk_node) edit_chunk_node(node);
      const auto reference = stored_frame(FrameType::chunk_page, format::encode_chunk_node(node));
      above.push_back({reference.position, reference.stored_length, reference.hash, first.first_chunk,
                       first.first_block, first.first_byte});
    }
    level = std::move(above);
  }
  return level.empty() ? FrameReference{} : FrameReference{level[0].position, level[0].stored_length, level[0].hash};
}

format::Totals PackageBuilder::totals_of(const std::vector<BuiltEntry>& entries) const {
  format::Totals totals;
  for (const BuiltEntry& entry : entries) {
    ++totals.entries;
    totals.files += entry.kind == format::EntryKind::regular ? 1 : 0;
    totals.directories += entry.kind == format::EntryKind::directory ? 1 : 0;
    totals.content_bytes += entry.size;
    for (const format::Run& run : entry.runs) totals.hole_bytes += run.chunk_count == 0 ? run.byte_count : 0;
  }
  totals.chunks = chunk_lengths_.size();
  totals.blocks = block_raw_.size();
  totals.unique_bytes = unique_bytes_;
  totals.stored_bytes = stored_bytes_;
  return totals;
}

void PackageBuilder::commit(std::vector<BuiltEntry> entries, std::size_t leaf_rows, std::size_t fanout) {
  chunk_page();
  std::ranges::sort(entries, format::path_less, &BuiltEntry::path);
  format::Commit commit;
  commit.placement.catalog_root = catalog_tree(entries, leaf_rows, fanout);
  commit.placement.chunk_root = chunk_tree(fanout);
  commit.placement.totals = totals_of(entries);
  commit.placement.previous_commit = last_commit_;
  commit.statement.lineage_id = id_;
  commit.statement.generation = ++generation_;
  commit.statement.storage_root =
      hash::storage_root(commit.placement.catalog_root.hash, commit.placement.chunk_root.hash);
  if (edit_commit) edit_commit(commit);
  commit_ = stored_frame(FrameType::commit, format::encode_commit(commit));
  last_commit_ = commit_.position;
}

void PackageBuilder::trailer() {
  format::Trailer trailer;
  trailer.commit = commit_;
  trailer.generation = generation_;
  trailer.package_length = out_.size() + format::kFrameHeaderBytes + format::trailer_body_bytes(trailer);
  if (edit_trailer) edit_trailer(trailer);
  frame(FrameType::trailer, format::encode_trailer(trailer));
}

namespace {

// Words, so that compressors find something.
Bytes random_text(std::mt19937_64& random, std::size_t size) {
  static constexpr std::string_view kWords[] = {"alpha ",   "beta ",       "gamma ",     "delta\n",
                                                "epsilon ", "0123456789 ", "{\"key\": ", "\x01\xFF\x80"};
  Bytes text;
  while (text.size() < size) {
    const std::string_view word = kWords[random() % std::size(kWords)];
    text.insert(text.end(), word.begin(), word.end());
    if (random() % 3 == 0) text.push_back(static_cast<std::uint8_t>(random()));
  }
  text.resize(size);
  return text;
}

// Lays files out as blocks, pages and manifests.
class SamplePacker {
 public:
  SamplePacker(std::uint64_t seed, const PackageShape& shape)
      : random_(seed), shape_(shape), builder_("sample " + std::to_string(seed)) {}

  BuiltPackage run() {
    for (std::size_t i = 0; i < shape_.files; ++i) add_file(i);
    flush_page();
    BuiltPackage package;
    package.manifests_end = builder_.bytes().size();
    builder_.commit(entries_, shape_.leaf_rows, shape_.fanout);
    builder_.trailer();
    package.bytes = builder_.bytes();
    package.entries = std::move(entries_);
    std::ranges::sort(package.entries, format::path_less, &BuiltEntry::path);
    return package;
  }

 private:
  void add_file(std::size_t index) {
    BuiltEntry entry;
    entry.path = "dir" + std::to_string(random_() % 5) + "/file-" + std::to_string(index);
    std::size_t left = random_() % (shape_.largest_file + 1);
    if (index % 7 == 3) left = 0;
    while (left > 0) left -= add_run(entry, left);
    entry.size = entry.content.size();
    if (format::needs_digest(entry.row())) entry.digest = hash::blake3(entry.content);
    entries_.push_back(entry);
    pending_.push_back(std::move(entry));
  }

  std::size_t add_run(BuiltEntry& entry, std::size_t left) {
    if (shape_.holes && random_() % 4 == 0) return add_hole(entry, std::min<std::size_t>(left, 1 + random_() % 5000));
    if (!shared_.content.empty() && shared_.content.size() <= left && random_() % 5 == 0) return add_shared(entry);
    return add_new(entry, std::min<std::size_t>(left, 1 + random_() % (6 * shape_.chunk_bytes)));
  }

  static std::size_t add_hole(BuiltEntry& entry, std::size_t length) {
    entry.runs.push_back({0, 0, length});
    entry.content.resize(entry.content.size() + length);
    return length;
  }

  std::size_t add_shared(BuiltEntry& entry) {
    entry.runs.push_back(shared_.run);
    entry.content.insert(entry.content.end(), shared_.content.begin(), shared_.content.end());
    return shared_.content.size();
  }

  std::size_t add_new(BuiltEntry& entry, std::size_t length) {
    const Bytes text = random_text(random_, length);
    format::Run run{next_chunk_, 0, length};
    for (std::size_t at = 0; at < length; ++run.chunk_count) {
      const std::size_t size = std::min(length - at, 1 + random_() % (2 * shape_.chunk_bytes));
      chunks_.emplace_back(text.begin() + static_cast<std::ptrdiff_t>(at),
                           text.begin() + static_cast<std::ptrdiff_t>(at + size));
      at += size;
      ++next_chunk_;
      if (chunks_.size() == shape_.chunks_per_block) flush_block();
    }
    entry.runs.push_back(run);
    entry.content.insert(entry.content.end(), text.begin(), text.end());
    shared_ = {run, text};
    return length;
  }

  void flush_block() {
    if (chunks_.empty()) return;
    BlockOptions options{.base = {}, .is_dictionary = false, .codec = shape_.codec};
    if (shape_.bases && blocks_ % 3 == 2) options.base = blocks_ - 1;
    builder_.block(chunks_, options);
    chunks_.clear();
    if (++blocks_ % shape_.blocks_per_page == 0) flush_manifest();
  }

  // Entries whose last chunk is in a page by now.
  void flush_manifest() {
    builder_.chunk_page();
    builder_.manifest(pending_);
    pending_.clear();
  }

  void flush_page() {
    flush_block();
    flush_manifest();
  }

  struct Shared {
    format::Run run;
    Bytes content;
  };
  std::mt19937_64 random_;
  PackageShape shape_;
  PackageBuilder builder_;
  std::vector<BuiltEntry> entries_, pending_;
  std::vector<Bytes> chunks_;
  Shared shared_;
  std::uint64_t next_chunk_ = 0, blocks_ = 0;
};

}  // namespace

BuiltPackage make_package(std::uint64_t seed, const PackageShape& shape) {
  return SamplePacker(seed, shape).run();
}

}  // namespace npk::test
