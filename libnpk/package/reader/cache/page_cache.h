// Decoded catalog and chunk pages, kept up to a number of bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "package/reader/cache/per_process.h"
#include "package/reader/cache/shared_cache.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::reader {

// A chunk leaf with what look-ups need beside its columns.
struct ChunkLeaf {
  format::ChunkPage page;
  std::vector<std::uint64_t> ends;  // stream position behind each chunk
};

// A catalog node with what look-ups by number need: how many entries there are up to the end of each child.
struct CatalogBranch : format::CatalogNode {
  std::vector<std::uint64_t> ends;
};

using PageContent = std::variant<CatalogBranch, format::CatalogPage, format::ChunkNode, ChunkLeaf>;

struct Page {
  format::FrameReference reference;
  PageContent content;
  std::size_t memory_bytes = 0;
};

// The root of a tree, once it has been read and checked: kept beside the cache, so that look-ups from many threads meet
// at no lock, and at no reference count on their way down to a leaf. Pages above kLargestRoot are not kept.
// Thread-safe, and in forked children.
class RootPage {
 public:
  static constexpr std::size_t kLargestRoot = 1U << 20;

  RootPage() noexcept = default;
  RootPage(const RootPage&) = delete;
  RootPage& operator=(const RootPage&) = delete;
  ~RootPage() { delete kept_.load(std::memory_order_acquire); }

  // Null if there is none yet. A leaf is shared (entries keep it); a node is only lent, as long as this object lives.
  [[nodiscard]] std::shared_ptr<const Page> get() const noexcept;
  void keep(const std::shared_ptr<const Page>& page) const;

 private:
  mutable std::atomic<const std::shared_ptr<const Page>*> kept_ = nullptr;
};

// Const members, get() and load() are thread-safe, also in a forked child whatever the parent's threads were doing (it
// begins with an empty cache). One page stays, however large: its reader is about to come back to it.
class PageCache {
 public:
  PageCache(std::shared_ptr<const FrameReader> frames, std::uint64_t capacity_bytes)
      : frames_(std::move(frames)),
        capacity_bytes_(capacity_bytes),
        process_([] { return std::make_unique<SharedCache>(); }) {}

  // The page the reference names, of frame type catalog_page or chunk_page: its body checked, decoded, valid in itself;
  // what it is in its tree the caller judges. However many threads ask at once, one reads it. `before`: as
  // FrameReader::read_body. `access` bounds the wait for another thread's reading; pages are always CacheUse::random.
  [[nodiscard]] Result<std::shared_ptr<const Page>> get(format::FrameType type, const format::FrameReference& reference,
                                                        std::uint64_t before, const CacheAccess& access = {});
  // The same without looking into the cache or putting anything in.
  [[nodiscard]] Result<std::shared_ptr<const Page>> load(format::FrameType type,
                                                         const format::FrameReference& reference,
                                                         std::uint64_t before) const;

  [[nodiscard]] std::uint64_t cached_bytes() const { return process_.here().bytes(); }
  [[nodiscard]] const FrameReader& frames() const noexcept { return *frames_; }

 private:
  std::shared_ptr<const FrameReader> frames_;
  std::uint64_t capacity_bytes_;
  PerProcess<SharedCache> process_;  // by position
};

}  // namespace npk::reader
