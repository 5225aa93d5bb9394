#include "package/reader/stream/file_stream.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "io/memory_total.h"

namespace npk {
namespace {

using reader::ContentRequest;
using reader::ReadCost;

// By the one thread that writes it.
void increase(std::atomic<std::uint64_t>& counter, std::uint64_t amount = 1) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace

// Either the visit shows before the stream is closed, and what it uses stays until it ends; or it sees the stream
// closed. Both counts and the mark are sequentially consistent for that.
class FileStream::Impl::Visit {
 public:
  explicit Visit(const Impl& stream)
      : stream_(stream), stripe_(reader::stripe_of_this_thread()), visitors_(stream.visitors_.at(stripe_)) {
    visitors_.count.fetch_add(1);
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    visitors_.count.fetch_sub(1);
    if (stream_.closed_.load()) stream_.release_if_unused();
  }

  [[nodiscard]] std::size_t stripe() const noexcept { return stripe_; }
  [[nodiscard]] Result<void> check() const {
    if (stream_.closed_.load()) return fail(Errc::misuse, "the stream is closed");
    if (stream_.options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    return {};
  }

 private:
  const Impl& stream_;
  std::size_t stripe_;
  Visitors& visitors_;
};

FileStream::Impl::Impl(std::shared_ptr<const reader::StreamContent> content, const StreamOptions& options,
                       bool may_read_ahead)
    : options_(options),
      size_(content->size()),
      plan_(reader::plan_stream(options, size_, io::usable_memory_bytes())),
      opened_(now()),
      content_(std::move(content)),
      pool_(options.pool),
      read_ahead_(*content_, {may_read_ahead ? plan_.read_ahead_bytes : 0, plan_.memory_bytes - plan_.chunk_bytes},
                  counters_) {}

std::chrono::steady_clock::time_point FileStream::Impl::now() const {
  return options_.clock ? options_.clock() : std::chrono::steady_clock::now();
}

ContentRequest FileStream::Impl::request(std::size_t stripe, bool sequential) const {
  return {stripe, sequential, false, options_.stop, options_.timeout};
}

std::size_t FileStream::Impl::count_from(std::uint64_t offset, std::uint64_t wanted) const noexcept {
  return offset >= size_ ? 0 : static_cast<std::size_t>(std::min(wanted, size_ - offset));
}

template <class T>
Result<T> FileStream::Impl::close_if_cancelled(Result<T>&& result) const {
  if (!result && result.error().code == Errc::cancelled) close();
  return std::move(result);
}

Result<std::size_t> FileStream::Impl::read_at(std::uint64_t offset, MutableBytes out) const {
  const Visit visit(*this);
  NPK_TRY(close_if_cancelled(visit.check()));
  const std::size_t count = count_from(offset, out.size());
  ReadCost cost;
  Result<void> read;
  if (count != 0) read = content_->read(offset, out.first(count), request(visit.stripe(), false), cost);
  counters_.add_cost(visit.stripe(), cost);
  NPK_TRY(close_if_cancelled(std::move(read)));
  counters_.add_read(visit.stripe(), count);
  return count;
}

Result<StreamChunk> FileStream::Impl::lend_at(std::uint64_t offset, std::size_t length) const {
  const Visit visit(*this);
  NPK_TRY(close_if_cancelled(visit.check()));
  const std::size_t count = count_from(offset, length);
  if (count == 0) return StreamChunk(offset, {}, nullptr);
  ReadCost cost;
  auto chunk = lend_or_copy(offset, count, request(visit.stripe(), false), cost);
  counters_.add_cost(visit.stripe(), cost);
  return close_if_cancelled(std::move(chunk));
}

Result<StreamChunk> FileStream::Impl::lend_or_copy(std::uint64_t offset, std::size_t length,
                                                   const ContentRequest& asked, ReadCost& cost) const {
  if (content_->keeps_units()) {
    NPK_ASSIGN(auto lent, lend(offset, length, asked, cost));
    if (lent) {
      counters_.add_chunk(asked.stripe, length, true);
      return StreamChunk(offset, lent->bytes, std::move(lent->keeper));
    }
  }
  if (length > plan_.memory_bytes - plan_.read_ahead_bytes)
    return fail(Errc::limit, std::to_string(length) + " bytes that do not lie together are more than the stream's memory limit lets it copy");
  NPK_ASSIGN(const reader::ChunkBuffer buffer, chunk_buffer(length));
  NPK_TRY(content_->read(offset, buffer.bytes(), asked, cost));
  counters_.add_chunk(asked.stripe, length, false);
  return StreamChunk(offset, buffer.bytes(), buffer.keeper());
}

Result<std::size_t> FileStream::Impl::read(MutableBytes out) {
  const Visit visit(*this);
  NPK_TRY(close_if_cancelled(visit.check()));
  const std::uint64_t offset = position();
  const std::size_t count = count_from(offset, out.size());
  if (count != 0) {
    read_ahead_.expect(offset, count);
    NPK_TRY(close_if_cancelled(fill(offset, out.first(count), visit.stripe())));
  }
  counters_.add_read(visit.stripe(), count);
  move_on(count);
  return count;
}

Result<StreamChunk> FileStream::Impl::read_chunk() {
  const Visit visit(*this);
  NPK_TRY(close_if_cancelled(visit.check()));
  const std::uint64_t offset = position();
  const std::size_t count = count_from(offset, plan_.chunk_bytes);
  if (count == 0) return StreamChunk(offset, {}, nullptr);
  read_ahead_.expect(offset, count);
  NPK_ASSIGN(StreamChunk chunk, close_if_cancelled(chunk_at(offset, count, visit.stripe())));
  move_on(count);
  return chunk;
}

// From what was read ahead as far as that goes, else from the content.
Result<void> FileStream::Impl::fill(std::uint64_t offset, MutableBytes out, std::size_t stripe) {
  const ContentRequest asked = request(stripe, read_ahead_.is_sequential());
  ReadCost cost;
  Result<void> outcome;
  while (outcome && !out.empty()) {
    read_ahead_.advance(offset, asked);
    auto found = read_ahead_.find(offset, asked, cost);
    std::size_t length = 0;
    if (!found) {
      outcome = pass_on(std::move(found));
    } else if (*found) {
      length = std::min(out.size(), (*found)->bytes.size());
      std::memcpy(out.data(), (*found)->bytes.data(), length);
    } else {
      length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), read_ahead_.next_begin() - offset));
      outcome = content_->read(offset, out.first(length), asked, cost);
    }
    out = out.subspan(length);
    offset += length;
  }
  counters_.add_cost(stripe, cost);
  return outcome;
}

Result<StreamChunk> FileStream::Impl::chunk_at(std::uint64_t offset, std::size_t length, std::size_t stripe) {
  NPK_ASSIGN(StreamChunk lent, lent_chunk(offset, length, stripe));
  const bool is_lent = !lent.empty();
  if (!is_lent) {
    NPK_ASSIGN(lent, copied_chunk(offset, length, stripe));
  }
  counters_.add_chunk(stripe, length, is_lent);
  return lent;
}

// Empty: the bytes do not lie together.
Result<StreamChunk> FileStream::Impl::lent_chunk(std::uint64_t offset, std::size_t length, std::size_t stripe) {
  const ContentRequest asked = request(stripe, read_ahead_.is_sequential());
  ReadCost cost;
  read_ahead_.advance(offset, asked);
  auto found = read_ahead_.find(offset, asked, cost);
  if (found && !*found && content_->keeps_units()) found = lend(offset, length, asked, cost);
  counters_.add_cost(stripe, cost);
  if (!found) return pass_on(std::move(found));
  if (!*found || (*found)->bytes.size() < length) return StreamChunk();
  return StreamChunk(offset, (*found)->bytes.first(length), std::move((*found)->keeper));
}

Result<std::optional<reader::ReadAhead::Found>> FileStream::Impl::lend(std::uint64_t offset, std::size_t length,
                                                                       const ContentRequest& asked, ReadCost& cost) const {
  NPK_ASSIGN(const reader::Extent extent, content_->extent_at(offset, asked));
  if (extent.is_hole() || extent.end - offset < length) return std::nullopt;
  const auto begin = static_cast<std::size_t>(extent.offset_in_unit + (offset - extent.begin));
  NPK_ASSIGN(reader::Unit unit, content_->load(extent, begin + length, asked, cost));
  return reader::ReadAhead::Found{unit.bytes.subspan(begin, length), std::move(unit.keeper)};
}

// The caller's pool has the last word; a package's, which its blocks may fill, does not.
Result<reader::ChunkBuffer> FileStream::Impl::chunk_buffer(std::size_t length) const {
  const std::shared_ptr<BufferPool> pool = pool_ != nullptr ? pool_ : content_->pool();
  auto buffer = reader::ChunkBuffer::get(pool.get(), length);
  if (pool != nullptr) (buffer ? pool_hits_ : pool_misses_).fetch_add(1, std::memory_order_relaxed);
  if (!buffer && pool_ == nullptr) return reader::ChunkBuffer::get(nullptr, length);
  return buffer;
}

Result<StreamChunk> FileStream::Impl::copied_chunk(std::uint64_t offset, std::size_t length, std::size_t stripe) {
  NPK_ASSIGN(const reader::ChunkBuffer buffer, chunk_buffer(length));
  NPK_TRY(fill(offset, buffer.bytes(), stripe));
  return StreamChunk(offset, buffer.bytes(), buffer.keeper());
}

Result<void> FileStream::Impl::seek(std::uint64_t offset) {
  const Visit visit(*this);
  NPK_TRY(close_if_cancelled(visit.check()));
  if (offset > size_)
    return fail(Errc::misuse,
                "seek to " + std::to_string(offset) + " in a stream of " + std::to_string(size_) + " bytes");
  position_.store(offset, std::memory_order_relaxed);
  furthest_.store(std::max(offset, furthest_.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  increase(seeks_);
  return {};
}

void FileStream::Impl::move_on(std::uint64_t count) noexcept {
  const std::uint64_t reached = position() + count;
  increase(moved_bytes_, count);
  position_.store(reached, std::memory_order_relaxed);
  if (reached > furthest_.load(std::memory_order_relaxed)) furthest_.store(reached, std::memory_order_relaxed);
  if (reached == size_) read_ahead_.advance(reached, {});  // nothing is held for who has read it all
}

void FileStream::Impl::close() const noexcept {
  if (!closed_.exchange(true)) release_if_unused();
}

void FileStream::Impl::release_if_unused() const noexcept {
  const std::scoped_lock lock(release_mutex_);
  if (content_ == nullptr) return;
  bool used = false;
  visitors_.for_each([&](const Visitors& of) { used = used || of.count.load() != 0; });
  if (used) return;
  read_ahead_.end();
  content_->forget_recent();
  content_.reset();
  pool_.reset();
}

StreamProgress FileStream::Impl::progress() const noexcept {
  StreamProgress progress;
  progress.done_bytes = furthest_.load(std::memory_order_relaxed);
  progress.total_bytes = size_;
  progress.elapsed = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(now() - opened_));
  const std::chrono::duration<double> seconds = progress.elapsed;
  if (seconds.count() > 0)
    progress.bytes_per_second = static_cast<double>(moved_bytes_.load(std::memory_order_relaxed)) / seconds.count();
  return progress;
}

StreamStatistics FileStream::Impl::statistics() const noexcept {
  const reader::StreamTotals totals = counters_.totals();
  const auto value = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  StreamStatistics statistics;
  statistics.bytes_delivered = totals.bytes;
  statistics.read_operations = totals.operations;
  statistics.seeks = value(seeks_);
  statistics.chunks = totals.chunks;
  statistics.chunks_lent = totals.chunks_lent;
  statistics.cache_hits = totals.cost.hits;
  statistics.cache_misses = totals.cost.misses;
  statistics.stored_bytes_read = totals.cost.stored_bytes;
  statistics.blocks_read_ahead = value(counters_.units_read_ahead);
  statistics.pool_hits = value(pool_hits_);
  statistics.pool_misses = value(pool_misses_);
  statistics.time_waiting = totals.cost.waiting;
  statistics.time_decoding = totals.cost.decoding;
  return statistics;
}

}  // namespace npk
