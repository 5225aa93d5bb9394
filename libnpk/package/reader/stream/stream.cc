#include "npk/stream.h"

#include <algorithm>
#include <limits>

#include "io/memory_total.h"
#include "npk/files.h"
#include "package/reader/stream/file_stream.h"
#include "package/reader/stream/source_content.h"
#include "package/reader/stream/spool.h"

namespace npk {
namespace {

constexpr std::uint64_t kLeastPieceBytes = 64ULL << 10;
constexpr std::uint64_t kMostPieceBytes = 4ULL << 20;

// Files are read ahead by the system, memory is there: `may_read_ahead` is for sources of which nothing is known.
Result<FileStream> stream_over(std::shared_ptr<RandomAccessSource> source, const StreamOptions& options,
                               bool may_read_ahead) {
  NPK_ASSIGN(const std::uint64_t size, source->size());
  const reader::StreamPlan plan = reader::plan_stream(options, size, io::usable_memory_bytes());
  const std::uint64_t piece = std::clamp(plan.chunk_bytes, kLeastPieceBytes, kMostPieceBytes);
  auto content = std::make_shared<const reader::SourceContent>(std::move(source), size, piece, options.pool);
  return FileStream(std::make_unique<FileStream::Impl>(std::move(content), options, may_read_ahead));
}

}  // namespace

Result<FileStream> FileStream::open(std::shared_ptr<RandomAccessSource> source, const StreamOptions& options) {
  if (source == nullptr) return fail(Errc::misuse, "a stream needs a source");
  NPK_TRY(check_stream_options(options));
  return stream_over(std::move(source), options, true);
}

Result<FileStream> FileStream::open_file(const std::string& path, const StreamOptions& options) {
  NPK_TRY(check_stream_options(options));
  NPK_ASSIGN(auto source, open_file_source(path));
  return stream_over(std::move(source), options, false);
}

Result<FileStream> FileStream::open_spooled(SequentialSource& source, const StreamOptions& options) {
  NPK_TRY(check_stream_options(options));
  const std::uint64_t memory_bytes = reader::memory_limit_bytes(options, io::usable_memory_bytes());
  NPK_ASSIGN(auto spooled, reader::spool(source, options, memory_bytes));
  return stream_over(std::move(spooled), options, false);
}

FileStream::FileStream(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
FileStream::FileStream(FileStream&&) noexcept = default;
FileStream& FileStream::operator=(FileStream&&) noexcept = default;
FileStream::~FileStream() = default;

std::uint64_t FileStream::size() const noexcept {
  return impl_->size();
}
std::uint64_t FileStream::position() const noexcept {
  return impl_->position();
}
std::uint64_t FileStream::chunk_bytes() const noexcept {
  return impl_->chunk_bytes();
}
Result<std::size_t> FileStream::read(MutableBytes out) {
  return impl_->read(out);
}
Result<std::size_t> FileStream::read_at(std::uint64_t offset, MutableBytes out) const {
  return impl_->read_at(offset, out);
}
Result<StreamChunk> FileStream::lend_at(std::uint64_t offset, std::size_t length) const {
  return impl_->lend_at(offset, length);
}
Result<StreamChunk> FileStream::read_chunk() {
  return impl_->read_chunk();
}
Result<void> FileStream::seek(std::uint64_t offset) {
  return impl_->seek(offset);
}
void FileStream::close() noexcept {
  impl_->close();
}
bool FileStream::is_closed() const noexcept {
  return impl_->is_closed();
}
StreamProgress FileStream::progress() const noexcept {
  return impl_->progress();
}
StreamStatistics FileStream::statistics() const noexcept {
  return impl_->statistics();
}

std::optional<std::chrono::nanoseconds> FileStream::estimated_time_left() const noexcept {
  const StreamProgress now = progress();
  if (now.done_bytes == now.total_bytes) return std::chrono::nanoseconds(0);
  if (now.bytes_per_second <= 0) return std::nullopt;
  const double nanoseconds = static_cast<double>(now.total_bytes - now.done_bytes) / now.bytes_per_second * 1e9;
  constexpr auto kMost = std::chrono::nanoseconds::max();
  if (nanoseconds >= static_cast<double>(kMost.count())) return kMost;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

}  // namespace npk
