#include "npk/stream.h"

#include <algorithm>
#include <string>

#include "package/reader/file_stream.h"

namespace npk {
namespace {

std::unexpected<Error> closed() {
  return fail(Errc::misuse, "the stream is closed");
}

}  // namespace

FileStream::Impl::Impl(std::shared_ptr<const PackageReader::Impl> package, Entry entry)
    : package_(std::move(package)), entry_(std::move(entry)), runs_(entry_.row().runs), size_(entry_.row().size) {
  run_positions_ = std::make_unique<std::atomic<std::uint64_t>[]>(runs_.size());
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    run_positions_[run].store(kUnknown, std::memory_order_relaxed);
    run_ends_.push_back((run == 0 ? 0 : run_ends_.back()) + runs_[run].byte_count);
  }
}

Result<std::size_t> FileStream::Impl::read(MutableBytes out) {
  NPK_ASSIGN(const std::size_t count, read_at(position_, out));
  position_ += count;
  return count;
}

Result<std::size_t> FileStream::Impl::read_at(std::uint64_t offset, MutableBytes out) const {
  if (is_closed()) return closed();
  if (offset >= size_) return std::size_t{0};
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  Result<void> filled = fill(offset, out.first(count));
  if (!filled) return pass_on(std::move(filled));
  return count;
}

Result<void> FileStream::Impl::seek(std::uint64_t offset) {
  if (is_closed()) return closed();
  if (offset > size_)
    return fail(Errc::misuse,
                "seek to " + std::to_string(offset) + " in a stream of " + std::to_string(size_) + " bytes");
  position_ = offset;
  return {};
}

void FileStream::Impl::close() noexcept {
  package_.reset();
}

// [offset, offset + out.size()) lies within the content.
Result<void> FileStream::Impl::fill(std::uint64_t offset, MutableBytes out) const {
  auto run = static_cast<std::size_t>(std::ranges::upper_bound(run_ends_, offset) - run_ends_.begin());
  for (; !out.empty(); ++run) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), run_ends_[run] - offset));
    NPK_TRY(read_run(run, offset - (run_ends_[run] - runs_[run].byte_count), out.first(length)));
    out = out.subspan(length);
    offset += length;
  }
  return {};
}

Result<void> FileStream::Impl::read_run(std::size_t run, std::uint64_t offset_in_run, MutableBytes out) const {
  if (runs_[run].chunk_count == 0) {
    std::ranges::fill(out, std::uint8_t{0});
    return {};
  }
  NPK_ASSIGN(const std::uint64_t begin, stream_position_of(run));
  return read_stream(begin + offset_in_run, out);
}

Result<std::uint64_t> FileStream::Impl::stream_position_of(std::size_t run) const {
  std::atomic<std::uint64_t>& known = run_positions_[run];
  if (const std::uint64_t position = known.load(std::memory_order_relaxed); position != kUnknown) return position;
  const format::Run& wanted = runs_[run];
  NPK_ASSIGN(const reader::ChunkLocation first, package_->chunks().chunk(wanted.first_chunk));
  NPK_ASSIGN(const reader::ChunkLocation last, package_->chunks().chunk(wanted.first_chunk + wanted.chunk_count - 1));
  if (last.stream_position + last.length - first.stream_position != wanted.byte_count)
    return fail(Errc::corrupt, "an entry's chunks do not have the length the entry says");
  known.store(first.stream_position, std::memory_order_relaxed);
  return first.stream_position;
}

Result<FileStream::Impl::Span> FileStream::Impl::span_at(std::uint64_t stream_position, std::size_t wanted) const {
  Span span;
  while (span.length < wanted) {
    const std::uint64_t at = stream_position + span.length;
    NPK_ASSIGN(const reader::ChunkInBlock found, package_->chunks().locate(at));
    if (span.pieces.empty())
      span.block = found.block;
    else if (found.block.number != span.block.number)
      break;
    const std::uint64_t skipped = at - found.chunk.stream_position;
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(wanted - span.length, found.chunk.length - skipped));
    const auto offset = static_cast<std::size_t>(found.chunk.offset_in_block + skipped);
    span.pieces.push_back({offset, length});
    span.length += length;
    span.needed_bytes = std::max(span.needed_bytes, offset + length);
  }
  return span;
}

Result<void> FileStream::Impl::read_stream(std::uint64_t stream_position, MutableBytes out) const {
  while (!out.empty()) {
    NPK_ASSIGN(const Span span, span_at(stream_position, out.size()));
    NPK_ASSIGN(const reader::BlockCache::Block block, package_->block_cache().get(span.block, span.needed_bytes));
    for (const Piece& piece : span.pieces) {
      std::ranges::copy(block->view().subspan(piece.offset_in_block, piece.length), out.begin());
      out = out.subspan(piece.length);
    }
    stream_position += span.length;
  }
  return {};
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
Result<std::size_t> FileStream::read(MutableBytes out) {
  return impl_->read(out);
}
Result<std::size_t> FileStream::read_at(std::uint64_t offset, MutableBytes out) const {
  return impl_->read_at(offset, out);
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

}  // namespace npk
