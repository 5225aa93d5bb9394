// What process_streams knows of its streams, and which piece of work a worker does next. Under one lock, which is never
// held while a source is read, a consumer called or the load asked for.
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "npk/process_streams.h"
#include "pool/reorder_window.h"

namespace npk::pool {

struct ReadChunk {
  std::uint64_t offset = 0;
  std::unique_ptr<std::uint8_t[]> buffer;
  std::size_t size = 0;
  Result<void> status;
};

struct OpenStream {
  OpenStream(std::size_t stream_index, unsigned worker, const StreamWork& stream_work, std::size_t window_capacity)
      : index(stream_index), owner(worker), work(stream_work), window(window_capacity) {}

  const std::size_t index;
  const unsigned owner;
  const StreamWork& work;
  std::uint64_t size = 0;
  bool opening = true;  // size is not known yet
  bool delivering = false;
  unsigned reading = 0;  // workers inside read_at
  std::optional<Error> error;
  ReorderWindow<ReadChunk> window;
};

struct StreamTask {
  OpenStream* stream = nullptr;  // to open, or to read the next chunk of
  bool open = false;
};

class StreamSchedule {
 public:
  StreamSchedule(std::span<const StreamWork> streams, const ProcessOptions& options, unsigned workers);

  // What `worker` should do: go on with its own, begin one, help with another's. None: nothing now.
  [[nodiscard]] std::optional<StreamTask> next_task(unsigned worker);
  [[nodiscard]] bool all_ended() const noexcept { return pending_ == streams_.size() && open_.empty(); }

  // Takes the next chunk's number; the caller reads it and puts the result into the window.
  [[nodiscard]] std::uint64_t begin_read(OpenStream& stream) noexcept;
  void count_delivered(std::size_t size) noexcept;
  // After whatever may have been the last thing of the stream; it may be gone then.
  void end_if_finished(OpenStream& stream);
  void cancel_all();

  [[nodiscard]] bool wants_load() noexcept;  // true: ask, and give it to adapt
  void adapt(double load);

  [[nodiscard]] std::unique_ptr<std::uint8_t[]> take_buffer();
  void recycle(std::unique_ptr<std::uint8_t[]> buffer);

  [[nodiscard]] ProcessReport take_report();

 private:
  [[nodiscard]] bool can_read(const OpenStream& stream) const noexcept;
  [[nodiscard]] OpenStream* readable(unsigned worker, bool own) noexcept;
  [[nodiscard]] StreamTask begin_stream(unsigned worker);
  [[nodiscard]] std::uint64_t chunks_of(const OpenStream& stream) const noexcept;
  void end(OpenStream& stream);

  const std::span<const StreamWork> streams_;
  const ProcessOptions options_;
  const std::size_t most_in_flight_;
  std::size_t in_flight_limit_;
  std::size_t pending_ = 0;  // the first not begun
  std::list<OpenStream> open_;
  std::vector<std::size_t> owned_;  // open streams by worker
  std::vector<std::unique_ptr<std::uint8_t[]>> free_buffers_;
  bool asking_load_ = false;
  std::deque<ChunkAdaptation> adaptations_;
  ProcessReport report_;
};

}  // namespace npk::pool
