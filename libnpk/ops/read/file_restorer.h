// Writes pieces of regular files as their blocks are decoded, in any order and from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ops/read/extract_reporter.h"
#include "ops/read/planned_entries.h"
#include "tree/restore.h"

namespace npk::ops {

// Bytes of a file that lie in one block, one behind another.
struct Piece {
  std::uint64_t file_offset = 0;
  PlannedEntries::Number file = 0;
  std::uint32_t block = 0;   // of the caller's numbering
  std::uint32_t offset = 0;  // in the raw block
  std::uint32_t length = 0;
};
static_assert(sizeof(Piece) == 24);

// A file lies open only while one block's pieces are written to it, so that no more are open than there are threads. A
// file that is not complete when the restorer is destroyed is removed. Results are errors that stop everything; what
// concerns one entry is reported, and goes no further.
class FileRestorer {
 public:
  using Number = PlannedEntries::Number;

  FileRestorer(PlannedEntries& entries, tree::TreeWriter& writer, ExtractReporter& reporter)
      : entries_(entries), writer_(writer), reporter_(reporter) {}
  FileRestorer(const FileRestorer&) = delete;
  FileRestorer& operator=(const FileRestorer&) = delete;
  ~FileRestorer();

  // `link` is another path of the same file. It stands in if the file can't be created under its own. One thread.
  void add_link(Number file, Number link) { links_[file].push_back(link); }
  // All other paths of the files there are by now; each is made once. One thread.
  [[nodiscard]] Result<void> make_links();

  // Pieces of one file. The last of all completes it: size, metadata.
  [[nodiscard]] Result<void> write(std::span<const Piece> pieces, ByteView block);
  // A file without data: empty, or all hole.
  [[nodiscard]] Result<void> create_without_data(Number file);
  // Removes what there is of the file and reports the error.
  void fail(Number file, Error error, bool damaged);

 private:
  [[nodiscard]] bool is_open_to(Number file) const noexcept;
  [[nodiscard]] Result<std::optional<tree::NewFile>> create(Number file, std::uint16_t mode);
  [[nodiscard]] bool use_other_path(Number file);
  [[nodiscard]] Result<std::optional<tree::NewFile>> open_partial(Number file);
  [[nodiscard]] Result<void> complete(Number file, tree::NewFile& opened);
  [[nodiscard]] Result<void> settle(Number file, Error error);
  [[nodiscard]] Result<void> make_link(Number file, Number link);
  void remove_partial(Number file);

  PlannedEntries& entries_;
  tree::TreeWriter& writer_;
  ExtractReporter& reporter_;
  std::mutex mutex_;  // creating, reopening and removing files of several blocks
  std::unordered_map<Number, tree::FileIdentity> partial_;
  std::mutex links_mutex_;
  std::unordered_map<Number, std::vector<Number>> links_;
};

}  // namespace npk::ops
