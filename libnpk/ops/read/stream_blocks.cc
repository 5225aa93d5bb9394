#include "ops/read/stream_blocks.h"

#include <algorithm>

#include "block/open.h"
#include "io/temporary_file.h"
#include "ops/read/block_heads.h"

namespace npk::ops {
namespace {

constexpr const char* kSpoolName = "the spool file";

bool is_sealed(const format::FrameHeader& header) noexcept { return (header.flags & format::kFrameSealed) != 0; }
std::unexpected<Error> gone() { return fail(Errc::not_found, "a block is not kept any more"); }
bool is_dictionary(const format::FrameHeader& header) noexcept { return header.type == format::FrameType::dictionary; }

}  // namespace

void StreamBlocks::add(reader::Frame& frame) {
  held_bytes_ += frame.body.size();
  held_[frame.position] = {std::move(frame.body), frame.header, frame.hash};
  frame.body = {};
  while (held_bytes_ > memory_bytes_ && held_.size() > 1) spool(held_.begin());
}

void StreamBlocks::drop(std::uint64_t position) {
  if (const auto found = held_.find(position); found != held_.end()) {
    held_bytes_ -= found->second.body.size();
    held_.erase(found);
  }
  spooled_.erase(position);
}

void StreamBlocks::move_to_spool(std::uint64_t position) {
  if (const auto found = held_.find(position); found != held_.end()) spool(found);
}

bool StreamBlocks::came_by(const format::BlockRow& row) const {
  if (const auto held = held_.find(row.position); held != held_.end())
    return held->second.hash == row.hash && held->second.body.size() == row.stored_length &&
           is_dictionary(held->second.header) == row.is_dictionary;
  const auto spooled = spooled_.find(row.position);
  return spooled != spooled_.end() && spooled->second.hash == row.hash && spooled->second.length == row.stored_length &&
         is_dictionary(spooled->second.header) == row.is_dictionary;
}

std::uint64_t StreamBlocks::copied_bytes(const format::BlockRow& row) const {
  const auto held = held_.find(row.position);
  return held != held_.end() && !is_sealed(held->second.header) ? 0 : row.stored_length;
}

Result<format::InnerHeader> StreamBlocks::inner_header(const format::BlockRow& row) const {
  NPK_ASSIGN(const Bytes bytes, start(row));
  return parse_inner_header(bytes);
}

Result<Bytes> StreamBlocks::start(const format::BlockRow& row) const {
  if (const auto held = held_.find(row.position); held != held_.end()) {
    const ByteView body = held->second.body;
    return reader::read_body_start(opener_.get(), held->second.header, kMostInnerHeaderBytes, [&](std::uint64_t offset, MutableBytes out) -> Result<void> {
      std::ranges::copy(body.subspan(static_cast<std::size_t>(offset), out.size()), out.begin());
      return {};
    });
  }
  const auto spooled = spooled_.find(row.position);
  if (spooled == spooled_.end()) return gone();
  return reader::read_body_start(opener_.get(), spooled->second.header, kMostInnerHeaderBytes, [&](std::uint64_t offset, MutableBytes out) {
    return read_spooled(spooled->second.offset + offset, out);
  });
}

Result<void> StreamBlocks::read_spooled(std::uint64_t offset, MutableBytes out) const {
  NPK_ASSIGN(const std::size_t count, io::read_fully_at(file_.get(), offset, out, kSpoolName));
  if (count < out.size()) return fail(Errc::io, "the spool file is shorter than what was written to it");
  return {};
}

Result<ByteView> StreamBlocks::body(const format::BlockRow& row, Bytes& buffer) const {
  if (const auto held = held_.find(row.position); held != held_.end()) {
    if (!is_sealed(held->second.header)) return ByteView(held->second.body);
    buffer = held->second.body;
    return opened(held->second.header, buffer);
  }
  const auto spooled = spooled_.find(row.position);
  if (spooled == spooled_.end()) return gone();
  buffer.resize(static_cast<std::size_t>(spooled->second.length));
  NPK_TRY(read_spooled(spooled->second.offset, buffer));
  NPK_TRY(block::check_body(buffer, row.hash));
  return opened(spooled->second.header, buffer);
}

Result<ByteView> StreamBlocks::opened(const format::FrameHeader& header, MutableBytes body) const {
  if (!is_sealed(header)) return ByteView(body);
  ProfileSpan span(profile_, ProfileStage::decrypt);
  NPK_ASSIGN(const MutableBytes plain, opener_->open(header, body));
  span.add_bytes(body.size(), plain.size());
  return ByteView(plain);
}

void StreamBlocks::spool(HeldAt block) {
  if (const auto written = write(block->first, block->second); !written) loss_ = written.error().to_string();
  held_bytes_ -= block->second.body.size();
  held_.erase(block);
}

Result<void> StreamBlocks::write(std::uint64_t position, const Held& block) {
  const std::uint64_t length = block.body.size();
  if (length > spool_bytes_) return fail(Errc::limit, "a block is larger than the spool file may be");
  if (!file_) {
    NPK_ASSIGN(file_, io::open_temporary_file(directory_));
  }
  make_room(length);
  NPK_TRY(io::write_fully_at(file_.get(), spool_head_, block.body, kSpoolName));
  spooled_[position] = {spool_head_, length, block.header, block.hash};
  spool_order_.push_back(position);
  spool_head_ += length;
  return {};
}

// The oldest give way: those at the ring's end when it starts over, and those where `length` bytes are to go.
void StreamBlocks::make_room(std::uint64_t length) {
  const bool start_over = length > spool_bytes_ - spool_head_;
  const std::uint64_t old_head = spool_head_;
  if (start_over) spool_head_ = 0;
  bool behind_old_head = start_over;
  while (!spool_order_.empty()) {
    const auto oldest = spooled_.find(spool_order_.front());
    if (oldest != spooled_.end()) {
      const Spooled& block = oldest->second;
      behind_old_head = behind_old_head && block.offset >= old_head;
      const bool overlaps = block.offset < spool_head_ + length && spool_head_ < block.offset + block.length;
      if (!behind_old_head && !overlaps) return;
      loss_ = "the spool file may not be larger than " + std::to_string(spool_bytes_) + " bytes";
      spooled_.erase(oldest);
    }
    spool_order_.pop_front();
  }
}

}  // namespace npk::ops
