#include "npk/process_streams.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>

#include "pool/exceptions.h"
#include "pool/pipeline.h"
#include "pool/stream_schedule.h"

namespace npk {
namespace {

constexpr std::uint64_t kLargestChunkBytes = 1ULL << 30;

double system_load() {
  double average = 0;
  return ::getloadavg(&average, 1) == 1 ? average / pool::processor_count() : 1.0;
}

class StreamWorkers {
 public:
  StreamWorkers(std::span<const StreamWork> streams, const ProcessOptions& options, unsigned workers)
      : options_(options), schedule_(streams, options, workers) {}

  ProcessReport run(unsigned workers) {
    std::vector<std::jthread> threads;
    try {
      for (unsigned worker = 1; worker < workers; ++worker) threads.emplace_back([this, worker] { work(worker); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those there are do it all.
    }
    const auto count = static_cast<unsigned>(threads.size()) + 1;
    work(0);
    threads.clear();
    ProcessReport report = schedule_.take_report();
    report.workers = count;
    return report;
  }

 private:
  using Lock = std::unique_lock<std::mutex>;

  void work(unsigned worker) {
    Lock lock(mutex_);
    while (!schedule_.all_ended()) {
      if (options_.stop.stop_requested() && !cancelled_) cancel();
      const std::uint64_t seen = changes_;
      if (const auto task = schedule_.next_task(worker)) {
        task->open ? open(*task->stream, lock) : read(*task->stream, lock);
      } else if (cancelled_) {
        changed_.wait(lock, [&] { return changes_ != seen || schedule_.all_ended(); });
      } else {
        static_cast<void>(changed_.wait(lock, options_.stop, [&] { return changes_ != seen || schedule_.all_ended(); }));
      }
    }
  }

  void cancel() {
    cancelled_ = true;
    schedule_.cancel_all();
    note_change();
  }

  void note_change() {
    ++changes_;
    changed_.notify_all();
  }

  void open(pool::OpenStream& stream, Lock& lock) {
    lock.unlock();
    Result<std::uint64_t> size = pool::without_exceptions([&] { return stream.work.source->size(); });
    lock.lock();
    stream.opening = false;
    if (size) stream.size = *size;
    if (!size && !stream.error) stream.error = std::move(size).error();
    schedule_.end_if_finished(stream);
    note_change();
  }

  void read(pool::OpenStream& stream, Lock& lock) {
    const std::uint64_t number = schedule_.begin_read(stream);
    pool::ReadChunk chunk;
    chunk.offset = number * options_.chunk_bytes;
    chunk.buffer = schedule_.take_buffer();
    chunk.size = static_cast<std::size_t>(std::min(options_.chunk_bytes, stream.size - chunk.offset));
    lock.unlock();
    chunk.status = pool::without_exceptions([&] { return fill(*stream.work.source, chunk); });
    lock.lock();
    --stream.reading;
    stream.window.put(number, std::move(chunk));
    if (!stream.delivering) deliver(stream, lock);
    schedule_.end_if_finished(stream);
    note_change();
  }

  Result<void> fill(const RandomAccessSource& source, pool::ReadChunk& chunk) const {
    // All buffers are as large as a chunk can be, so that any fits any stream.
    if (chunk.buffer == nullptr)
      chunk.buffer = std::make_unique_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(options_.chunk_bytes));
    NPK_ASSIGN(const std::size_t count, source.read_at(chunk.offset, {chunk.buffer.get(), chunk.size}));
    if (count == chunk.size) return {};
    return std::unexpected(Error{.code = Errc::truncated, .message = "the source ends before its size"}
                               .at(chunk.offset + count)
                               .in(source.name()));
  }

  // Hands on all chunks that are next; whoever puts one meanwhile leaves it to this.
  void deliver(pool::OpenStream& stream, Lock& lock) {
    stream.delivering = true;
    while (pool::ReadChunk* chunk = stream.error ? nullptr : stream.window.next()) {
      lock.unlock();
      Result<void> status = consume(stream, *chunk);
      lock.lock();
      if (status) schedule_.count_delivered(chunk->size);
      if (!status && !stream.error) stream.error = std::move(status).error();
      schedule_.recycle(std::move(chunk->buffer));
      stream.window.drop_next();
      if (status && schedule_.wants_load()) ask_load(lock);
      note_change();
    }
    stream.delivering = false;
  }

  Result<void> consume(const pool::OpenStream& stream, pool::ReadChunk& chunk) const {
    if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    if (!chunk.status) return std::move(chunk.status);
    return pool::without_exceptions([&] { return stream.work.consumer(chunk.offset, {chunk.buffer.get(), chunk.size}); });
  }

  void ask_load(Lock& lock) {
    lock.unlock();
    const double load = options_.load ? options_.load() : system_load();
    lock.lock();
    schedule_.adapt(load);
  }

  const ProcessOptions& options_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  pool::StreamSchedule schedule_;
  std::uint64_t changes_ = 0;
  bool cancelled_ = false;
};

}  // namespace

Result<ProcessReport> process_streams(std::span<const StreamWork> streams, const ProcessOptions& options) {
  if (options.chunk_bytes == 0 || options.chunk_bytes > kLargestChunkBytes)
    return fail(Errc::misuse, "chunk_bytes must be from 1 to 1 GiB");
  if (options.max_chunks_in_flight > 65'536) return fail(Errc::misuse, "max_chunks_in_flight must be at most 65536");
  for (const StreamWork& stream : streams) {
    if (stream.source == nullptr || !stream.consumer) return fail(Errc::misuse, "a stream without a source or a consumer");
  }
  unsigned workers = pool::thread_count(options.max_workers);
  if (options.mode == ChunkMode::sequential)  // more would find nothing to do
    workers = static_cast<unsigned>(std::clamp<std::size_t>(streams.size(), 1, workers));
  return StreamWorkers(streams, options, workers).run(workers);
}

}  // namespace npk
