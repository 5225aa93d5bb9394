// What a FileStream is, whatever it reads from: position, chunks, progress, statistics, cancellation, read-ahead.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "npk/stream.h"
#include "package/reader/cache/chunk_buffer.h"
#include "package/reader/stream/read_ahead.h"
#include "package/reader/stream/stream_content.h"
#include "package/reader/stream/stream_counters.h"
#include "package/reader/stream/stream_plan.h"

namespace npk {

// Closing may happen in any thread, in the middle of other threads' reads (the stop token): it marks the stream, and
// whoever is last to leave a read lets go of content, read-ahead and held blocks.
class FileStream::Impl {
 public:
  // The options have been checked; without `may_read_ahead` nothing is.
  Impl(std::shared_ptr<const reader::StreamContent> content, const StreamOptions& options, bool may_read_ahead);
  ~Impl() { close(); }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t chunk_bytes() const noexcept { return plan_.chunk_bytes; }
  [[nodiscard]] bool is_closed() const noexcept { return closed_.load(); }
  [[nodiscard]] Result<std::size_t> read(MutableBytes out);
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const;
  [[nodiscard]] Result<StreamChunk> lend_at(std::uint64_t offset, std::size_t length) const;
  [[nodiscard]] Result<StreamChunk> read_chunk();
  [[nodiscard]] Result<void> seek(std::uint64_t offset);
  void close() const noexcept;
  [[nodiscard]] StreamProgress progress() const noexcept;
  [[nodiscard]] StreamStatistics statistics() const noexcept;

 private:
  using Counter = std::atomic<std::uint64_t>;
  class Visit;  // the time of a call
  struct alignas(64) Visitors {
    std::atomic<std::uint32_t> count = 0;
  };

  [[nodiscard]] reader::ContentRequest request(std::size_t stripe, bool sequential) const;
  [[nodiscard]] std::size_t count_from(std::uint64_t offset, std::uint64_t wanted) const noexcept;
  template <class T>
  [[nodiscard]] Result<T> close_if_cancelled(Result<T>&& result) const;
  [[nodiscard]] Result<void> fill(std::uint64_t offset, MutableBytes out, std::size_t stripe);
  [[nodiscard]] Result<StreamChunk> chunk_at(std::uint64_t offset, std::size_t length, std::size_t stripe);
  [[nodiscard]] Result<StreamChunk> lent_chunk(std::uint64_t offset, std::size_t length, std::size_t stripe);
  [[nodiscard]] Result<std::optional<reader::ReadAhead::Found>> lend(std::uint64_t offset, std::size_t length,
                                                                     const reader::ContentRequest& asked,
                                                                     reader::ReadCost& cost) const;
  [[nodiscard]] Result<StreamChunk> lend_or_copy(std::uint64_t offset, std::size_t length,
                                                 const reader::ContentRequest& asked, reader::ReadCost& cost) const;
  [[nodiscard]] Result<reader::ChunkBuffer> chunk_buffer(std::size_t length) const;
  [[nodiscard]] Result<StreamChunk> copied_chunk(std::uint64_t offset, std::size_t length, std::size_t stripe);
  void move_on(std::uint64_t count) noexcept;
  void release_if_unused() const noexcept;
  [[nodiscard]] std::chrono::steady_clock::time_point now() const;

  const StreamOptions options_;
  const std::uint64_t size_;
  const reader::StreamPlan plan_;
  const std::chrono::steady_clock::time_point opened_;
  mutable std::shared_ptr<const reader::StreamContent> content_;  // null once released
  mutable std::shared_ptr<BufferPool> pool_;                      // the caller's, null if none
  mutable reader::StreamCounters counters_;
  mutable reader::ReadAhead read_ahead_;

  mutable reader::Striped<Visitors> visitors_;
  mutable std::atomic<bool> closed_ = false;
  mutable std::mutex release_mutex_;

  mutable Counter pool_hits_ = 0, pool_misses_ = 0;
  // Written by the thread that moves the position only.
  Counter position_ = 0, furthest_ = 0, moved_bytes_ = 0, seeks_ = 0;
};

}  // namespace npk
