#include "npk/ops/append.h"

#include <algorithm>
#include <optional>

#include "block/open.h"
#include "io/appended_file.h"
#include "io/volume_path.h"
#include "npk/format/path.h"
#include "npk/format/package_metadata.h"
#include "npk/ops/protect.h"
#include "ops/write/append_within.h"
#include "ops/write/attachment.h"
#include "ops/write/attribute_changes.h"
#include "ops/write/merged_input.h"
#include "ops/write/resumed_append.h"
#include "ops/write/scan_input.h"
#include "ops/write/torn_end.h"
#include "package/reader/impl.h"
#include "package/reader/tree_leaves.h"
#include "package/writer/plan.h"
#include "package/writer/write_package.h"
#include "pool/pipeline.h"
#include "tree/stored_path.h"

namespace npk::ops {
namespace {

// The generation before, opened under the file's lock, and what the writer must know of it.
class Before {
 public:
  static Result<Before> open(io::AppendedFile& file, const AppendOptions& options) {
    NPK_ASSIGN(PackageReader reader, PackageReader::open(file.source(), {.limits = options.create.limits,
                                                                        .accept_recovered = false,
                                                                        .identities = options.identities}));
    Before before(std::move(reader));
    NPK_TRY(before.check(options));
    if (options.revert_to != 0) {
      NPK_ASSIGN(before.reverted_, PackageReader::open(file.source(), {.limits = options.create.limits,
                                                                       .accept_recovered = false,
                                                                       .identities = options.identities,
                                                                       .generation = options.revert_to}));
    }
    return before;
  }

  [[nodiscard]] const PackageReader& reader() const noexcept { return reader_; }
  // The generation whose entries the new one begins with.
  [[nodiscard]] const PackageReader& tree() const noexcept { return reverted_ ? *reverted_ : reader_; }

  // Of the tree's catalog.
  Result<void> find_leaves() {
    const PackageInfo& shown = tree().info();
    NPK_ASSIGN(leaves_, reader::catalog_leaves(frames(), shown.commit.placement.catalog_root, shown.commit_place.position, &nodes_));
    NPK_ASSIGN(hints_, EarlierHints::read(frames(), shown.commit.placement, shown.commit_place.position));
    return {};
  }
  [[nodiscard]] const std::vector<format::CatalogChild>& leaves() const noexcept { return leaves_; }
  [[nodiscard]] const EarlierHints& hints() const noexcept { return *hints_; }

  // `load_chunks`: there is content that may be in the package already.
  Result<writer::BaseGeneration> generation(io::AppendedFile& file, bool load_chunks) {
    const PackageInfo& info = reader_.info();
    const format::Placement& placement = info.commit.placement;
    writer::BaseGeneration base{.superblock = info.superblock,
                                .trailer_header = {},
                                .trailer = info.trailer,
                                .commit = info.commit,
                                .statement_hash = info.statement_hash,
                                .chunk_leaves = {},
                                .chunk_nodes = {},
                                .catalog_nodes = std::move(nodes_),
                                .hint_nodes = hints_->nodes(),
                                .chunks = dedup::ChunkIndex(),
                                .seal = {},
                                .find_leaf = {},
                                .find_hints = {},
                                .chunk_hash = {},
                                .read_chunk_leaf = {},
                                .before_trailer = [&file] { return file.sync(); }};
    const std::uint64_t trailer_bytes = format::kFrameHeaderBytes + format::trailer_body_bytes(info.trailer);
    NPK_ASSIGN(base.trailer_header, frames().read_header(info.trailer.package_length - trailer_bytes));
    NPK_ASSIGN(base.chunk_leaves, reader::chunk_leaves(frames(), placement.chunk_root, info.commit_place.position, &base.chunk_nodes));
    if (load_chunks) NPK_TRY(load(base.chunks));
    else base.chunks = dedup::ChunkIndex(32, placement.totals.chunks);
    if (info.superblock.sealed) {
      NPK_ASSIGN(const std::uint32_t salt_id, free_salt_id(frames(), info.trailer));
      NPK_ASSIGN(base.seal, writer::PackageSeal::resume(info.superblock, *reader_.impl().extent().opener, salt_id));
    }
    base.find_leaf = [this](std::string_view first_path, ByteView raw) { return find_leaf(first_path, raw); };
    base.find_hints = [this](std::string_view first_path) { return hints_->find(first_path); };
    base.chunk_hash = [this](std::uint64_t number) -> Result<Digest> {
      NPK_ASSIGN(const reader::ChunkLocation chunk, reader_.impl().chunks().chunk(number));
      return chunk.hash;
    };
    base.read_chunk_leaf = [this](const format::ChunkChild& leaf) { return read_chunk_leaf(leaf); };
    return base;
  }

 private:
  explicit Before(PackageReader reader) : reader_(std::move(reader)) {}

  [[nodiscard]] const reader::FrameReader& frames() const noexcept { return reader_.impl().frames(); }

  Result<void> check(const AppendOptions& options) const {
    const PackageInfo& info = reader_.info();
    if (info.commit.placement.features.read_only_compatible != 0)
      return fail(Errc::unsupported, "the package has features that this npk must not write beside: use a newer npk");
    if (options.append_to_signed) return {};
    NPK_ASSIGN(const std::vector<PackageSignature> signatures, reader_.signatures());
    const auto is_newest = [&](const PackageSignature& signature) { return signature.commit_position == info.commit_place.position; };
    if (std::ranges::none_of(signatures, is_newest)) return {};
    return fail(Errc::misuse, "generation " + std::to_string(info.commit.statement.generation) +
                                  " is signed: what is added after it would not be");
  }

  Result<void> load(dedup::ChunkIndex& index) const {
    index.reserve(reader_.info().commit.placement.totals.chunks);
    return reader_.impl().chunks().for_each_page([&](const format::ChunkPage& page) -> Result<void> {
      for (const format::ChunkRow& chunk : page.chunks) index.add(chunk.hash, chunk.length);
      return {};
    });
  }

  Result<format::ChunkPage> read_chunk_leaf(const format::ChunkChild& leaf) const {
    NPK_ASSIGN(const auto found, reader_.impl().chunks().leaf_of_chunk(leaf.first_chunk));
    return found->page;
  }

  Result<std::optional<format::CatalogChild>> find_leaf(std::string_view first_path, ByteView raw) const {
    const auto leaf = std::ranges::lower_bound(leaves_, first_path, format::path_less, &format::CatalogChild::first_path);
    if (leaf == leaves_.end() || leaf->first_path != first_path) return std::nullopt;
    Bytes buffer;
    const format::FrameReference place{leaf->position, leaf->stored_length, leaf->hash};
    NPK_ASSIGN(const ByteView body,
               frames().read_body(format::FrameType::catalog_page, place, reader_.info().commit_place.position, buffer));
    NPK_ASSIGN(const Bytes there, block::open_page(body, frames().limits()));
    if (!std::ranges::equal(there, raw)) return std::nullopt;
    return *leaf;
  }

  PackageReader reader_;
  std::optional<PackageReader> reverted_;
  std::vector<format::CatalogChild> leaves_;
  reader::NodePlaces nodes_;
  std::optional<EarlierHints> hints_;
};

// A path that could not be scanned in full says nothing about what is not there any more.
std::vector<std::string> replaced_paths(const AppendOptions& options, bool is_complete) {
  std::vector<std::string> paths;
  if (options.keep_missing || !is_complete) return paths;
  for (const InputPath& input : options.create.inputs) paths.push_back(tree::stored_prefix(input.path).path);
  return paths;
}

// Nothing: no run before is gone on with.
Result<std::optional<ResumedAppend>> go_on(io::AppendedFile& file, const PackageReader& base, const AppendOptions& options) {
  if (!options.create.resume) {
    NPK_TRY(ResumedAppend::forget(options.package_path));
    return std::nullopt;
  }
  NPK_ASSIGN(ResumedAppend resumed, ResumedAppend::begin(file, base.impl().extent(), base.info().commit_place.hash, options));
  return resumed;
}

Result<void> check_options(const AppendOptions& options) {
  const CreateOptions& create = options.create;
  if (create.inputs.empty() && create.standard_input == nullptr && options.removed.empty() && options.renamed.empty() &&
      options.metadata.empty() && options.attributes.empty() && options.revert_to == 0)
    return fail(Errc::misuse, "nothing to change in the package");
  WriterOptions writer = create.writer;
  writer.recipients = nullptr;
  writer.pad = false;
  return check_writer_options(writer);
}

}  // namespace

// What is written stays if its parity can't be: the generation is whole, and protect() can add it later.
Result<AppendReport> append(const AppendOptions& options) {
  const CreateOptions& create = options.create;
  if (create.recovery_percent > kMaxRecoveryPercent || (create.recovery_percent != 0 && io::is_in_volumes(options.package_path)))
    return fail(Errc::misuse, "recovery: 1 to " + std::to_string(kMaxRecoveryPercent) + " percent, of a package in one file");
  auto report = append_within(options, {});
  if (!report || create.recovery_percent == 0) return report;
  NPK_ASSIGN(const ProtectReport added, protect({.package_path = options.package_path, .percent = create.recovery_percent, .limits = create.limits,
                                                 .progress = {}, .stop = create.writer.stop}));
  report->parity_bytes = added.parity_bytes;
  report->write.package_bytes = added.package_bytes;
  report->added_bytes += added.parity_bytes;
  return report;
}

Result<AppendReport> append_within(const AppendOptions& options, writer::WriteBounds bounds) {
  NPK_TRY(check_options(options));
  NPK_ASSIGN(const auto file, io::AppendedFile::open(options.package_path));
  AppendReport report;
  Profile* const profile = options.create.writer.profile.get();
  const ProfiledRun run(profile, "append", pool::thread_count(options.create.writer.threads));
  NPK_ASSIGN(report.cut_bytes, mend_torn_end(*file, {.limits = options.create.limits, .identities = options.identities}, options.create.resume));
  NPK_ASSIGN(Before before, Before::open(*file, options));
  const PackageInfo& info = before.reader().info();
  CreateOptions scan = options.create;
  scan.sink = nullptr;
  scan.package_path = options.package_path;
  scan.hints = scan.hints || scan.inputs.empty();  // nothing is scanned: those of pages that stay are still true
  NPK_ASSIGN(const TreeInput scanned, open_input(scan, report.scan_problems));
  NPK_TRY(before.find_leaves());
  const MergeRules rules{.replaced = replaced_paths(options, report.scan_problems == 0), .removed = options.removed,
                         .renamed = options.renamed, .attributes = options.attributes, .read_all = options.read_all || before.hints().is_broken(),
                         .ignore_ctime = options.ignore_ctime, .ignore_inode = options.ignore_inode, .hints = before.hints()};
  std::optional<ProfileSpan> merging(std::in_place, profile, ProfileStage::scan);
  NPK_ASSIGN(const auto input, MergedInput::merge(before.tree(), before.leaves(), scanned, rules));
  merging.reset();
  const bool load_chunks = input->has_new_content() && options.create.writer.deduplication != Deduplication::none;
  NPK_ASSIGN(writer::BaseGeneration base, before.generation(*file, load_chunks));
  NPK_ASSIGN(const auto resumed, go_on(*file, before.reader(), options));
  if (resumed) report.cut_bytes += resumed->cut_bytes();
  if (resumed) bounds.earlier = resumed->earlier();
  WriterOptions writer = options.create.writer;
  writer.volume_bytes = file->volume_bytes();
  NPK_ASSIGN(writer.metadata, changed_metadata(format::package_metadata(before.tree().info().commit.placement), options.metadata));
  const bool has_new_metadata = writer.metadata != format::package_metadata(info.commit.placement);
  NPK_ASSIGN(report.write, writer::append_generation(*input, *file, writer, std::move(base), bounds));
  report.new_entries = input->counts().new_entries;
  report.gone_entries = input->counts().gone_entries;
  report.kept_files = input->counts().kept_files;
  report.generation = info.commit.statement.generation;
  report.changed_nothing = !has_new_metadata && report.write.content_root == info.commit.statement.content_root;
  if (report.changed_nothing) {
    report.write.package_bytes = info.package_length;
    if (resumed) NPK_TRY(file->cut_to(info.package_length));
    if (resumed) NPK_TRY(ResumedAppend::forget(options.package_path));
    return report;  // the file is as long as before
  }
  {
    const ProfileSpan span(profile, ProfileStage::sync);
    NPK_TRY(file->commit());
  }
  if (resumed) NPK_TRY(ResumedAppend::forget(options.package_path));
  ++report.generation;
  report.added_bytes = report.write.package_bytes - info.package_length;
  return report;
}

}  // namespace npk::ops
