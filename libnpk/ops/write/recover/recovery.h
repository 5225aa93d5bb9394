// Decides what of a damaged package is taken, and says what is lost.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ops/write/recover/salvaged_content.h"
#include "ops/write/recover/salvaged_tree.h"

namespace npk::ops {

// One thread, but for note_unreadable().
class Recovery {
 public:
  // All outlive it.
  Recovery(const FoundFrames& frames, const RecoverOptions& options) : frames_(frames), options_(options), chunks_(frames) {}

  // Errors: truncated (nothing can be had), limit, cancelled, io.
  [[nodiscard]] Result<void> choose();

  // What is taken: each entry's content is there, or it is to be kept in part.
  [[nodiscard]] const SalvagedTree& tree() const noexcept { return *tree_; }
  [[nodiscard]] const SalvagedChunks& chunks() const noexcept { return chunks_; }
  // Null: no commit is there.
  [[nodiscard]] const SalvagedCommit* commit() const noexcept { return commit_; }
  [[nodiscard]] bool is_whole() const noexcept { return report_.is_whole; }

  // An entry that was there when it was checked could not be read when it was written. From any thread.
  void note_unreadable(const Error& error);
  void note_signatures(std::uint64_t count) noexcept { report_.kept_signatures = count; }
  // corrupt: of a generation that was whole another content root came out.
  [[nodiscard]] Result<void> finish(const WriteReport& written);
  [[nodiscard]] RecoverReport take_report() { return std::move(report_); }

 private:
  [[nodiscard]] Result<bool> take_if_whole(const SalvagedCommit& commit);
  [[nodiscard]] Result<void> take_what_is_there(const SalvagedCommit* commit);
  [[nodiscard]] Result<bool> has_all(const SalvagedTree& tree, const Digest& content_root) const;
  [[nodiscard]] Result<void> check_pieces(const SalvagedTree& tree) const;
  [[nodiscard]] Result<std::vector<std::uint8_t>> check_digests(const SalvagedTree& tree) const;
  void leave_out_lost(SalvagedTree& tree, const std::vector<std::uint8_t>& other_digest);
  void note_lost(LostEntry lost);
  void note_generations();

  const FoundFrames& frames_;
  const RecoverOptions& options_;
  SalvagedChunks chunks_;
  std::vector<SalvagedCommit> commits_;  // newest first
  const SalvagedCommit* commit_ = nullptr;
  std::optional<SalvagedTree> tree_;
  RecoverReport report_;
  std::mutex mutex_;
};

}  // namespace npk::ops
