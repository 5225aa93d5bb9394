#include "ops/read/frame_walk.h"

#include "package/reader/frames/frame_walker.h"

namespace npk::ops {

Result<void> for_each_frame(const reader::FrameReader& frames, std::uint64_t end, const VisitFrame& visit) {
  reader::FrameScanner scanner(frames);
  while (scanner.position() < end) {
    const std::uint64_t position = scanner.position();
    const auto header = scanner.next_header();
    if (!header) {
      if (header.error().code == Errc::io) return std::unexpected(header.error());
      NPK_ASSIGN(const bool more, scanner.resync());
      if (!more) return {};
      continue;
    }
    if (!*header) return {};
    NPK_TRY(visit(position, **header));
  }
  return {};
}

}  // namespace npk::ops
