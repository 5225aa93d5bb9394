// The content of one regular file of a package: its runs, then chunks by stream position, then blocks through the
// cache.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "package/reader/cache/recent_block.h"
#include "package/reader/impl.h"
#include "package/reader/stream/extent_memory.h"
#include "package/reader/stream/stream_content.h"

namespace npk::reader {

// Keeps the package open, and the catalog page of its entry.
class EntryContent final : public StreamContent {
 public:
  // `entry` is a regular file of this package.
  EntryContent(std::shared_ptr<const PackageReader::Impl> package, Entry entry);
  ~EntryContent() override;

  std::uint64_t size() const noexcept override { return size_; }
  Result<void> read(std::uint64_t offset, MutableBytes out, const ContentRequest& request,
                    ReadCost& cost) const override;
  Result<Extent> extent_at(std::uint64_t offset, const ContentRequest& request) const override;
  Result<Unit> load(const Extent& extent, std::uint64_t needed_bytes, const ContentRequest& request,
                    ReadCost& cost) const override;
  bool keeps_units() const noexcept override { return true; }
  void forget_recent() const noexcept override;
  std::shared_ptr<BufferPool> pool() const override { return package_->pool(); }

 private:
  // What a read takes from one block, or from one hole.
  struct Stretch {
    Extent first;
    std::uint64_t length = 0;
    std::uint64_t needed_bytes = 0;  // of the block, from its start
  };
  static constexpr std::uint64_t kUnknown = UINT64_MAX;

  [[nodiscard]] Result<Extent> look_up(std::uint64_t offset, const CacheAccess& access) const;
  [[nodiscard]] Result<std::uint64_t> stream_position_of(std::size_t run, const CacheAccess& access) const;
  [[nodiscard]] Result<Stretch> stretch_at(std::uint64_t offset, std::uint64_t wanted,
                                           const ContentRequest& request) const;
  [[nodiscard]] Result<void> read_stretch(const Stretch& stretch, std::uint64_t offset, MutableBytes out,
                                          const ContentRequest& request, ReadCost& cost) const;
  [[nodiscard]] Result<BlockCache::Block> block_of(const Extent& extent, std::uint64_t needed_bytes,
                                                   const ContentRequest& request, ReadCost& cost) const;

  std::shared_ptr<const PackageReader::Impl> package_;
  Entry entry_;
  std::span<const format::Run> runs_;
  std::vector<std::uint64_t> run_ends_;                          // offsets in the content
  std::unique_ptr<std::atomic<std::uint64_t>[]> run_positions_;  // of each run's first chunk, once asked for
  std::uint64_t size_;
  mutable ExtentMemory extents_;
  mutable Striped<RecentBlock> recent_;
};

}  // namespace npk::reader
