#include "package/reader/cache/page_cache.h"

#include "block/open.h"

namespace npk::reader {
namespace {

Result<ChunkLeaf> decode_chunk_leaf(ByteView raw, const Limits& limits) {
  ChunkLeaf leaf;
  NPK_ASSIGN(leaf.page, format::decode_chunk_page(raw, limits));
  std::uint64_t end = leaf.page.first_byte;
  leaf.ends.reserve(leaf.page.chunks.size());
  for (const format::ChunkRow& chunk : leaf.page.chunks) leaf.ends.push_back(end += chunk.length);
  return leaf;
}

Result<CatalogBranch> decode_catalog_branch(ByteView raw, const Limits& limits) {
  NPK_ASSIGN(format::CatalogNode node, format::decode_catalog_node(raw, limits));
  CatalogBranch branch{std::move(node), {}};
  std::uint64_t end = 0;
  branch.ends.reserve(branch.children.size());
  for (const format::CatalogChild& child : branch.children) branch.ends.push_back(end += child.entry_count);
  return branch;
}

Result<PageContent> decode_content(format::FrameType type, Bytes raw, const Limits& limits) {
  if (raw.empty()) return fail(Errc::truncated, "a page is empty");
  const auto kind = static_cast<format::PageKind>(raw[0]);
  if (type == format::FrameType::catalog_page) {
    if (kind == format::PageKind::catalog_node) return decode_catalog_branch(raw, limits);
    return format::CatalogPage::decode(std::move(raw), format::PageKind::catalog_leaf, limits);
  }
  if (kind == format::PageKind::chunk_node) return format::decode_chunk_node(raw, limits);
  return decode_chunk_leaf(raw, limits);
}

struct MemoryOf {
  std::size_t operator()(const CatalogBranch& node) const {
    std::size_t bytes = node.children.size() * (sizeof(format::CatalogChild) + sizeof(std::uint64_t));
    for (const format::CatalogChild& child : node.children) bytes += child.first_path.capacity();
    return bytes;
  }
  std::size_t operator()(const format::CatalogPage& page) const { return page.memory_bytes(); }
  std::size_t operator()(const format::ChunkNode& node) const {
    return node.children.size() * sizeof(format::ChunkChild);
  }
  std::size_t operator()(const ChunkLeaf& leaf) const {
    return leaf.page.chunks.size() * (sizeof(format::ChunkRow) + sizeof(std::uint64_t)) +
           leaf.page.blocks.size() * sizeof(format::BlockRow);
  }
};

// Whether this is what a frame of the type holds: a position alone does not say.
bool is_of(format::FrameType type, const PageContent& content) noexcept {
  const bool is_catalog =
      std::holds_alternative<CatalogBranch>(content) || std::holds_alternative<format::CatalogPage>(content);
  return is_catalog == (type == format::FrameType::catalog_page);
}

bool is_leaf(const PageContent& content) noexcept {
  return std::holds_alternative<format::CatalogPage>(content) || std::holds_alternative<ChunkLeaf>(content);
}

// Blocks and children begin before the page that names them.
struct LastReference {
  std::uint64_t operator()(const CatalogBranch&) const { return 0; }  // in path order: judged when followed
  std::uint64_t operator()(const format::CatalogPage&) const { return 0; }
  std::uint64_t operator()(const format::ChunkNode& node) const { return node.children.back().position; }
  std::uint64_t operator()(const ChunkLeaf& leaf) const {
    return leaf.page.blocks.empty() ? 0 : leaf.page.blocks.back().position;
  }
};

}  // namespace

std::shared_ptr<const Page> RootPage::get() const noexcept {
  const std::shared_ptr<const Page>* kept = kept_.load(std::memory_order_acquire);
  if (kept == nullptr || is_leaf((*kept)->content)) return kept == nullptr ? nullptr : *kept;
  return {std::shared_ptr<const void>(), kept->get()};
}

void RootPage::keep(const std::shared_ptr<const Page>& page) const {
  if (page->memory_bytes > kLargestRoot) return;
  auto fresh = std::make_unique<const std::shared_ptr<const Page>>(page);
  const std::shared_ptr<const Page>* none = nullptr;
  if (kept_.compare_exchange_strong(none, fresh.get(), std::memory_order_acq_rel)) static_cast<void>(fresh.release());
}

Result<std::shared_ptr<const Page>> PageCache::load(format::FrameType type, const format::FrameReference& reference,
                                                    std::uint64_t before) const {
  Bytes buffer;
  NPK_ASSIGN(const ByteView body, frames_->read_body(type, reference, before, buffer));
  const auto open = [&]() -> Result<PageContent> {
    NPK_ASSIGN(Bytes raw, block::open_page(body, frames_->limits()));
    NPK_ASSIGN(PageContent content, decode_content(type, std::move(raw), frames_->limits()));
    if (std::visit(LastReference(), content) >= reference.position)
      return fail_corrupt("a page names a frame that is not before it");
    return content;
  };
  Result<PageContent> content = open();
  if (!content)
    return frames_->placed(Result<std::shared_ptr<const Page>>(pass_on(std::move(content))), reference.position);
  const std::size_t memory = sizeof(Page) + std::visit(MemoryOf(), *content);
  return std::make_shared<const Page>(Page{reference, std::move(*content), memory});
}

Result<std::shared_ptr<const Page>> PageCache::get(format::FrameType type, const format::FrameReference& reference,
                                                   std::uint64_t before, const CacheAccess& access) {
  constexpr std::uint64_t kWhole = 1;
  SharedCache& pages = process_.here();
  SharedCache::Value found = pages.find(reference.position, kWhole, CacheUse::random);
  if (found == nullptr) {
    const CacheAccess random{CacheUse::random, access.stop, access.deadline};
    NPK_ASSIGN(SharedCache::Got got,
               pages.get(reference.position, kWhole, random, [&](bool) -> Result<SharedCache::Loaded> {
                 NPK_ASSIGN(auto page, load(type, reference, before));
                 const std::size_t bytes = page->memory_bytes;
                 return SharedCache::Loaded{std::move(page), kWhole, bytes, true};
               }));
    if (got.was_loaded) pages.shrink_to(capacity_bytes_);
    found = std::move(got.value);
  }
  auto page = std::static_pointer_cast<const Page>(std::move(found));
  const std::uint64_t end = reference.position + format::kFrameHeaderBytes + page->reference.stored_length;
  if (page->reference == reference && end <= before && is_of(type, page->content)) return page;
  return load(type, reference, before);  // contradicts what is known: let it fail for its own reason
}

}  // namespace npk::reader
