#include "pool/stream_schedule.h"

#include <algorithm>

namespace npk::pool {
namespace {

constexpr std::uint64_t kChunksPerLook = 16;
constexpr double kLowLoad = 0.75, kHighLoad = 1.25;
constexpr std::size_t kAdaptationsKept = 1024;

}  // namespace

StreamSchedule::StreamSchedule(std::span<const StreamWork> streams, const ProcessOptions& options, unsigned workers)
    : streams_(streams),
      options_(options),
      most_in_flight_(options.mode == ChunkMode::sequential        ? 1
                      : options.max_chunks_in_flight != 0 ? options.max_chunks_in_flight
                                                          : std::size_t{2} * workers),
      in_flight_limit_(options.mode == ChunkMode::parallel ? most_in_flight_ : 1),
      owned_(workers) {
  report_.results.resize(streams.size());
}

std::uint64_t StreamSchedule::chunks_of(const OpenStream& stream) const noexcept {
  return stream.size / options_.chunk_bytes + (stream.size % options_.chunk_bytes != 0 ? 1 : 0);
}

bool StreamSchedule::can_read(const OpenStream& stream) const noexcept {
  return !stream.opening && !stream.error && stream.window.next_number() < chunks_of(stream) &&
         stream.window.has_room(in_flight_limit_);
}

OpenStream* StreamSchedule::readable(unsigned worker, bool own) noexcept {
  const auto found = std::ranges::find_if(
      open_, [&](const OpenStream& stream) { return (stream.owner == worker) == own && can_read(stream); });
  return found != open_.end() ? &*found : nullptr;
}

std::optional<StreamTask> StreamSchedule::next_task(unsigned worker) {
  if (OpenStream* own = readable(worker, true)) return StreamTask{own, false};
  const unsigned most = options_.max_streams_per_worker;
  if (pending_ < streams_.size() && (most == 0 || owned_[worker] < most)) return begin_stream(worker);
  if (options_.mode == ChunkMode::sequential) return std::nullopt;
  if (OpenStream* another = readable(worker, false)) return StreamTask{another, false};
  return std::nullopt;
}

StreamTask StreamSchedule::begin_stream(unsigned worker) {
  OpenStream& stream = open_.emplace_back(pending_, worker, streams_[pending_], most_in_flight_);
  ++pending_;
  ++owned_[worker];
  report_.most_streams_open = std::max(report_.most_streams_open, open_.size());
  report_.most_streams_of_one_worker = std::max(report_.most_streams_of_one_worker, owned_[worker]);
  return {&stream, true};
}

std::uint64_t StreamSchedule::begin_read(OpenStream& stream) noexcept {
  ++stream.reading;
  const std::uint64_t number = stream.window.take_number();
  report_.most_chunks_in_flight = std::max(report_.most_chunks_in_flight, stream.window.in_flight());
  return number;
}

void StreamSchedule::count_delivered(std::size_t size) noexcept {
  ++report_.chunks;
  report_.bytes += size;
}

void StreamSchedule::end_if_finished(OpenStream& stream) {
  if (stream.opening || stream.delivering || stream.reading > 0) return;
  const bool delivered_all = stream.window.next_number() == chunks_of(stream) && stream.window.in_flight() == 0;
  if (stream.error || delivered_all) end(stream);
}

void StreamSchedule::end(OpenStream& stream) {
  if (stream.error) report_.results[stream.index] = std::unexpected(std::move(*stream.error));
  --owned_[stream.owner];
  std::erase_if(open_, [&](const OpenStream& other) { return &other == &stream; });
}

void StreamSchedule::cancel_all() {
  const Error cancelled{.code = Errc::cancelled, .message = "cancelled"};
  for (; pending_ < streams_.size(); ++pending_) report_.results[pending_] = std::unexpected(cancelled);
  for (auto stream = open_.begin(); stream != open_.end();) {
    OpenStream& current = *stream++;
    if (!current.error) current.error = cancelled;
    end_if_finished(current);
  }
}

bool StreamSchedule::wants_load() noexcept {
  if (options_.mode != ChunkMode::adaptive || asking_load_ || report_.chunks % kChunksPerLook != 0) return false;
  return asking_load_ = true;
}

void StreamSchedule::adapt(double load) {
  asking_load_ = false;
  const std::size_t before = in_flight_limit_;
  if (load < kLowLoad) in_flight_limit_ = std::min(most_in_flight_, before * 2);
  if (load > kHighLoad) in_flight_limit_ = std::max<std::size_t>(1, before / 2);
  if (in_flight_limit_ == before) return;
  if (adaptations_.size() == kAdaptationsKept) adaptations_.pop_front();
  adaptations_.push_back({report_.chunks, load, before, in_flight_limit_});
}

std::unique_ptr<std::uint8_t[]> StreamSchedule::take_buffer() {
  if (free_buffers_.empty()) return nullptr;
  std::unique_ptr<std::uint8_t[]> buffer = std::move(free_buffers_.back());
  free_buffers_.pop_back();
  return buffer;
}

void StreamSchedule::recycle(std::unique_ptr<std::uint8_t[]> buffer) {
  if (buffer != nullptr) free_buffers_.push_back(std::move(buffer));
}

ProcessReport StreamSchedule::take_report() {
  report_.adaptations.assign(adaptations_.begin(), adaptations_.end());
  report_.final_chunks_in_flight = in_flight_limit_;
  return std::move(report_);
}

}  // namespace npk::pool
