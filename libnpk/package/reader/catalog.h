// Entries by path, by number, in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "npk/entry.h"
#include "npk/format/commit.h"
#include "package/reader/cache/page_cache.h"

namespace npk::reader {

// Const members are thread-safe. Paths as stored.
class Catalog {
 public:
  virtual ~Catalog() = default;

  [[nodiscard]] virtual std::uint64_t entry_count() const noexcept = 0;
  // Number of the first entry whose path is not below `path`; entry_count() if none.
  [[nodiscard]] virtual Result<std::uint64_t> lower_bound(std::string_view path) const = 0;
  [[nodiscard]] virtual Result<std::optional<Entry>> find(std::string_view path) const = 0;
  // Errc::misuse if number >= entry_count().
  [[nodiscard]] virtual Result<Entry> entry(std::uint64_t number) const = 0;
  // Entries [first, last) in path order until `visit` returns false.
  [[nodiscard]] virtual Result<void> for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first,
                                              std::uint64_t last) const = 0;
};

// Over a commit's catalog tree. A look-up costs as many page reads as the tree is high, fewer when cached. Every page
// is checked against what leads to it: hash, position, height, first path, number of entries, and that its paths stay
// below its successor's first.
class CatalogTree final : public Catalog {
 public:
  // `root` may be absent (no entries); `before` is the commit's position.
  CatalogTree(std::shared_ptr<PageCache> pages, const format::FrameReference& root, std::uint64_t entry_count,
              std::uint64_t before)
      : pages_(std::move(pages)), root_(root), entry_count_(entry_count), before_(before) {}

  [[nodiscard]] std::uint64_t entry_count() const noexcept override { return entry_count_; }
  [[nodiscard]] Result<std::uint64_t> lower_bound(std::string_view path) const override;
  [[nodiscard]] Result<std::optional<Entry>> find(std::string_view path) const override;
  [[nodiscard]] Result<Entry> entry(std::uint64_t number) const override;
  [[nodiscard]] Result<void> for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first,
                                      std::uint64_t last) const override;

 private:
  struct Leaf {
    std::shared_ptr<const format::CatalogPage> page;
    std::uint64_t first_number = 0;
  };
  struct Step;  // what a page must be, by what leads to it
  [[nodiscard]] Step root_step() const;
  [[nodiscard]] Result<std::shared_ptr<const Page>> root_page() const;
  [[nodiscard]] Result<std::shared_ptr<const Page>> page_of(const Step& step) const;
  template <class Choose>
  [[nodiscard]] Result<Leaf> descend(Choose choose) const;
  [[nodiscard]] Result<Leaf> leaf_of_path(std::string_view path) const;
  [[nodiscard]] Result<Leaf> leaf_of_number(std::uint64_t number) const;

  std::shared_ptr<PageCache> pages_;
  format::FrameReference root_;
  std::uint64_t entry_count_;
  std::uint64_t before_;
  RootPage root_page_;
};

// Of a package without a commit: what its manifests name. Of entries with the same path the one of the later manifest
// counts. Holds all manifests in memory.
class RecoveredCatalog final : public Catalog {
 public:
  explicit RecoveredCatalog(std::vector<std::shared_ptr<const format::CatalogPage>> manifests);

  [[nodiscard]] std::uint64_t entry_count() const noexcept override { return rows_.size(); }
  [[nodiscard]] Result<std::uint64_t> lower_bound(std::string_view path) const override;
  [[nodiscard]] Result<std::optional<Entry>> find(std::string_view path) const override;
  [[nodiscard]] Result<Entry> entry(std::uint64_t number) const override;
  [[nodiscard]] Result<void> for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first,
                                      std::uint64_t last) const override;

 private:
  struct Row {
    std::uint32_t manifest;
    std::uint32_t row;
  };
  [[nodiscard]] std::string_view path(const Row& row) const noexcept { return manifests_[row.manifest]->path(row.row); }
  [[nodiscard]] Entry at(std::uint64_t number) const;

  std::vector<std::shared_ptr<const format::CatalogPage>> manifests_;
  std::vector<Row> rows_;  // by path
};

}  // namespace npk::reader
