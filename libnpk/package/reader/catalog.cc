#include "package/reader/catalog.h"

#include <algorithm>
#include <string>

#include "npk/format/path.h"

namespace npk::reader {
namespace {

using format::CatalogPage;

// What a page says of itself, leaf or node alike.
struct Summary {
  std::uint8_t height = 0;
  std::uint64_t entries = 0;
  std::string_view first_path, last_path;  // of a node: its last child's first
};

Summary summary_of(const PageContent& content) {
  if (const auto* node = std::get_if<CatalogBranch>(&content))
    return {node->height, node->ends.back(), node->children.front().first_path, node->children.back().first_path};
  const auto& leaf = std::get<CatalogPage>(content);
  if (leaf.row_count() == 0) return {};
  return {0, leaf.row_count(), leaf.path(0), leaf.path(leaf.row_count() - 1)};
}

std::size_t child_of_path(const CatalogBranch& node, std::string_view path) {
  const auto behind =
      std::ranges::upper_bound(node.children, path, format::path_less, &format::CatalogChild::first_path);
  return behind == node.children.begin() ? 0 : static_cast<std::size_t>(behind - node.children.begin()) - 1;
}

// `number_within` is below the node's number of entries.
std::size_t child_of_number(const CatalogBranch& node, std::uint64_t number_within) {
  return static_cast<std::size_t>(std::ranges::upper_bound(node.ends, number_within) - node.ends.begin());
}

Result<void> check_number(std::uint64_t number, std::uint64_t count) {
  if (number < count) return {};
  return fail(Errc::misuse, "entry " + std::to_string(number) + " asked for where there are " + std::to_string(count));
}

}  // namespace

struct CatalogTree::Step {
  format::FrameReference reference;
  std::uint64_t before = 0;
  std::uint64_t entries = 0;
  std::uint64_t first_number = 0;
  std::optional<std::uint8_t> height = {};          // none: the root
  std::optional<std::string_view> first_path = {};  // none: the root
  std::optional<std::string_view> path_bound = {};  // the first path behind the subtree; none: the end
  std::shared_ptr<const Page> parent = {};          // what first_path lies in
  std::shared_ptr<const Page> bound_page = {};      // and path_bound

  [[nodiscard]] Result<void> check(const PageContent& content) const {
    const Summary page = summary_of(content);
    if (height && page.height != *height) return fail_corrupt("a catalog page's height is not one less than its parent's");
    if (page.entries != entries) return fail_corrupt("a catalog page has another number of entries than its parent says");
    if (first_path && page.first_path != *first_path)
      return fail_corrupt("a catalog page's first path is not what its parent says");
    if (path_bound && !format::path_less(page.last_path, *path_bound))
      return fail_corrupt("paths are not in ascending order from page to page");
    return {};
  }

  // `page` holds `node`.
  [[nodiscard]] Step child(const std::shared_ptr<const Page>& page, const CatalogBranch& node,
                           std::size_t index) const {
    const format::CatalogChild& chosen = node.children[index];
    const bool last = index + 1 == node.children.size();
    return {.reference = {chosen.position, chosen.stored_length, chosen.hash},
            .before = reference.position,
            .entries = chosen.entry_count,
            .first_number = first_number + node.ends[index] - chosen.entry_count,
            .height = static_cast<std::uint8_t>(node.height - 1),
            .first_path = chosen.first_path,
            .path_bound = last ? path_bound : std::optional<std::string_view>(node.children[index + 1].first_path),
            .parent = page,
            .bound_page = last ? bound_page : page};
  }
};

CatalogTree::Step CatalogTree::root_step() const {
  return {.reference = root_, .before = before_, .entries = entry_count_};
}

Result<std::shared_ptr<const Page>> CatalogTree::root_page() const {
  if (auto kept = root_page_.get()) return kept;
  NPK_ASSIGN(auto page, page_of(root_step()));
  root_page_.keep(page);
  return page;
}

Result<std::shared_ptr<const Page>> CatalogTree::page_of(const Step& step) const {
  NPK_ASSIGN(auto page, pages_->get(format::FrameType::catalog_page, step.reference, step.before));
  NPK_TRY(pages_->frames().placed(step.check(page->content), step.reference.position));
  return page;
}

// choose(node, number of its first entry) gives the index of the child to go on with.
template <class Choose>
Result<CatalogTree::Leaf> CatalogTree::descend(Choose choose) const {
  Step step = root_step();
  NPK_ASSIGN(auto page, root_page());
  for (;;) {
    if (const auto* leaf = std::get_if<CatalogPage>(&page->content)) return Leaf{{page, leaf}, step.first_number};
    const auto& node = std::get<CatalogBranch>(page->content);
    step = step.child(page, node, choose(node, step.first_number));
    NPK_ASSIGN(page, page_of(step));
  }
}

Result<CatalogTree::Leaf> CatalogTree::leaf_of_path(std::string_view path) const {
  return descend([&](const CatalogBranch& node, std::uint64_t) { return child_of_path(node, path); });
}

Result<CatalogTree::Leaf> CatalogTree::leaf_of_number(std::uint64_t number) const {
  return descend([&](const CatalogBranch& node, std::uint64_t first) { return child_of_number(node, number - first); });
}

Result<std::uint64_t> CatalogTree::lower_bound(std::string_view path) const {
  if (entry_count_ == 0) return 0;
  NPK_ASSIGN(const Leaf leaf, leaf_of_path(path));
  return leaf.first_number + leaf.page->lower_bound(path);
}

Result<std::optional<Entry>> CatalogTree::find(std::string_view path) const {
  if (entry_count_ == 0) return std::nullopt;
  NPK_ASSIGN(const Leaf leaf, leaf_of_path(path));
  const std::size_t row = leaf.page->lower_bound(path);
  if (row == leaf.page->row_count() || leaf.page->path(row) != path) return std::nullopt;
  return Entry(leaf.page, row, leaf.first_number + row);
}

Result<Entry> CatalogTree::entry(std::uint64_t number) const {
  NPK_TRY(check_number(number, entry_count_));
  NPK_ASSIGN(const Leaf leaf, leaf_of_number(number));
  return Entry(leaf.page, static_cast<std::size_t>(number - leaf.first_number), number);
}

Result<void> CatalogTree::for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first,
                                   std::uint64_t last) const {
  last = std::min(last, entry_count_);
  for (std::uint64_t number = first; number < last;) {
    NPK_ASSIGN(const Leaf leaf, leaf_of_number(number));
    const std::uint64_t end = std::min(last, leaf.first_number + leaf.page->row_count());
    for (; number < end; ++number) {
      if (!visit(Entry(leaf.page, static_cast<std::size_t>(number - leaf.first_number), number))) return {};
    }
  }
  return {};
}

RecoveredCatalog::RecoveredCatalog(std::vector<std::shared_ptr<const CatalogPage>> manifests)
    : manifests_(std::move(manifests)) {
  for (std::size_t manifest = 0; manifest < manifests_.size(); ++manifest) {
    for (std::size_t row = 0; row < manifests_[manifest]->row_count(); ++row)
      rows_.push_back({static_cast<std::uint32_t>(manifest), static_cast<std::uint32_t>(row)});
  }
  // By path; of equal paths the latest comes first and is kept.
  std::ranges::sort(rows_, [this](const Row& a, const Row& b) {
    const auto order = format::compare_paths(path(a), path(b));
    return order != 0 ? order < 0 : std::pair(a.manifest, a.row) > std::pair(b.manifest, b.row);
  });
  const auto repeated = std::ranges::unique(rows_, {}, [this](const Row& row) { return path(row); });
  rows_.erase(repeated.begin(), repeated.end());
}

Entry RecoveredCatalog::at(std::uint64_t number) const {
  const Row& row = rows_[static_cast<std::size_t>(number)];
  return {manifests_[row.manifest], row.row, number};
}

Result<std::uint64_t> RecoveredCatalog::lower_bound(std::string_view sought) const {
  const auto found =
      std::ranges::lower_bound(rows_, sought, format::path_less, [this](const Row& row) { return path(row); });
  return static_cast<std::uint64_t>(found - rows_.begin());
}

Result<std::optional<Entry>> RecoveredCatalog::find(std::string_view sought) const {
  NPK_ASSIGN(const std::uint64_t number, lower_bound(sought));
  if (number == rows_.size() || path(rows_[static_cast<std::size_t>(number)]) != sought) return std::nullopt;
  return at(number);
}

Result<Entry> RecoveredCatalog::entry(std::uint64_t number) const {
  NPK_TRY(check_number(number, rows_.size()));
  return at(number);
}

Result<void> RecoveredCatalog::for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first,
                                        std::uint64_t last) const {
  last = std::min<std::uint64_t>(last, rows_.size());
  for (std::uint64_t number = first; number < last; ++number) {
    if (!visit(at(number))) return {};
  }
  return {};
}

}  // namespace npk::reader
