#include "ops/write/torn_end.h"

#include <optional>

#include "npk/files.h"
#include "package/reader/frames/frame_walker.h"
#include "package/reader/locate.h"
#include "package/writer/frame_writer.h"

namespace npk::ops {
namespace {

// A commit behind the last whole trailer, and the header of its frame.
struct LateCommit {
  format::FrameReference place;
  format::FrameHeader header;
  format::Commit commit;
};

// The package as it was when the trailer that ends at `end` was written.
Result<reader::LocatedPackage> locate_up_to(const io::AppendedFile& file, std::uint64_t end, const ReaderOptions& options) {
  ReaderOptions whole = options;
  whole.accept_recovered = false;
  whole.expected = {};
  NPK_ASSIGN(const auto source, window_source(file.source(), 0, end));
  return reader::locate_package(source, whole, std::make_shared<reader::ReadCounters>());
}

// As far as frames are whole: what has been written last may not have reached the disk.
Result<std::optional<LateCommit>> find_late_commit(const reader::FrameReader& frames, std::uint64_t begin) {
  std::optional<LateCommit> found;
  reader::FrameScanner scanner(frames, begin);
  reader::Frame frame;
  for (;;) {
    const Result<bool> more = scanner.next(frame);
    if (!more && more.error().code == Errc::io) return std::unexpected(more.error());
    if (!more || !*more) return found;
    if (frame.header.type != format::FrameType::commit) continue;
    auto commit = reader::open_commit(frame.body, frame.position, frames.limits());
    if (!commit) return found;
    found = {{frame.position, frame.header.stored_length, frame.hash}, frame.header, *std::move(commit)};
  }
}

Result<void> write_trailer(io::AppendedFile& file, const reader::LocatedPackage& before, const LateCommit& late, std::uint64_t end) {
  format::Trailer trailer = before.info.trailer;
  trailer.commit = late.place;
  trailer.generation = late.commit.statement.generation;
  trailer.features = late.commit.placement.features;
  format::FrameHeader last = late.header;
  last.last_commit = late.place.position;
  writer::FrameWriter frames(file, before.info.superblock, nullptr);
  frames.continue_after(last, end);
  NPK_TRY(frames.write_trailer(std::move(trailer)));
  return file.commit();
}

}  // namespace

Result<std::uint64_t> mend_torn_end(io::AppendedFile& file, const ReaderOptions& options, bool keeps_unfinished) {
  NPK_ASSIGN(const std::uint64_t size, file.source()->size());
  NPK_ASSIGN(const std::optional<std::uint64_t> end, reader::last_whole_end(file.source(), options.limits));
  if (!end || *end == size) {
    if (keeps_unfinished) NPK_TRY(file.keep_behind(size));
    return 0;
  }
  NPK_ASSIGN(const reader::LocatedPackage before, locate_up_to(file, *end, options));
  reader::PackageExtent extent = before.extent;
  extent.source = file.source();
  extent.length = size;
  const reader::FrameReader frames(extent, options.limits, std::make_shared<reader::ReadCounters>());
  NPK_ASSIGN(const auto late, find_late_commit(frames, *end));
  const std::uint64_t kept = late ? late->place.position + format::kFrameHeaderBytes + late->place.stored_length : *end;
  if (keeps_unfinished && !late) {
    NPK_TRY(file.keep_behind(kept));
    return 0;
  }
  NPK_TRY(file.cut_to(kept));
  if (late) NPK_TRY(write_trailer(file, before, *late, kept));
  if (keeps_unfinished) {
    NPK_ASSIGN(const std::uint64_t mended, file.source()->size());
    NPK_TRY(file.keep_behind(mended));
  }
  return size - kept;
}

}  // namespace npk::ops
