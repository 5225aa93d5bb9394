#include "package/reader/frame_walker.h"

#include <algorithm>
#include <array>
#include <string>

#include "block/open.h"

namespace npk::reader {
namespace {

constexpr std::size_t kGrowth = 4U << 20;  // how far ahead of the bytes that came a claimed length is believed

// An end that follows a trailer is the package's; any other is a cut.
Result<void> check_end(bool after_trailer) {
  if (!after_trailer) return fail(Errc::truncated, "the package ends without a trailer");
  return {};
}

bool begins_frame(ByteView bytes) noexcept {
  return bytes.size() >= format::kFrameMagic.size() &&
         std::ranges::equal(bytes.first(format::kFrameMagic.size()), format::kFrameMagic);
}

}  // namespace

Result<void> FrameOrder::follow(const format::FrameHeader& header, std::uint64_t position) {
  const bool follows = !next_sequence_ || (*next_sequence_ == header.sequence && last_commit_ == header.last_commit);
  const std::uint64_t wanted = next_sequence_.value_or(0);
  next_sequence_ = header.sequence + 1;
  last_commit_ = header.type == format::FrameType::commit ? position : header.last_commit;
  if (follows) return {};
  return fail(Errc::corrupt, "frame " + std::to_string(header.sequence) + " lies where frame " +
                                 std::to_string(wanted) + " belongs, or names another last commit");
}

std::unexpected<Error> FrameWalker::placed(Error error) const {
  return std::unexpected(std::move(std::move(error).at(position_)).in(source_.name()));
}

Result<std::size_t> FrameWalker::fill(MutableBytes out) {
  std::size_t count = 0;
  while (count < out.size()) {
    NPK_ASSIGN(const std::size_t more, source_.read(out.subspan(count)));
    if (more == 0) break;
    count += more;
  }
  return count;
}

Result<void> FrameWalker::fill_body(std::uint64_t length, Bytes& body) {
  body.clear();
  while (body.size() < length) {
    const std::size_t begin = body.size();
    body.resize(std::min(static_cast<std::size_t>(length), begin + std::max(begin, kGrowth)));
    NPK_ASSIGN(const std::size_t count, fill(MutableBytes(body).subspan(begin)));
    if (begin + count < body.size()) return fail(Errc::truncated, "a frame's body is cut short");
  }
  return {};
}

Result<format::Superblock> FrameWalker::read_superblock() {
  std::array<std::uint8_t, format::kSuperblockBytes> bytes;
  NPK_ASSIGN(const std::size_t count, fill(bytes));
  Result<format::Superblock> superblock = format::decode_superblock(ByteView(bytes).first(count));
  if (superblock && superblock->sealed)
    superblock = fail(Errc::no_key, "the package is sealed, and this npk opens no sealed packages");
  if (!superblock) return placed(std::move(superblock).error());
  tag_ = format::package_tag(superblock->package_id);
  position_ = format::kSuperblockBytes;
  return superblock;
}

Result<bool> FrameWalker::next(Frame& frame) {
  Result<bool> found = read_frame(frame);
  if (!found) return placed(std::move(found).error());
  return found;
}

Result<bool> FrameWalker::read_frame(Frame& frame) {
  std::array<std::uint8_t, format::kFrameHeaderBytes> bytes;
  NPK_ASSIGN(const std::size_t count, fill(bytes));
  const ByteView header = ByteView(bytes).first(count);
  if (count == 0) {
    NPK_TRY(check_end(after_trailer_));
    return false;
  }
  if (after_trailer_ && !begins_frame(header)) return fail(Errc::trailing_data, "bytes follow the package");
  NPK_ASSIGN(frame.header, decode_clear_header(header, tag_, limits_));
  frame.position = position_;
  NPK_TRY(fill_body(frame.header.stored_length, frame.body));
  NPK_ASSIGN(frame.hash, block::check_body(frame.body, frame.header.body_check));
  NPK_TRY(order_.follow(frame.header, position_));
  after_trailer_ = frame.header.type == format::FrameType::trailer;
  position_ = frame.end();
  return true;
}

Result<bool> FrameScanner::at_end() const {
  if (position_ < frames_.extent().length) return false;
  NPK_TRY(check_end(after_trailer_));
  return true;
}

Result<bool> FrameScanner::next(Frame& frame) {
  NPK_ASSIGN(const bool end, at_end());
  if (end) return false;
  NPK_TRY(frames_.read_frame(position_, frame));
  NPK_TRY(step(frame.header));
  return true;
}

Result<std::optional<format::FrameHeader>> FrameScanner::next_header() {
  NPK_ASSIGN(const bool end, at_end());
  if (end) return std::nullopt;
  NPK_ASSIGN(const format::FrameHeader header, frames_.read_header(position_));
  NPK_TRY(step(header));
  return header;
}

Result<void> FrameScanner::step(const format::FrameHeader& header) {
  NPK_TRY(order_.follow(header, position_));
  position_ += format::kFrameHeaderBytes + header.stored_length;
  after_trailer_ = header.type == format::FrameType::trailer;
  return {};
}

Result<bool> FrameScanner::resync() {
  order_.restart();
  after_trailer_ = false;
  if (const auto header = frames_.read_header(position_)) {
    position_ += format::kFrameHeaderBytes + header->stored_length;
    if (position_ >= frames_.extent().length || frames_.read_header(position_)) return true;
  }
  NPK_ASSIGN(const auto found, find_next_frame(frames_, position_ + 1));
  position_ = found.value_or(frames_.extent().length);
  return found.has_value();
}

}  // namespace npk::reader
