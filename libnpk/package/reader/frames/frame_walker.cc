#include "package/reader/frames/frame_walker.h"

#include <utility>

namespace npk::reader {
namespace {

constexpr std::size_t kReadBytes = 256U << 10;  // stays in the second-level cache until it has been copied and hashed

}  // namespace

FrameWalker::FrameWalker(SequentialSource& source, const Limits& limits,
                         std::shared_ptr<const std::vector<Identity>> identities, BlockBodies block_bodies)
    : source_(source), parser_(limits, std::move(identities), block_bodies), buffer_(kReadBytes) {}

Result<bool> FrameWalker::placed(Result<bool> found) const {
  if (!found) return std::unexpected(std::move(found).error().at(position()).in(source_.name()));
  return found;
}

// False at the end of the package.
Result<bool> FrameWalker::next_event() {
  for (;;) {
    NPK_ASSIGN(const bool found, parser_.next(event_));
    if (found) return true;
    NPK_ASSIGN(const bool more, pull());
    if (!more) return false;
  }
}

Result<bool> FrameWalker::pull() {
  NPK_ASSIGN(const std::size_t count, source_.read(buffer_));
  if (count == 0) {
    NPK_TRY(parser_.finish());
    return false;
  }
  NPK_TRY(parser_.feed(ByteView(buffer_).first(count)));
  return true;
}

Result<format::Superblock> FrameWalker::read_superblock() {
  NPK_TRY(placed(next_event()));
  return event_.superblock;
}

Result<bool> FrameWalker::next(Frame& frame) {
  std::swap(event_.body, frame.body);
  do {
    NPK_ASSIGN(const bool found, placed(next_event()));
    if (!found) return false;
  } while (event_.kind != FrameEvent::Kind::body);
  frame.position = event_.position;
  frame.header = event_.header;
  frame.hash = event_.hash;
  std::swap(event_.body, frame.body);
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
