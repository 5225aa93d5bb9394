// Decoded catalog and chunk pages, kept up to a number of bytes, least recently used out first.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <variant>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "package/reader/frame_reader.h"

namespace npk::reader {

// A chunk leaf with what look-ups need beside its columns.
struct ChunkLeaf {
  format::ChunkPage page;
  std::vector<std::uint64_t> ends;  // stream position behind each chunk
};

using PageContent = std::variant<format::CatalogNode, format::CatalogPage, format::ChunkNode, ChunkLeaf>;

struct Page {
  format::FrameReference reference;
  PageContent content;
  std::size_t memory_bytes = 0;
};

// Const members, get() and load() are thread-safe.
class PageCache {
 public:
  PageCache(std::shared_ptr<const FrameReader> frames, std::uint64_t capacity_bytes) noexcept
      : frames_(std::move(frames)), capacity_bytes_(capacity_bytes) {}

  // The page the reference names, of frame type catalog_page or chunk_page: its body checked, decoded, valid in itself;
  // what it is in its tree the caller judges. However many threads ask at once, one reads it. `before`: as
  // FrameReader::read_body.
  [[nodiscard]] Result<std::shared_ptr<const Page>> get(format::FrameType type, const format::FrameReference& reference,
                                                        std::uint64_t before);
  // The same without looking into the cache or putting anything in.
  [[nodiscard]] Result<std::shared_ptr<const Page>> load(format::FrameType type,
                                                         const format::FrameReference& reference,
                                                         std::uint64_t before) const;

  [[nodiscard]] std::uint64_t cached_bytes() const;
  [[nodiscard]] const FrameReader& frames() const noexcept { return *frames_; }

 private:
  struct Slot {
    std::shared_ptr<const Page> page;  // null while a thread loads it
    std::list<std::uint64_t>::iterator recency;
  };
  struct Loading;
  void settle(std::uint64_t position, std::shared_ptr<const Page> page);  // null: the load failed
  void evict();

  std::shared_ptr<const FrameReader> frames_;
  std::uint64_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable loaded_;
  std::unordered_map<std::uint64_t, Slot> slots_;  // by position
  std::list<std::uint64_t> recency_;               // newest first
  std::uint64_t cached_bytes_ = 0;
};

}  // namespace npk::reader
