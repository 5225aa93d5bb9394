#include "ops/write/parity/stored_frames.h"

#include <algorithm>
#include <string_view>

#include "hash/hash.h"
#include "npk/checked.h"
#include "package/reader/frames/parity_frame.h"

namespace npk::ops {
namespace {

constexpr std::size_t kFrameReadBytes = 256U << 10;
constexpr std::size_t kScanBytes = 1U << 20;
constexpr std::size_t kOverlapBytes = format::kFrameHeaderBytes - 1;  // a header may begin just before a window's end

const std::string_view kMagic{reinterpret_cast<const char*>(format::kFrameMagic.data()), format::kFrameMagic.size()};

}  // namespace

Result<void> StoredFrames::read(std::uint64_t position, MutableBytes out) const {
  if (!range_within(position, out.size(), length_)) return fail(Errc::truncated, "a frame ends behind the package");
  NPK_ASSIGN(const std::size_t count, source_.read_at(offset_ + position, out));
  return count == out.size() ? Result<void>() : fail(Errc::truncated, "the source is shorter than it said");
}

Result<StoredFrame> StoredFrames::at(std::uint64_t position, const format::PackageTag& tag) const {
  std::array<std::uint8_t, format::kFrameHeaderBytes> bytes;
  NPK_TRY(read(position, bytes));
  StoredFrame frame{.position = position, .header = {}};
  NPK_ASSIGN(frame.header, format::decode_frame_header(bytes, tag, limits_));
  if (!range_within(frame.body(), frame.header.stored_length, length_)) return fail(Errc::truncated, "a frame ends behind the package");
  return frame;
}

std::optional<StoredFrame> StoredFrames::try_at(std::uint64_t position, const std::optional<format::PackageTag>& tag) const {
  std::array<std::uint8_t, format::kFrameHeaderBytes> bytes;
  if (!read(position, bytes)) return std::nullopt;
  format::PackageTag own;
  std::copy_n(bytes.begin() + 8, own.size(), own.begin());
  auto frame = at(position, tag.value_or(own));
  return frame ? std::optional(*frame) : std::nullopt;
}

Result<std::optional<StoredFrame>> StoredFrames::find(std::uint64_t from, const std::optional<format::PackageTag>& tag, const std::stop_token& stop) {
  for (std::uint64_t begin = from; begin < length_; begin += kScanBytes) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kScanBytes + kOverlapBytes, length_ - begin)));
    NPK_TRY(read(begin, buffer_));
    const std::string_view text = as_text(buffer_);
    for (std::size_t at = text.find(kMagic); at != text.npos; at = text.find(kMagic, at + 1)) {
      if (auto frame = try_at(begin + at, tag)) return frame;
    }
  }
  return std::nullopt;
}

Result<void> StoredFrames::check_body(const StoredFrame& frame) {
  hash::Blake3 hash;
  for (std::uint64_t at = frame.body(); at < frame.end(); at += buffer_.size()) {
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kFrameReadBytes, frame.end() - at)));
    NPK_TRY(read(at, buffer_));
    hash.update(buffer_);
  }
  const Digest digest = hash.finish();
  if (!std::equal(frame.header.body_check.begin(), frame.header.body_check.end(), digest.begin()))
    return fail_corrupt("a frame's body does not have the check it should");
  return {};
}

Result<format::ParityHead> StoredFrames::parity_head(const StoredFrame& frame) {
  if (frame.header.stored_length < format::kParityLayoutBytes) return fail(Errc::truncated, "a parity frame is cut short");
  buffer_.resize(format::kParityLayoutBytes);
  NPK_TRY(read(frame.body(), buffer_));
  NPK_ASSIGN(const format::ParityHead start, format::decode_parity_layout(buffer_));
  const std::uint64_t bytes = start.layout.head_bytes(start.group);
  if (bytes > frame.header.stored_length) return fail(Errc::truncated, "a parity frame's checks are cut short");
  buffer_.resize(static_cast<std::size_t>(bytes));
  NPK_TRY(read(frame.body(), buffer_));
  return reader::open_parity_head(buffer_);
}

}  // namespace npk::ops
