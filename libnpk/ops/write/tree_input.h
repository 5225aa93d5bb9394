// A scanned tree, and perhaps one pipe, as the writer's input.
#pragma once

#include "npk/ops/create.h"
#include "package/writer/input.h"
#include "tree/scan.h"

namespace npk::ops {

struct TreeInputOptions {
  bool leave_out_owners = false;
  bool clamp_times = false;
  std::int64_t newest_seconds = 0;
  std::optional<std::int64_t> hint_seconds = std::nullopt;  // not after the scan began; none: no hints are written
};

class TreeInput final : public writer::InputTree {
 public:
  explicit TreeInput(tree::ScannedTree tree, const TreeInputOptions& options);

  // Adds one entry read from `source`, which is the caller's. Errc::misuse if the path is there already, or lies in a file.
  [[nodiscard]] Result<void> add_pipe(std::string path, SequentialSource& source, std::int64_t mtime_seconds);

  // Its groups are numbered from 1.
  [[nodiscard]] std::uint64_t link_group_count() const noexcept { return tree_.link_group_count(); }

  [[nodiscard]] std::uint64_t entry_count() const noexcept override;
  [[nodiscard]] format::EntryRow entry(std::uint64_t number, writer::EntryScratch& scratch) const override;
  [[nodiscard]] std::uint64_t size(std::uint64_t number) const noexcept override;
  [[nodiscard]] bool may_have_holes(std::uint64_t number) const noexcept override;
  [[nodiscard]] std::uint64_t link_leader(std::uint64_t number) const noexcept override;
  [[nodiscard]] format::FileHint hint(std::uint64_t number) const override;
  [[nodiscard]] std::optional<std::int64_t> hint_seconds() const noexcept override { return options_.hint_seconds; }
  [[nodiscard]] std::unique_ptr<writer::InputOpener> opener() const override;

 private:
  friend class TreeOpener;
  [[nodiscard]] Result<void> check_pipe_place(std::size_t at, const std::string& path) const;
  [[nodiscard]] bool is_pipe(std::uint64_t number) const noexcept { return pipe_ != nullptr && number == pipe_number_; }
  [[nodiscard]] std::size_t to_scanned(std::uint64_t number) const noexcept { return number - (pipe_ != nullptr && number > pipe_number_ ? 1 : 0); }
  [[nodiscard]] std::uint64_t from_scanned(std::size_t index) const noexcept { return index + (pipe_ != nullptr && index >= pipe_number_ ? 1 : 0); }

  tree::ScannedTree tree_;
  TreeInputOptions options_;
  std::vector<std::uint32_t> leaders_;  // by link group: index in the tree of its first entry
  SequentialSource* pipe_ = nullptr;
  std::string pipe_path_;
  std::uint64_t pipe_number_ = 0;
  std::int64_t pipe_mtime_seconds_ = 0;
};

}  // namespace npk::ops
