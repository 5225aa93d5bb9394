#include "ops/write/rewrite/rewritten_package.h"

#include <algorithm>

#include "io/volume_path.h"
#include "npk/files.h"
#include "ops/write/rewrite/history_writer.h"
#include "ops/write/rewrite/package_style.h"
#include "ops/write/torn_end.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

Result<void> check(const PackageInfo& info, const RewriteOptions& options) {
  if (info.commit.placement.features.read_only_compatible != 0)
    return fail(Errc::unsupported, "the package has features that this npk must not write anew: use a newer npk");
  if (info.package_offset != 0 && options.output_path.empty())
    return fail(Errc::misuse, "the package is the end of a larger file, which can't be replaced: name another output");
  if (options.pad && !info.superblock.sealed) return fail(Errc::misuse, "pad: only the lengths of a sealed package can be hidden");
  return {};
}

}  // namespace

Result<std::unique_ptr<RewrittenPackage>> RewrittenPackage::open(const std::string& path, const RewriteOptions& options) {
  if (options.output_path.empty() && !options.dry_run) NPK_TRY(io::check_replaceable(path));
  NPK_ASSIGN(auto file, io::AppendedFile::open(path));
  const ReaderOptions reading{.limits = options.limits, .accept_recovered = false, .identities = options.identities};
  std::uint64_t cut_bytes = 0;
  if (!options.dry_run) {
    NPK_ASSIGN(cut_bytes, mend_torn_end(*file, reading));
  }
  NPK_ASSIGN(PackageReader reader, PackageReader::open(file->source(), reading));
  NPK_TRY(check(reader.info(), options));
  std::unique_ptr<RewrittenPackage> package(new RewrittenPackage(path, std::move(file), std::move(reader), options));
  package->cut_bytes_ = cut_bytes;
  NPK_TRY(package->read_history());
  return package;
}

Result<void> RewrittenPackage::read_history() {
  const reader::FrameReader& frames = reader_.impl().frames();
  history_.push_back(reader::newest_commit(reader_.info()));
  for (;;) {
    NPK_ASSIGN(auto before, reader::commit_before(frames, history_.back()));
    if (!before) break;
    history_.push_back(*std::move(before));
  }
  NPK_ASSIGN(signatures_, reader::read_signature_frames(frames, reader_.info().trailer.signature_position));
  return {};
}

bool RewrittenPackage::is_signed(const reader::PlacedCommit& commit) const {
  return std::ranges::any_of(signatures_, [&](const reader::SignatureFrame& signature) {
    return signature.record.commit.position == commit.place.position;
  });
}

LiveChunks RewrittenPackage::no_chunks() const { return LiveChunks(reader_.impl().chunks().totals().chunks); }

Result<void> RewrittenPackage::count(const LiveChunks& live, RewriteReport& report) const {
  report.old_bytes = reader_.info().package_length;
  report.cut_bytes = cut_bytes_;
  return reader_.impl().chunks().for_each_page([&](const format::ChunkPage& page) -> Result<void> {
    std::vector<std::uint64_t> needed(page.blocks.size());
    for (std::size_t i = 0; i < page.chunks.size(); ++i) {
      const format::ChunkRow& chunk = page.chunks[i];
      const bool is_live = live.is_live(page.first_chunk + i);
      ++(is_live ? report.chunks : report.dropped_chunks);
      (is_live ? report.unique_bytes : report.dropped_bytes) += chunk.length;
      if (is_live) needed[chunk.block] += chunk.length;
    }
    for (std::size_t i = 0; i < needed.size(); ++i) {
      const format::BlockRow& block = page.blocks[i];
      const double share = block.raw_length == 0 ? 0 : static_cast<double>(needed[i]) / static_cast<double>(block.raw_length);
      report.freed_estimate += block.stored_length - static_cast<std::uint64_t>(static_cast<double>(block.stored_length) * share);
    }
    return {};
  });
}

Result<RewriteReport> RewrittenPackage::write(const Choice& choice, const LiveChunks& live) const {
  RewriteReport report;
  NPK_TRY(count(live, report));
  if (options_.dry_run) return report;
  WriterOptions like;
  if (choice.recompressed) {
    like = *choice.recompressed;
  } else {
    NPK_ASSIGN(like, options_like(reader_));
  }
  like.threads = options_.threads;
  NPK_ASSIGN(const writer::WritePlan plan, writer::make_plan(like));
  NPK_ASSIGN(const std::unique_ptr<Sink> file, create_atomic_file(options_.output_path.empty() ? path_ : options_.output_path));
  HistoryWriter writer(*this, choice, live, options_, plan, report);
  NPK_TRY(writer.write(*file));
  NPK_TRY(file->commit());
  return report;
}

}  // namespace npk::ops
