#include "package/writer/frame_writer.h"

#include <algorithm>
#include <array>

#include "hash/hash.h"

namespace npk::writer {

Result<void> FrameWriter::put(ByteView bytes) {
  if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
  NPK_TRY(sink_.write(bytes));
  position_ += bytes.size();
  return {};
}

Result<void> FrameWriter::write_superblock() { return put(format::encode_superblock(superblock_)); }

Result<format::FrameReference> FrameWriter::write(format::FrameType type, ByteView body, const Digest& hash) {
  format::FrameHeader header;
  header.type = type;
  header.tag = format::package_tag(superblock_.package_id);
  header.sequence = sequence_++;
  header.stored_length = body.size();
  header.last_commit = last_commit_;
  std::copy_n(hash.begin(), header.body_check.size(), header.body_check.begin());
  const format::FrameReference reference{position_, body.size(), hash};
  NPK_TRY(put(format::encode_frame_header(header)));
  NPK_TRY(put(body));
  if (type == format::FrameType::commit) last_commit_ = reference.position;
  return reference;
}

Result<format::FrameReference> FrameWriter::write(format::FrameType type, ByteView body) { return write(type, body, hash::blake3(body)); }

Result<void> FrameWriter::pad_to(std::uint64_t position) {
  static constexpr std::array<std::uint8_t, 64U << 10> kZeros{};
  while (position_ < position) {
    const std::uint64_t left = position - position_;
    const std::uint64_t wanted = left > format::kFrameHeaderBytes ? left - format::kFrameHeaderBytes : 0;
    NPK_TRY(write(format::FrameType::padding, ByteView(kZeros).first(std::min<std::uint64_t>(wanted, kZeros.size()))));
  }
  return {};
}

Result<void> FrameWriter::write_trailer(format::Trailer trailer) {
  trailer.package_length = position_ + format::kFrameHeaderBytes + format::trailer_body_bytes(trailer);
  NPK_TRY(write(format::FrameType::trailer, format::encode_trailer(trailer)));
  return {};
}

}  // namespace npk::writer
