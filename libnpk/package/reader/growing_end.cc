#include "package/reader/growing_end.h"

#include <algorithm>
#include <array>

#include "npk/format/commit.h"
#include "package/reader/frames/frame_walker.h"

namespace npk::reader {
namespace {

using format::FrameHeader;
using format::FrameType;

constexpr unsigned kMostAttached = 4'096;  // frames behind a commit
constexpr unsigned kMostCommits = 3;       // the newest may not have its trailer yet

bool may_be_attached(FrameType type) noexcept {
  return type == FrameType::trailer || type == FrameType::signature || type == FrameType::envelope || type == FrameType::padding ||
         type == FrameType::parity;
}

class EndSearch {
 public:
  EndSearch(const FrameReader& frames, std::uint64_t bytes) : frames_(frames), bytes_(bytes) {}

  Result<std::optional<std::uint64_t>> run() const {
    const std::uint64_t reach = frames_.limits().max_frame_bytes + format::kFrameHeaderBytes;
    NPK_ASSIGN(const auto last, find_header_before(frames_, bytes_, bytes_ - std::min(bytes_, reach)));
    if (!last) return std::nullopt;
    NPK_ASSIGN(std::optional<FrameHeader> header, header_at(*last));
    for (unsigned tries = 0; header && header->last_commit != 0 && tries < kMostCommits; ++tries) {
      const std::uint64_t commit = header->last_commit;
      NPK_ASSIGN(header, header_at(commit));
      if (!header || header->type != FrameType::commit) return std::nullopt;
      NPK_ASSIGN(const auto end, last_trailer_behind(commit + format::kFrameHeaderBytes + header->stored_length));
      if (end) return end;
    }
    return std::nullopt;
  }

 private:
  Result<std::optional<FrameHeader>> header_at(std::uint64_t position) const {
    std::array<std::uint8_t, format::kFrameHeaderBytes> bytes{};
    const PackageExtent& extent = frames_.extent();
    NPK_ASSIGN(const std::size_t count, extent.source->read_at(position, bytes));
    const auto header = format::decode_frame_header(ByteView(bytes).first(count), extent.tag, frames_.limits());
    if (!header) return std::nullopt;
    return *header;
  }

  Result<std::optional<std::uint64_t>> last_trailer_behind(std::uint64_t position) const {
    std::optional<std::uint64_t> end;
    for (unsigned count = 0; count < kMostAttached; ++count) {
      NPK_ASSIGN(const auto header, header_at(position));
      if (!header || !may_be_attached(header->type)) break;
      const std::uint64_t next = position + format::kFrameHeaderBytes + header->stored_length;
      if (next > bytes_) break;
      if (header->type == FrameType::trailer && is_whole_trailer(position, header->stored_length)) end = next;
      position = next;
    }
    return end;
  }

  bool is_whole_trailer(std::uint64_t position, std::uint64_t stored_length) const {
    Frame frame;
    if (stored_length > format::kMaxTrailerFrameBytes || !frames_.read_frame(position, frame)) return false;
    const auto trailer = format::decode_trailer(frame.body);
    return trailer && trailer->package_length == frame.end();
  }

  const FrameReader& frames_;
  std::uint64_t bytes_;
};

}  // namespace

Result<std::optional<std::uint64_t>> growing_end(const std::shared_ptr<const RandomAccessSource>& source, std::uint64_t bytes,
                                                 const Limits& limits) {
  std::array<std::uint8_t, format::kSuperblockBytes> start{};
  NPK_ASSIGN(const std::size_t count, source->read_at(0, start));
  NPK_ASSIGN(const format::Superblock superblock, format::decode_superblock(ByteView(start).first(count)));
  const PackageExtent extent{source, 0, bytes, format::package_tag(superblock.package_id)};
  const FrameReader frames(extent, limits, std::make_shared<ReadCounters>());
  return EndSearch(frames, bytes).run();
}

}  // namespace npk::reader
