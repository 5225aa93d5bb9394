#include "package/writer/frame_writer.h"

#include <algorithm>
#include <array>

#include "hash/hash.h"

namespace npk::writer {

namespace {

// Where a package of this length ends once padded: there is no padding frame of less than a header.
std::uint64_t padded_end(std::uint64_t length) {
  const std::uint64_t end = crypto::padded_length(length);
  return end - length > 0 && end - length < format::kFrameHeaderBytes ? crypto::padded_length(length + format::kFrameHeaderBytes) : end;
}

}  // namespace

Result<void> FrameWriter::put(ByteView bytes) {
  if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
  ProfileSpan span(profile_, ProfileStage::write);
  span.add_bytes(bytes.size(), bytes.size());
  NPK_TRY(sink_.write(bytes));
  position_ += bytes.size();
  return {};
}

Result<void> FrameWriter::write_superblock() {
  NPK_TRY(put(format::encode_superblock(superblock_)));
  if (seal_ == nullptr) return {};
  for (const Bytes& envelope : seal_->envelopes()) {
    NPK_ASSIGN(const format::FrameReference written, write(format::FrameType::envelope, envelope));
    envelopes_.push_back(written.position);
  }
  return {};
}

Result<format::FrameReference> FrameWriter::write_frame(format::FrameHeader header, ByteView body, const Digest& hash) {
  header.tag = format::package_tag(superblock_.package_id);
  header.sequence = sequence_++;
  header.stored_length = body.size();
  header.last_commit = last_commit_;
  std::copy_n(hash.begin(), header.body_check.size(), header.body_check.begin());
  head_written_ = head_written_ || (header.flags & format::kFrameCarriesSalt) != 0;
  const format::FrameReference reference{position_, body.size(), hash};
  NPK_TRY(sink_.keep_together(format::kFrameHeaderBytes + body.size()));
  NPK_TRY(put(format::encode_frame_header(header)));
  NPK_TRY(put(body));
  if (header.type == format::FrameType::commit) last_commit_ = reference.position;
  return reference;
}

Result<format::FrameReference> FrameWriter::write_block(ByteView body, const Digest& hash, std::uint32_t seal_counter) {
  if (seal_ == nullptr) return write_frame({.type = format::FrameType::block}, body, hash);
  return write_frame(seal_->header(format::FrameType::block, seal_counter, seal_counter == 0, body.size()), body, hash);
}

// Who opens the package at its newest commit finds the session's head there, who reads it from its start in the first
// sealed frame. Signatures are sessions of their own.
Result<format::FrameReference> FrameWriter::write_sealed(format::FrameType type, ByteView body) {
  std::uint32_t& counter = seal_counters_[type];
  const bool carries_head = !head_written_ || type == format::FrameType::commit || type == format::FrameType::signature ||
                            (type == format::FrameType::block && counter == 0);
  const std::size_t head = PackageSeal::head_bytes(carries_head);
  const auto padded = static_cast<std::size_t>(seal_->padded_bytes(body.size()));
  Bytes room(head + padded + static_cast<std::size_t>(crypto::tag_bytes(padded)));
  std::ranges::copy(body, room.begin() + static_cast<std::ptrdiff_t>(head));
  PackageSeal::pad(MutableBytes(room).subspan(head, padded), body.size());
  if (counter == UINT32_MAX) return fail(Errc::limit, "more frames than one writing session may seal");
  const format::FrameHeader header = seal_->header(type, counter++, carries_head, room.size());
  seal_->seal(header, room);
  return write_frame(header, room, hash::blake3(room));
}

Result<format::FrameReference> FrameWriter::write(format::FrameType type, ByteView body) {
  if (seal_ != nullptr && format::has_inner_header(type)) return write_sealed(type, body);
  return write_frame({.type = type}, body, hash::blake3(body));
}

Result<void> FrameWriter::pad_to(std::uint64_t position) {
  static constexpr std::array<std::uint8_t, 64U << 10> kZeros{};
  static constexpr std::uint64_t kHeader = format::kFrameHeaderBytes;
  while (position_ < position) {
    const std::uint64_t left = position - position_;
    std::uint64_t bytes = left > kHeader ? std::min<std::uint64_t>(left - kHeader, kZeros.size()) : 0;
    const std::uint64_t rest = left - std::min(left, bytes + kHeader);
    if (rest > 0 && rest < kHeader) bytes -= kHeader;  // too little for another frame
    NPK_TRY(write(format::FrameType::padding, ByteView(kZeros).first(static_cast<std::size_t>(bytes))));
  }
  return {};
}

Result<void> FrameWriter::write_trailer(format::Trailer trailer) {
  trailer.envelope_positions.insert(trailer.envelope_positions.begin(), envelopes_.begin(), envelopes_.end());
  const std::uint64_t trailer_bytes = format::kFrameHeaderBytes + format::trailer_body_bytes(trailer);
  if (seal_ != nullptr && seal_->pads()) NPK_TRY(pad_to(padded_end(position_ + trailer_bytes) - trailer_bytes));
  trailer.package_length = position_ + format::kFrameHeaderBytes + format::trailer_body_bytes(trailer);
  NPK_TRY(write(format::FrameType::trailer, format::encode_trailer(trailer)));
  return {};
}

}  // namespace npk::writer
