#include <optional>
#include <string>

#include "npk/format/path.h"
#include "npk/ops/hash.h"
#include "ops/read/block_heads.h"
#include "ops/read/block_task.h"
#include "ops/read/catalog_walk.h"
#include "ops/read/decoding_memory.h"
#include "ops/read/extract_session.h"
#include "ops/read/piece_plan.h"
#include "package/reader/expansion.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

class PackageExtraction {
 public:
  PackageExtraction(const PackageReader& package, const ExtractOptions& options)
      : package_(package), session_(options), plan_(package.info().package_length, options.limits) {}

  Result<ExtractReport> run() {
    NPK_TRY(reader::check_expansion(package_.info(), session_.options().limits));
    NPK_TRY(session_.open_target("commit " + hex_of(package_.info().commit_place.hash)));
    NPK_TRY(plan());
    NPK_TRY(session_.restore_directories());
    NPK_TRY(pool::parallel_for_each_index(session_.pipeline_options(), plan_.task_count(), [this](std::uint64_t index) {
      return restore(plan_.task(static_cast<std::size_t>(index)));
    }));
    NPK_TRY(session_.restore_without_data());
    NPK_TRY(session_.finish());
    return session_.reporter().finish(true);
  }

 private:
  Result<void> plan() {
    const ProfileSpan span(session_.options().profile.get(), ProfileStage::plan);
    NPK_TRY(choose_entries());
    NPK_TRY(plan_.locate(package_.impl().chunks(), [this](PiecePlan::Number file, const Error& error) {
      session_.files().fail(file, error, is_damage(error));
    }));
    return fit_memory();
  }

  Result<void> choose_entries() {
    std::optional<Error> refused;
    EffectiveTags tags(package_);
    const auto visit = [&](const Entry& entry) {
      auto chosen = choose_by_tag(tags, entry);
      if (!chosen) refused = std::move(chosen).error();
      return !refused;
    };
    NPK_TRY(walk_catalog(package_, session_.selection().literal_paths(), session_.reporter(), visit));
    if (refused) return std::unexpected(*std::move(refused));
    return {};
  }

  Result<void> choose_by_tag(EffectiveTags& tags, const Entry& entry) {
    NPK_ASSIGN(const bool is_meant, tags.meet(entry.row(), session_.options().tags));
    return is_meant ? choose(entry) : Result<void>();
  }

  Result<void> choose(const Entry& entry) {
    if (session_.options().stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const EntryRow& row = entry.row();
    const auto file = session_.add(row, [&] { return package_.digest(entry); });
    if (!file) return {};
    expanded_bytes_ += session_.entries()[*file].pending;
    NPK_TRY(reader::check_expansion(expanded_bytes_, package_.info().package_length, session_.options().limits));
    auto added = plan_.add_file(*file, row.runs, package_.impl().chunks().totals().chunks);
    if (added) return {};
    if (added.error().code == Errc::limit) return added;
    session_.files().fail(*file, std::move(added).error(), true);
    return {};
  }

  Result<void> restore(const PiecePlan::Task& task) {
    return restore_block(session_, task.pieces, static_cast<std::size_t>(task.needed_bytes),
                         [&](MutableBytes out) -> Result<void> {
                           if (task.block.row.raw_length > package_.impl().limits().max_block_raw_bytes)
                             return fail(Errc::limit, "a block is larger than the limit");
                           return package_.impl().blocks().load_into(task.block, out);
                         });
  }

  // As many threads as the memory allows.
  Result<void> fit_memory() {
    const std::uint64_t given = session_.options().memory_bytes;
    if (given == 0) return {};
    const std::uint64_t thread = memory_of_a_thread();
    const std::uint64_t plan = session_.entries().memory_bytes() + plan_.memory_bytes() +
                               package_.impl().page_cache().cached_bytes() + kMemoryBesideBlocks;
    NPK_ASSIGN(const unsigned threads, threads_within(given, plan + thread, plan, thread, session_.threads()));
    session_.use_threads(threads);
    return {};
  }

  // Rows of blocks don't tell how they are stored: their frames do, which are looked at for a bound only.
  [[nodiscard]] std::uint64_t memory_of_a_thread() const {
    const reader::FrameReader& frames = package_.impl().frames();
    DecodingMemory memory;
    for (std::size_t i = 0; i < plan_.task_count(); ++i) {
      const PiecePlan::Task task = plan_.task(i);
      const format::BlockRow& row = task.block.row;
      const auto header = frames.read_header(row.position);
      memory.add(row, row.stored_length, task.needed_bytes,
                 header ? peek_inner_header(frames, row.position, *header) : Result<format::InnerHeader>(std::unexpected(header.error())));
    }
    return memory.thread_bytes();
  }

  const PackageReader& package_;
  ExtractSession session_;
  PiecePlan plan_;
  std::uint64_t expanded_bytes_ = 0;
};

}  // namespace

Result<ExtractReport> extract(const PackageReader& package, const ExtractOptions& options) {
  const ProfiledRun run(options.profile.get(), "extract", pool::thread_count(options.threads));
  return PackageExtraction(package, options).run();
}

}  // namespace npk::ops
