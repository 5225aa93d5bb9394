#include "ops/write/recover/salvaged_tree.h"

#include <algorithm>
#include <tuple>

#include "block/open.h"
#include "hash/content_root.h"
#include "npk/format/path.h"
#include "package/reader/locate.h"

namespace npk::ops {
namespace {

using format::CatalogPage;
using format::FrameType;
using format::PageKind;

constexpr std::uint64_t kAnywhere = UINT64_MAX;  // positions say nothing once bytes are missing
constexpr std::uint64_t kCatalogScope = UINT64_MAX;

bool is_kind(const Bytes& raw, PageKind kind) noexcept { return !raw.empty() && raw.front() == static_cast<std::uint8_t>(kind); }

bool is_io(const Error& error) noexcept { return error.code == Errc::io; }

}  // namespace

Result<std::vector<SalvagedCommit>> commits_of(const FoundFrames& frames) {
  std::vector<SalvagedCommit> commits;
  for (const FoundFrame& frame : frames.all()) {
    if (frame.header.type != FrameType::commit) continue;
    const auto body = frames.body(frame);
    if (!body && is_io(body.error())) return std::unexpected(body.error());
    if (!body) continue;
    auto commit = reader::open_commit(*body, kAnywhere, frames.limits());
    if (commit) commits.push_back({&frame, *std::move(commit)});
  }
  std::ranges::sort(commits, std::greater(), [](const SalvagedCommit& commit) {
    return std::pair(commit.commit.statement.generation, commit.frame->header.sequence);
  });
  return commits;
}

Result<SalvagedTree> SalvagedTree::of_commit(const FoundFrames& frames, const SalvagedCommit& commit) {
  SalvagedTree tree(frames);
  const format::Placement& placement = commit.commit.placement;
  if (placement.totals.entries != 0)
    NPK_TRY(tree.visit({.hash = placement.catalog_root.hash, .first_path = {}, .end = {}, .entries = placement.totals.entries, .height = -1}));
  NPK_TRY(tree.fill_gaps(commit.frame->header.sequence));
  return tree;
}

Result<SalvagedTree> SalvagedTree::of_manifests(const FoundFrames& frames) {
  SalvagedTree tree(frames);
  tree.gaps_.push_back({});
  NPK_TRY(tree.fill_gaps(UINT64_MAX));
  return tree;
}

Result<void> SalvagedTree::visit(const Reference& reference) {
  const FoundFrame* frame = frames_.find(FrameType::catalog_page, reference.hash);
  if (frame != nullptr) {
    NPK_ASSIGN(const bool taken, visit_page(reference, *frame));
    if (taken) return {};
  }
  gaps_.push_back({reference.first_path, reference.end, reference.entries});
  return {};
}

// False: it is not what the reference says, and nothing of it was taken.
Result<bool> SalvagedTree::visit_page(const Reference& reference, const FoundFrame& frame) {
  const auto body = frames_.body(frame);
  if (!body) return is_io(body.error()) ? Result<bool>(std::unexpected(body.error())) : Result<bool>(false);
  auto raw = block::open_page(*body, frames_.limits());
  if (!raw) return false;
  if (is_kind(*raw, PageKind::catalog_node)) return visit_node(reference, *raw);
  return take_leaf(reference, *std::move(raw));
}

Result<bool> SalvagedTree::visit_node(const Reference& reference, const Bytes& raw) {
  const auto node = format::decode_catalog_node(raw, frames_.limits());
  if (!node || node->height == 0 || (reference.height >= 0 && node->height != reference.height)) return false;
  // Paths ascend from page to page, so none comes twice; heights sink, so the walk ends.
  const std::string& first = node->children.front().first_path;
  if (!reference.first_path.empty() ? first != reference.first_path : node->height > frames_.limits().max_tree_height) return false;
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    const format::CatalogChild& child = node->children[i];
    const std::string& end = i + 1 == node->children.size() ? reference.end : node->children[i + 1].first_path;
    NPK_TRY(visit({.hash = child.hash, .first_path = child.first_path, .end = end, .entries = child.entry_count, .height = node->height - 1}));
  }
  return true;
}

Result<bool> SalvagedTree::take_leaf(const Reference& reference, Bytes raw) {
  if (reference.height > 0) return false;
  auto page = CatalogPage::decode(std::move(raw), PageKind::catalog_leaf, frames_.limits());
  if (!page || page->row_count() == 0 || page->row_count() != reference.entries) return false;
  const std::string_view first = page->path(0), last = page->path(page->row_count() - 1);
  if (!reference.first_path.empty() && first != reference.first_path) return false;
  if ((!last_path_.empty() && !format::path_less(last_path_, first)) || (!reference.end.empty() && !format::path_less(last, reference.end))) return false;
  last_path_ = last;
  const auto rows = static_cast<std::uint32_t>(page->row_count());
  NPK_TRY(keep(*std::move(page), 0, kCatalogScope));
  for (std::uint32_t row = 0; row < rows; ++row) rows_.push_back({static_cast<std::uint32_t>(pages_.size() - 1), row});
  return true;
}

Result<void> SalvagedTree::keep(CatalogPage page, std::uint64_t sequence, std::uint64_t scope) {
  memory_bytes_ += page.memory_bytes();
  if (memory_bytes_ > frames_.page_memory())
    return fail(Errc::limit, "the entries take more memory than a package of this size may ask for");
  pages_.push_back({std::make_shared<const CatalogPage>(std::move(page)), sequence, scope});
  return {};
}

Result<void> SalvagedTree::fill_gaps(std::uint64_t before_sequence) {
  if (gaps_.empty()) return {};
  const std::size_t first_page = pages_.size();
  for (const FoundFrame& frame : frames_.all()) {
    const bool is_hint = frame.header.type == FrameType::manifest || frame.header.type == FrameType::catalog_page;
    if (is_hint && frame.header.sequence < before_sequence) NPK_TRY(take_hint(frame));
  }
  const std::vector<Row> hints = sorted_hints(first_page);
  for (const Gap& gap : gaps_) fill_gap(gap, hints);
  std::ranges::sort(rows_, [this](const Row& a, const Row& b) { return format::path_less(path_of(a), path_of(b)); });
  return {};
}

// Groups of hard links have the same numbers in all manifests of a generation.
Result<void> SalvagedTree::take_hint(const FoundFrame& frame) {
  const auto body = frames_.body(frame);
  if (!body) return is_io(body.error()) ? Result<void>(std::unexpected(body.error())) : Result<void>();
  auto raw = block::open_page(*body, frames_.limits());
  const PageKind kind = frame.header.type == FrameType::manifest ? PageKind::manifest : PageKind::catalog_leaf;
  if (!raw || !is_kind(*raw, kind)) return {};
  auto page = CatalogPage::decode(*std::move(raw), kind, frames_.limits());
  if (!page) return {};
  return keep(*std::move(page), frame.header.sequence, kind == PageKind::manifest ? frame.header.last_commit : kCatalogScope - 1 - frame.header.sequence);
}

// By path; of equal ones the latest first and alone.
std::vector<SalvagedTree::Row> SalvagedTree::sorted_hints(std::size_t first_page) const {
  std::vector<Row> hints;
  for (std::size_t page = first_page; page < pages_.size(); ++page) {
    for (std::size_t row = 0; row < pages_[page].page->row_count(); ++row)
      hints.push_back({static_cast<std::uint32_t>(page), static_cast<std::uint32_t>(row)});
  }
  std::ranges::sort(hints, [this](const Row& a, const Row& b) {
    const auto order = format::compare_paths(path_of(a), path_of(b));
    return order != 0 ? order < 0 : std::tuple(pages_[a.page].sequence, a.page, a.row) > std::tuple(pages_[b.page].sequence, b.page, b.row);
  });
  const auto repeated = std::ranges::unique(hints, {}, [this](const Row& row) { return path_of(row); });
  hints.erase(repeated.begin(), repeated.end());
  return hints;
}

void SalvagedTree::fill_gap(const Gap& gap, const std::vector<Row>& hints) {
  const auto path = [this](const Row& row) { return path_of(row); };
  const auto begin = std::ranges::lower_bound(hints, std::string_view(gap.first_path), format::path_less, path);
  const auto end = gap.end.empty() ? hints.end() : std::ranges::lower_bound(hints, std::string_view(gap.end), format::path_less, path);
  const std::uint64_t found = begin < end ? static_cast<std::uint64_t>(end - begin) : 0;
  if (begin < end) rows_.insert(rows_.end(), begin, end);
  from_manifests_ += found;
  unnamed_ += gap.entries - std::min(gap.entries, found);
}

void SalvagedTree::erase(const std::vector<bool>& is_left_out) {
  std::size_t kept = 0;
  for (std::size_t number = 0; number < rows_.size(); ++number) {
    if (!is_left_out[number]) rows_[kept++] = rows_[number];
  }
  rows_.resize(kept);
}

}  // namespace npk::ops
