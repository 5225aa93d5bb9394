#include "npk/reader.h"

#include <string>

#include "hash/hash.h"
#include "npk/files.h"
#include "package/reader/history.h"
#include "package/reader/impl.h"
#include "package/reader/locate.h"
#include "package/reader/signatures.h"
#include "package/reader/stream/entry_content.h"
#include "package/reader/stream/file_stream.h"
#include "package/reader/stream/read_many.h"
#include "package/reader/tally.h"

namespace npk {
namespace {

std::unexpected<Error> not_a_file(const Entry& entry) {
  return std::unexpected(
      Error{.code = Errc::misuse, .message = "not a regular file", .path = std::string(entry.path())});
}

format::Totals totals_of(const reader::Catalog& catalog) {
  reader::Tally tally;
  const auto add = [&](const Entry& entry) {
    tally.add(entry.row());
    return true;
  };
  static_cast<void>(catalog.for_each(add, 0, UINT64_MAX));  // of manifests in memory: can't fail
  return tally.totals();
}

}  // namespace

Result<std::shared_ptr<const PackageReader::Impl>> PackageReader::Impl::open(std::shared_ptr<RandomAccessSource> source,
                                                                             const ReaderOptions& options) {
  const auto counters = std::make_shared<reader::ReadCounters>();
  NPK_ASSIGN(reader::LocatedPackage found, reader::locate_package(std::move(source), options, counters));
  auto impl = std::make_shared<Impl>();
  impl->info_ = std::move(found.info);
  impl->commit_position_ = found.commit_position;
  impl->frames_ = std::make_shared<reader::FrameReader>(found.extent, options.limits, counters, options.profile);
  impl->page_cache_ = std::make_shared<reader::PageCache>(impl->frames_, options.page_cache_bytes);
  if (found.commit_position != 0)
    impl->use_commit();
  else
    impl->use_manifests(std::move(found));
  impl->blocks_ = std::make_shared<reader::BlockLoader>(impl->frames_, impl->chunks_);
  impl->block_cache_ =
      std::make_unique<reader::BlockCache>(impl->blocks_, counters, options.block_cache_bytes, options.pool);
  impl->pin_budget_ = std::make_unique<reader::PerProcess<reader::PinBudget>>(
      [bytes = options.block_cache_bytes / 4] { return std::make_unique<reader::PinBudget>(bytes); });
  return impl;
}

void PackageReader::Impl::use_commit() {
  const format::Placement& placement = info_.commit.placement;
  const format::Totals& totals = placement.totals;
  catalog_ =
      std::make_unique<reader::CatalogTree>(page_cache_, placement.catalog_root, totals.entries, commit_position_);
  chunks_ = std::make_shared<reader::ChunkTable>(page_cache_, placement.chunk_root,
                                                 reader::ChunkCounts{totals.chunks, totals.blocks, totals.unique_bytes},
                                                 totals.stored_bytes, commit_position_);
}

void PackageReader::Impl::use_manifests(reader::LocatedPackage found) {
  chunks_ = std::make_shared<reader::ChunkTable>(page_cache_, found.chunk_pages, found.chunk_totals);
  catalog_ = std::make_unique<reader::RecoveredCatalog>(std::move(found.manifests));
  format::Totals& totals = info_.commit.placement.totals;
  totals = totals_of(*catalog_);
  totals.chunks = found.chunk_totals.chunks;
  totals.blocks = found.chunk_totals.blocks;
  totals.unique_bytes = found.chunk_totals.bytes;
}

PackageReader::PackageReader(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}
PackageReader::PackageReader(PackageReader&&) noexcept = default;
PackageReader& PackageReader::operator=(PackageReader&&) noexcept = default;
PackageReader::~PackageReader() = default;

Result<PackageReader> PackageReader::open(std::shared_ptr<RandomAccessSource> source, const ReaderOptions& options) {
  NPK_ASSIGN(auto impl, Impl::open(std::move(source), options));
  return PackageReader(std::move(impl));
}

Result<PackageReader> PackageReader::open_file(const std::string& path, const ReaderOptions& options) {
  NPK_ASSIGN(auto source, open_package_source(path));
  return open(std::move(source), options);
}

const PackageInfo& PackageReader::info() const noexcept {
  return impl_->info();
}
std::uint64_t PackageReader::entry_count() const noexcept {
  return impl_->catalog().entry_count();
}
Result<std::optional<Entry>> PackageReader::find(std::string_view path) const {
  return impl_->catalog().find(path);
}
Result<Entry> PackageReader::entry(std::uint64_t number) const {
  return impl_->catalog().entry(number);
}
Result<std::uint64_t> PackageReader::lower_bound(std::string_view path) const {
  return impl_->catalog().lower_bound(path);
}

Result<void> PackageReader::for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first,
                                     std::uint64_t last) const {
  const reader::Catalog& catalog = impl_->catalog();
  if (first != 0 || last < catalog.entry_count()) return catalog.for_each(visit, first, last);
  reader::Tally tally;
  bool stopped = false;
  const auto counted = [&](const Entry& entry) {
    tally.add(entry.row());
    stopped = !visit(entry);
    return !stopped;
  };
  NPK_TRY(catalog.for_each(counted, first, last));
  if (stopped) return {};
  return tally.check(info().commit.placement.totals);
}

Result<FileStream> PackageReader::open_stream(const Entry& entry, const StreamOptions& options) const {
  if (entry.row().kind != EntryKind::regular) return not_a_file(entry);
  NPK_TRY(check_stream_options(options));
  auto content = std::make_shared<const reader::EntryContent>(impl_, entry);
  return FileStream(std::make_unique<FileStream::Impl>(std::move(content), options, true));
}

std::vector<Result<std::size_t>> PackageReader::read_many(std::span<const ReadRequest> requests,
                                                          const ReadManyOptions& options) const {
  return reader::read_many(*impl_, requests, options);
}

Result<Digest> PackageReader::digest(const Entry& entry) const {
  const EntryRow row = entry.row();
  if (row.kind != EntryKind::regular) return not_a_file(entry);
  if (row.digest) return *row.digest;
  if (row.size == 0) return hash::blake3({});
  NPK_ASSIGN(const reader::ChunkLocation chunk, impl_->chunks().chunk(row.runs.front().first_chunk));
  return chunk.hash;
}

Result<std::vector<Generation>> PackageReader::history() const {
  std::vector<Generation> generations;
  if (impl_->commit_position() == 0) return generations;
  std::optional<reader::PlacedCommit> at = reader::newest_commit(info());
  while (at) {
    generations.push_back({at->place.position, at->commit.statement, at->statement_hash, at->commit.placement.totals});
    NPK_ASSIGN(at, reader::commit_before(impl_->frames(), *at));
  }
  return generations;
}

Result<std::vector<PackageSignature>> PackageReader::signatures() const {
  NPK_ASSIGN(const auto frames, reader::read_signature_frames(impl_->frames(), info().trailer.signature_position));
  std::vector<PackageSignature> found;
  for (const reader::SignatureFrame& frame : frames) {
    NPK_ASSIGN(PackageSignature signature, impl_->frames().placed(reader::parse_signature_frame(frame), frame.position));
    found.push_back(std::move(signature));
  }
  return found;
}

ReaderStatistics PackageReader::statistics() const noexcept {
  const reader::ReadCounters& counters = impl_->counters();
  return {.frames_read = counters.frames_read.total(),
          .stored_bytes_read = counters.stored_bytes_read.total(),
          .blocks_decoded = counters.blocks_decoded.total(),
          .raw_bytes_decoded = counters.raw_bytes_decoded.total(),
          .block_cache_hits = counters.block_cache_hits.total(),
          .block_cache_misses = counters.block_cache_misses.total(),
          .blocks_uncached = counters.blocks_uncached.total()};
}

}  // namespace npk
