#include "ops/write/rewrite/history_writer.h"

#include <algorithm>

#include "block/seal.h"
#include "hash/hash.h"
#include "ops/write/kept_statements.h"
#include "ops/write/rewrite/manifest_queue.h"
#include "package/reader/impl.h"
#include "package/writer/page_tree.h"

namespace npk::ops {
namespace {

// A new file: its one session has the first number there is.
constexpr std::uint32_t kSaltId = 1;

bool is_alike(const format::Totals& a, const format::Totals& b) {
  return a.entries == b.entries && a.files == b.files && a.directories == b.directories && a.content_bytes == b.content_bytes &&
         a.hole_bytes == b.hole_bytes;
}

}  // namespace

Result<void> HistoryWriter::write(Sink& sink) {
  const format::Superblock& superblock = package_.reader().info().superblock;
  if (superblock.sealed) {
    NPK_ASSIGN(seal_, writer::PackageSeal::resume(superblock, *package_.reader().impl().extent().opener, kSaltId, options_.pad));
  }
  writer::FrameWriter frames(sink, superblock, seal_.get(), options_.stop);
  NPK_TRY(begin(frames));
  NPK_ASSIGN(const Data data, write_data(frames));
  NPK_TRY(write_generations(data, frames));
  NPK_TRY(frames.pad_to(least_bytes_));
  const format::Trailer& old = package_.reader().info().trailer;
  NPK_TRY(frames.write_trailer({.commit = last_commit_, .generation = old.generation, .features = old.features, .envelope_positions = envelopes_}));
  report_.package_bytes = frames.position();
  return {};
}

// The same package id and keys: the live envelopes open the new file too.
Result<void> HistoryWriter::begin(writer::FrameWriter& frames) {
  NPK_TRY(frames.write_superblock());
  for (const std::uint64_t position : package_.reader().info().trailer.envelope_positions) {
    reader::Frame envelope;
    NPK_TRY(package_.reader().impl().frames().read_frame(position, envelope));
    if (envelope.header.type != format::FrameType::envelope) return fail_corrupt("the trailer names an envelope that is none");
    NPK_ASSIGN(const format::FrameReference written, frames.write(format::FrameType::envelope, envelope.body));
    envelopes_.push_back(written.position);
  }
  return {};
}

Result<HistoryWriter::Data> HistoryWriter::write_data(writer::FrameWriter& frames) {
  GenerationRows rows(live_, purged_);
  if (!purged_.empty()) {
    NPK_TRY(package_.reader().for_each([&](const Entry& entry) {
      if (const std::uint64_t group = entry.row().link_group; group != 0 && !rows.is_purged(entry.path())) rows.count_link(group);
      return true;
    }));
  }
  NPK_ASSIGN(ManifestQueue manifests, ManifestQueue::make(package_.reader(), rows, plan_.page_level, frames));
  BlockRewriter blocks(package_.reader(), live_,
                       {.plan = plan_,
                        .rules = {.block_bytes = plan_.block_bytes, .most_waste = choice_.most_waste, .copies = !choice_.recompressed, .bases = plan_.bases},
                        .progress = options_.progress,
                        .stop = options_.stop},
                       seal_ != nullptr, frames, report_);
  NPK_TRY(blocks.run([&](const format::ChunkPage& leaf, std::uint64_t old_chunk_end) { return manifests.write_up_to(old_chunk_end, &leaf); }));
  NPK_TRY(manifests.write_up_to(UINT64_MAX, nullptr));
  Data data;
  NPK_ASSIGN(data.chunk_root, writer::write_chunk_tree(blocks.chunk_pages(), {}, plan_.page_level, frames));
  data.totals.chunks = blocks.counts().chunks;
  data.totals.blocks = blocks.counts().blocks;
  data.totals.unique_bytes = blocks.counts().bytes;
  data.totals.stored_bytes = blocks.stored_bytes();
  data.chunk_hashes = blocks.chunk_hashes();
  return data;
}

Result<void> HistoryWriter::write_generations(const Data& data, writer::FrameWriter& frames) {
  CatalogRewriter catalogs(package_.reader().impl().frames(),
                           {.live = live_, .purged = purged_, .chunk_hashes = data.chunk_hashes, .page_level = plan_.page_level}, frames);
  for (std::size_t index = package_.history().size(); index-- > 0;) {
    if (!choice_.kept[index]) continue;
    if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_ASSIGN(const RewrittenCatalog catalog, catalogs.rewrite(package_.history()[index]));
    NPK_ASSIGN(format::Commit commit, make_commit(index, catalog, data));
    NPK_ASSIGN(last_commit_, frames.write(format::FrameType::commit, block::seal_stored(format::encode_commit(commit))));
    last_statement_ = std::move(commit.statement);
    least_bytes_ = std::max(least_bytes_, catalog.expansion.least_package_bytes(Limits()));
  }
  return {};
}

// A parent that is kept is named by its new statement's hash, one that was dropped stays as the hash it had.
Result<format::Commit> HistoryWriter::make_commit(std::size_t index, const RewrittenCatalog& catalog, const Data& data) {
  const reader::PlacedCommit& old = package_.history()[index];
  const bool may_change = choice_.changed[index];
  format::Commit commit = old.commit;
  format::Statement& statement = commit.statement;
  format::Placement& placement = commit.placement;
  if (!may_change && (catalog.content_root != statement.content_root || !is_alike(catalog.totals, placement.totals)))
    return package_.reader().impl().frames().placed(
        Result<format::Commit>(fail(Errc::corrupt, "generation " + std::to_string(statement.generation) + " has another content than its commit says")),
        old.place.position);
  std::erase_if(placement.sections, [](const format::CommitSection& section) {
    return section.id != static_cast<std::uint16_t>(format::SectionId::kept_statement) &&
           section.id != static_cast<std::uint16_t>(format::SectionId::metadata);
  });
  if (auto record = record_statement(statement, old.place.position, package_.signatures(), may_change)) {
    report_.kept_signatures += record->signatures;
    placement.sections.push_back(std::move(record->section));
  }
  if (last_commit_.exists() && last_statement_.generation + 1 == statement.generation)
    statement.previous_statement = hash::blake3(format::encode_statement(last_statement_));
  statement.content_root = catalog.content_root;
  placement.previous_commit = last_commit_.position;
  placement.catalog_root = catalog.root;
  placement.chunk_root = data.chunk_root;
  statement.storage_root = hash::storage_root(placement);
  placement.hint_root = {};
  placement.totals = catalog.totals;
  placement.totals.chunks = data.totals.chunks;
  placement.totals.blocks = data.totals.blocks;
  placement.totals.unique_bytes = data.totals.unique_bytes;
  placement.totals.stored_bytes = data.totals.stored_bytes;
  return commit;
}

}  // namespace npk::ops
