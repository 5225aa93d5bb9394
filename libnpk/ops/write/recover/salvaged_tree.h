// The entries of a generation as far as anything still names them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/commit.h"
#include "ops/write/recover/found_frames.h"

namespace npk::ops {

// A commit that is there.
struct SalvagedCommit {
  const FoundFrame* frame = nullptr;
  format::Commit commit;
};

// All of them, the newest first. Errors: io.
[[nodiscard]] Result<std::vector<SalvagedCommit>> commits_of(const FoundFrames& frames);

// Const members are thread-safe. Memory: the pages, and 24 bytes an entry.
class SalvagedTree {
 public:
  // By the commit's catalog; where pages of that are lost, by manifests and stray pages written before the commit, the
  // later counting. Errors: limit; io.
  [[nodiscard]] static Result<SalvagedTree> of_commit(const FoundFrames& frames, const SalvagedCommit& commit);
  // By manifests and stray pages alone.
  [[nodiscard]] static Result<SalvagedTree> of_manifests(const FoundFrames& frames);

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] format::EntryRow row(std::size_t number) const { return pages_[rows_[number].page].page->row(rows_[number].row); }
  [[nodiscard]] std::string_view path(std::size_t number) const { return path_of(rows_[number]); }
  // Of two entries of one link group the same number is that of a group only if this is, too.
  [[nodiscard]] std::uint64_t scope(std::size_t number) const { return pages_[rows_[number].page].scope; }
  [[nodiscard]] std::uint64_t from_manifests() const noexcept { return from_manifests_; }
  [[nodiscard]] std::uint64_t unnamed() const noexcept { return unnamed_; }
  // Takes out the entries for which `is_left_out` by number.
  void erase(const std::vector<bool>& is_left_out);

 private:
  struct Page {
    std::shared_ptr<const format::CatalogPage> page;
    std::uint64_t sequence = 0;
    std::uint64_t scope = 0;
  };
  struct Row {
    std::uint32_t page;
    std::uint32_t row;
  };
  struct Gap {  // of the catalog
    std::string first_path;
    std::string end;  // the first path behind it; empty: none
    std::uint64_t entries = 0;
  };
  struct Reference {
    Digest hash{};
    std::string first_path;  // of the root: empty, unknown
    std::string end;
    std::uint64_t entries = 0;
    int height = -1;         // of the root: unknown
  };

  explicit SalvagedTree(const FoundFrames& frames) : frames_(frames) {}
  [[nodiscard]] std::string_view path_of(const Row& row) const { return pages_[row.page].page->path(row.row); }
  [[nodiscard]] Result<void> visit(const Reference& reference);
  [[nodiscard]] Result<bool> visit_page(const Reference& reference, const FoundFrame& frame);
  [[nodiscard]] Result<bool> visit_node(const Reference& reference, const Bytes& raw);
  [[nodiscard]] Result<bool> take_leaf(const Reference& reference, Bytes raw);
  [[nodiscard]] Result<void> keep(format::CatalogPage page, std::uint64_t sequence, std::uint64_t scope);
  [[nodiscard]] Result<void> fill_gaps(std::uint64_t before_sequence);
  [[nodiscard]] Result<void> take_hint(const FoundFrame& frame);
  void fill_gap(const Gap& gap, const std::vector<Row>& hints);
  [[nodiscard]] std::vector<Row> sorted_hints(std::size_t first_page) const;

  const FoundFrames& frames_;
  std::vector<Page> pages_;
  std::vector<Row> rows_;  // by path
  std::vector<Gap> gaps_;
  std::string last_path_;
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t from_manifests_ = 0;
  std::uint64_t unnamed_ = 0;
};

}  // namespace npk::ops
