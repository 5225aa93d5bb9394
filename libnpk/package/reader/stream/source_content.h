// The content of a source, as it is.
#pragma once

#include <memory>

#include "npk/buffer_pool.h"
#include "npk/source.h"
#include "package/reader/stream/stream_content.h"

namespace npk::reader {

// Its units are pieces of a fixed length, which only read-ahead loads; other reads go to the source.
class SourceContent final : public StreamContent {
 public:
  // `pool` may be null: plain memory. `piece_bytes` is at least 1.
  SourceContent(std::shared_ptr<RandomAccessSource> source, std::uint64_t size, std::uint64_t piece_bytes,
                std::shared_ptr<BufferPool> pool) noexcept
      : source_(std::move(source)), size_(size), piece_bytes_(piece_bytes), pool_(std::move(pool)) {}

  std::uint64_t size() const noexcept override { return size_; }
  // Errc::truncated if the source ends before the size it had.
  Result<void> read(std::uint64_t offset, MutableBytes out, const ContentRequest& request,
                    ReadCost& cost) const override;
  Result<Extent> extent_at(std::uint64_t offset, const ContentRequest& request) const override;
  Result<Unit> load(const Extent& extent, std::uint64_t needed_bytes, const ContentRequest& request,
                    ReadCost& cost) const override;
  bool keeps_units() const noexcept override { return false; }

 private:
  std::shared_ptr<RandomAccessSource> source_;
  std::uint64_t size_;
  std::uint64_t piece_bytes_;
  std::shared_ptr<BufferPool> pool_;
};

}  // namespace npk::reader
