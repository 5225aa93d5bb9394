// What extracting from a file and from a pipe share: the target, the entries, and what becomes of each.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "npk/ops/extract.h"
#include "ops/read/block_buffers.h"
#include "ops/read/extract_reporter.h"
#include "ops/read/file_restorer.h"
#include "ops/read/planned_entries.h"
#include "ops/read/selection.h"
#include "pool/pipeline.h"
#include "tree/extract_journal.h"
#include "tree/restore.h"

namespace npk::ops {

// Set up and added to by one thread; restore_* do their work in several.
class ExtractSession {
 public:
  using Number = PlannedEntries::Number;

  explicit ExtractSession(const ExtractOptions& options);

  // Before anything is restored. `package`: what names it, and its state, for another run to go on with it.
  [[nodiscard]] Result<void> open_target(const std::string& package);

  using ContentDigest = std::function<Result<Digest>()>;

  // Takes an entry if it is selected. The number of a regular file whose data is to be restored; nothing if there is
  // nothing to do for the content. What can't be taken is reported. `digest`: of its content, asked for where a run before may have finished it.
  [[nodiscard]] std::optional<Number> add(const format::EntryRow& row, const ContentDigest& digest);

  // The last entry added, if a run before has finished it.
  [[nodiscard]] const std::optional<Number>& last_finished() const noexcept { return last_finished_; }

  // Of the entries added since the last call of the same member.
  [[nodiscard]] Result<void> restore_directories();
  [[nodiscard]] Result<void> restore_without_data();  // all other entries without data, hard links left out

  // Hard links and the directories' metadata; patterns that matched nothing are reported.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] const ExtractOptions& options() const noexcept { return options_; }
  [[nodiscard]] pool::PipelineOptions pipeline_options() const noexcept {
    return {.threads = threads_, .max_tokens = threads_, .stop = options_.stop};
  }
  [[nodiscard]] unsigned threads() const noexcept { return threads_; }
  void use_threads(unsigned threads) noexcept { threads_ = threads; }
  [[nodiscard]] Selection& selection() noexcept { return selection_; }
  [[nodiscard]] PlannedEntries& entries() noexcept { return entries_; }
  [[nodiscard]] ExtractReporter& reporter() noexcept { return reporter_; }
  [[nodiscard]] FileRestorer& files() noexcept { return *files_; }
  [[nodiscard]] tree::TreeWriter& writer() noexcept { return *writer_; }
  [[nodiscard]] BlockBuffers& buffers() noexcept { return buffers_; }

 private:
  [[nodiscard]] bool is_finished(Number number, const ContentDigest& digest);
  [[nodiscard]] bool has_content(Number number, const Digest& digest);
  [[nodiscard]] bool is_other_link(Number number, std::uint64_t link_group);
  template <class Restore>
  [[nodiscard]] Result<void> restore_all(std::vector<Number>& numbers, Restore restore);

  const ExtractOptions& options_;
  unsigned threads_;
  Selection selection_;
  ExtractReporter reporter_;
  PlannedEntries entries_;
  std::unique_ptr<tree::TreeWriter> writer_;
  std::unique_ptr<FileRestorer> files_;  // before the writer goes, it removes what is incomplete
  BlockBuffers buffers_;
  std::vector<Number> directories_;
  std::vector<Number> without_data_;
  std::unordered_map<std::uint64_t, Number> link_groups_;
  std::optional<tree::ExtractJournal> journal_;
  std::optional<Number> last_finished_;
};

}  // namespace npk::ops
