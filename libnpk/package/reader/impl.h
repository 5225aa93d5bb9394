// What a PackageReader is made of, for the operations (extract, verify, list): reach it with package.impl().
#pragma once

#include <memory>

#include "npk/reader.h"
#include "package/reader/cache/block_cache.h"
#include "package/reader/cache/block_loader.h"
#include "package/reader/cache/per_process.h"
#include "package/reader/cache/pin_budget.h"
#include "package/reader/catalog.h"
#include "package/reader/chunk_table.h"
#include "package/reader/frames/frame_reader.h"

namespace npk {

namespace reader {
struct LocatedPackage;
}

// Immutable once open but for caches and counters, which are thread-safe: all of it may be used from many threads.
// Everything reached from here lives as long as the Impl; streams share it.
class PackageReader::Impl {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Impl>> open(std::shared_ptr<RandomAccessSource> source,
                                                                const ReaderOptions& options);

  [[nodiscard]] const PackageInfo& info() const noexcept { return info_; }
  [[nodiscard]] const Limits& limits() const noexcept { return frames_->limits(); }
  // Source, offset, length and tag of the package.
  [[nodiscard]] const reader::PackageExtent& extent() const noexcept { return frames_->extent(); }
  [[nodiscard]] std::uint64_t commit_position() const noexcept {
    return commit_position_;
  }  // 0: recovered from manifests

  [[nodiscard]] const reader::FrameReader& frames() const noexcept { return *frames_; }
  [[nodiscard]] const reader::Catalog& catalog() const noexcept { return *catalog_; }
  [[nodiscard]] const reader::ChunkTable& chunks() const noexcept { return *chunks_; }
  [[nodiscard]] const reader::BlockLoader& blocks() const noexcept { return *blocks_; }
  [[nodiscard]] reader::BlockCache& block_cache() const noexcept { return *block_cache_; }
  [[nodiscard]] reader::PinBudget& pin_budget() const { return pin_budget_->here(); }
  // Where blocks, and the chunk buffers of streams, come from in this process.
  [[nodiscard]] const std::shared_ptr<BufferPool>& pool() const { return block_cache_->pool(); }
  [[nodiscard]] reader::PageCache& page_cache() const noexcept { return *page_cache_; }
  [[nodiscard]] reader::ReadCounters& counters() const noexcept { return frames_->counters(); }

 private:
  void use_commit();
  void use_manifests(reader::LocatedPackage found);

  PackageInfo info_;
  std::uint64_t commit_position_ = 0;
  std::shared_ptr<const reader::FrameReader> frames_;
  std::shared_ptr<reader::PageCache> page_cache_;
  std::unique_ptr<const reader::Catalog> catalog_;
  std::shared_ptr<const reader::ChunkTable> chunks_;
  std::shared_ptr<const reader::BlockLoader> blocks_;
  std::unique_ptr<reader::BlockCache> block_cache_;
  std::unique_ptr<reader::PerProcess<reader::PinBudget>> pin_budget_;
};

}  // namespace npk
