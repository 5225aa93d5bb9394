#include <algorithm>

#include "package/reader/frames/frame_walker.h"

namespace npk::reader {
namespace {

constexpr std::size_t kWindowBytes = 1U << 20;
constexpr std::size_t kFirstWindowBytes = 1U << 12;  // so that much damage in little pieces costs little for each
constexpr std::size_t kOverlapBytes = format::kFrameHeaderBytes - 1;  // a header may begin just before a window's end

// A stretch of the package in memory.
struct Window {
  std::uint64_t begin = 0;
  Bytes bytes;
};

// Headers that begin in [begin, begin + size).
Result<Window> read_window(const FrameReader& frames, std::uint64_t begin, std::size_t size) {
  const PackageExtent& extent = frames.extent();
  Window window{begin,
                Bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size + kOverlapBytes, extent.length - begin)))};
  NPK_ASSIGN(const std::size_t count, extent.source->read_at(extent.offset + begin, window.bytes));
  window.bytes.resize(count);
  return window;
}

using Wanted = bool (*)(const FrameReader& frames, ByteView header);

bool is_any(const FrameReader& frames, ByteView header) {
  return decode_header(header, frames.extent().tag, frames.extent().opener != nullptr, frames.limits()).has_value();
}

// Trailers are clear in sealed packages, too.
bool is_trailer(const FrameReader& frames, ByteView header) {
  const auto decoded = decode_header(header, frames.extent().tag, false, frames.limits());
  return decoded && decoded->type == format::FrameType::trailer && decoded->stored_length <= format::kMaxTrailerFrameBytes;
}

bool header_at(const FrameReader& frames, const Window& window, std::size_t at, Wanted wanted) {
  const ByteView rest = ByteView(window.bytes).subspan(at);
  return rest.size() >= format::kFrameHeaderBytes && wanted(frames, rest);
}

std::optional<std::uint64_t> first_header(const FrameReader& frames, const Window& window) {
  const ByteView bytes = window.bytes;
  for (auto at = bytes.begin();; ++at) {
    at = std::search(at, bytes.end(), format::kFrameMagic.begin(), format::kFrameMagic.end());
    if (at == bytes.end()) return std::nullopt;
    const auto offset = static_cast<std::size_t>(at - bytes.begin());
    if (header_at(frames, window, offset, is_any)) return window.begin + offset;
  }
}

std::optional<std::uint64_t> last_header(const FrameReader& frames, const Window& window, Wanted wanted) {
  auto end = window.bytes.end();
  for (;;) {
    const auto at = std::find_end(window.bytes.begin(), end, format::kFrameMagic.begin(), format::kFrameMagic.end());
    if (at == end) return std::nullopt;
    const auto offset = static_cast<std::size_t>(at - window.bytes.begin());
    if (header_at(frames, window, offset, wanted)) return window.begin + offset;
    end = at + static_cast<std::ptrdiff_t>(format::kFrameMagic.size()) - 1;
  }
}

bool is_any_unopened(const FrameReader& frames, ByteView header) {
  return format::decode_frame_header(header, frames.extent().tag, frames.limits()).has_value();
}

// A header that begins before `end`, and not before `least`.
Result<std::optional<std::uint64_t>> find_backwards(const FrameReader& frames, std::uint64_t end, Wanted wanted,
                                                    std::uint64_t least = format::kSuperblockBytes) {
  while (end > least) {
    const std::uint64_t begin = std::max(least + kWindowBytes, end) - kWindowBytes;
    NPK_ASSIGN(const Window window, read_window(frames, begin, static_cast<std::size_t>(end - begin)));
    if (const auto found = last_header(frames, window, wanted)) return found;
    end = begin;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<std::uint64_t>> find_next_frame(const FrameReader& frames, std::uint64_t from) {
  std::size_t size = kFirstWindowBytes;
  for (std::uint64_t begin = from; begin < frames.extent().length;
       begin += size, size = std::min(2 * size, kWindowBytes)) {
    NPK_ASSIGN(const Window window, read_window(frames, begin, size));
    if (const auto found = first_header(frames, window)) return found;
  }
  return std::nullopt;
}

Result<std::optional<std::uint64_t>> find_last_frame(const FrameReader& frames) {
  return find_backwards(frames, frames.extent().length, is_any);
}

Result<std::optional<std::uint64_t>> find_header_before(const FrameReader& frames, std::uint64_t before,
                                                        std::uint64_t least) {
  return find_backwards(frames, before, is_any_unopened, std::max<std::uint64_t>(least, format::kSuperblockBytes));
}

Result<std::optional<std::uint64_t>> find_trailer_before(const FrameReader& frames, std::uint64_t before) {
  return find_backwards(frames, before, is_trailer);
}

}  // namespace npk::reader
