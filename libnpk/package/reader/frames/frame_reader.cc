#include "package/reader/frames/frame_reader.h"

#include <algorithm>
#include <array>
#include <string>

#include "block/open.h"
#include "npk/checked.h"

namespace npk::reader {
namespace {

Result<void> check_reference(const format::FrameReference& reference, std::uint64_t before, const PackageExtent& extent,
                             const Limits& limits) {
  const std::uint64_t body = reference.position + format::kFrameHeaderBytes;
  if (reference.stored_length > limits.max_frame_bytes)
    return fail(Errc::limit, "a reference names a frame of " + std::to_string(reference.stored_length) +
                                 " bytes, more than the limit");
  if (reference.position < format::kSuperblockBytes ||
      !range_within(reference.position, format::kFrameHeaderBytes, std::min(before, extent.length)))
    return fail_corrupt("a reference leads to a place that is not before it");
  if (!range_within(body, reference.stored_length, extent.length))
    return fail(Errc::truncated, "a reference names a frame that reaches beyond the end of the package");
  if (!range_within(body, reference.stored_length, before))
    return fail_corrupt("a reference names a frame that reaches beyond it");
  return {};
}

Result<void> check_agreement(const format::FrameHeader& header, format::FrameType type,
                             const format::FrameReference& reference) {
  if (header.type != type)
    return fail(Errc::corrupt, "a reference leads to a frame of type " + std::to_string(static_cast<int>(header.type)) +
                                   " instead of " + std::to_string(static_cast<int>(type)));
  if (header.stored_length != reference.stored_length)
    return fail_corrupt("a reference leads to a frame of another length");
  if (header.body_check != block::body_check_of(reference.hash))
    return fail_corrupt("a reference leads to a frame of another hash");
  return {};
}

}  // namespace

Result<format::FrameHeader> decode_header(ByteView bytes, const format::PackageTag& tag, bool is_sealed,
                                          const Limits& limits) {
  NPK_ASSIGN(format::FrameHeader header, format::decode_frame_header(bytes, tag, limits));
  const bool says_sealed = (header.flags & format::kFrameSealed) != 0;
  if (is_sealed && format::has_inner_header(header.type)) {
    if (says_sealed && header.key_epoch != 0 && header.writer_salt_id != 0) return header;
    return fail(Errc::auth_failed, "a frame that must be sealed is not");
  }
  if ((header.flags & (format::kFrameSealed | format::kFrameCarriesSalt)) != 0 || header.key_epoch != 0 ||
      header.writer_salt_id != 0)
    return fail_corrupt("a frame that may not be sealed says it is");
  return header;
}

Result<Bytes> read_body_start(const crypto::BodyOpener* opener, const format::FrameHeader& header, std::size_t most, const ReadStored& read) {
  if ((header.flags & format::kFrameSealed) == 0) {
    Bytes start(static_cast<std::size_t>(std::min<std::uint64_t>(most, header.stored_length)));
    NPK_TRY(read(0, start));
    return start;
  }
  const std::uint64_t head = (header.flags & format::kFrameCarriesSalt) != 0 ? crypto::SessionHead::kBytes : 0;
  if (header.stored_length < head) return fail_corrupt("a sealed body is shorter than what it must begin with");
  NPK_ASSIGN(const std::uint64_t plain, crypto::plain_bytes(header.stored_length - head));
  Bytes start(static_cast<std::size_t>(head + std::min<std::uint64_t>(plain, crypto::kSegmentBytes)));
  std::array<std::uint8_t, crypto::kTagBytes> tag;
  NPK_TRY(read(0, start));
  NPK_TRY(read(head + plain, tag));
  NPK_ASSIGN(const MutableBytes segment, opener->open_first(header, plain, start, tag));
  const MutableBytes wanted = segment.first(std::min(most, segment.size()));
  return Bytes(wanted.begin(), wanted.end());
}

Result<void> open_frame(const crypto::BodyOpener* opener, const format::FrameHeader& header, Bytes& body) {
  if ((header.flags & format::kFrameSealed) == 0) return {};
  // One of an unknown type is skipped by whoever walks: of it only the head of its session is used, if there is one.
  if (!format::is_known(header.type)) {
    if ((header.flags & format::kFrameCarriesSalt) != 0) static_cast<void>(opener->meet(header, body));
    return {};
  }
  NPK_ASSIGN(const MutableBytes plain, opener->open(header, body));
  std::copy(plain.begin(), plain.end(), body.begin());
  body.resize(plain.size());
  return {};
}

FrameReader::FrameReader(PackageExtent extent, const Limits& limits, std::shared_ptr<ReadCounters> counters, std::shared_ptr<Profile> profile)
    : extent_(std::move(extent)), limits_(limits), counters_(std::move(counters)), profile_(std::move(profile)) {}

template <class Expected>
auto FrameReader::check(ByteView body, const Expected& expected) const {
  ProfileSpan span(profile(), ProfileStage::check);
  span.add_bytes(body.size(), body.size());
  return block::check_body(body, expected);
}

Result<MutableBytes> FrameReader::decrypt(const format::FrameHeader& header, MutableBytes body) const {
  ProfileSpan span(profile(), ProfileStage::decrypt);
  auto plain = extent_.opener->open(header, body);
  if (plain) span.add_bytes(body.size(), plain->size());
  return plain;
}

Result<void> FrameReader::fill(std::uint64_t position, MutableBytes out) const {
  ProfileSpan span(profile(), ProfileStage::read);
  NPK_ASSIGN(const std::size_t count, extent_.source->read_at(extent_.offset + position, out));
  span.add_bytes(count, count);
  counters_->stored_bytes_read.add(count);
  if (count < out.size()) return fail(Errc::truncated, "the package ends within a frame");
  return {};
}

Result<ByteView> FrameReader::read_body(format::FrameType type, const format::FrameReference& reference,
                                        std::uint64_t before, Bytes& buffer) const {
  return placed(read_referenced(type, reference, before, buffer), reference.position);
}

Result<ByteView> FrameReader::read_referenced(format::FrameType type, const format::FrameReference& reference,
                                              std::uint64_t before, Bytes& buffer) const {
  NPK_TRY(check_reference(reference, before, extent_, limits_));
  const auto bytes = static_cast<std::size_t>(format::kFrameHeaderBytes + reference.stored_length);
  if (buffer.size() < bytes) {
    buffer.clear();
    buffer.resize(bytes);
  }
  NPK_TRY(fill(reference.position, MutableBytes(buffer).first(bytes)));
  NPK_ASSIGN(const format::FrameHeader header, decode_header(buffer, extent_.tag, extent_.opener != nullptr, limits_));
  NPK_TRY(check_agreement(header, type, reference));
  const MutableBytes body =
      MutableBytes(buffer).subspan(format::kFrameHeaderBytes, static_cast<std::size_t>(reference.stored_length));
  NPK_TRY(check(body, reference.hash));
  counters_->frames_read.add(1);
  if ((header.flags & format::kFrameSealed) == 0) return body;
  NPK_TRY(meet_session_of(header));
  NPK_ASSIGN(const MutableBytes plain, decrypt(header, body));
  return plain;
}

Result<format::FrameHeader> FrameReader::read_header(std::uint64_t position) const {
  return placed(read_header_at(position), position);
}

Result<format::FrameHeader> FrameReader::read_header_at(std::uint64_t position) const {
  if (!range_within(position, format::kFrameHeaderBytes, extent_.length))
    return fail(Errc::truncated, "a frame header is cut short");
  std::array<std::uint8_t, format::kFrameHeaderBytes> bytes;
  NPK_TRY(fill(position, bytes));
  NPK_ASSIGN(const format::FrameHeader header, decode_header(bytes, extent_.tag, extent_.opener != nullptr, limits_));
  if (header.stored_length > extent_.length - position - format::kFrameHeaderBytes)
    return fail(Errc::truncated, "a frame's body is cut short");
  return header;
}

Result<void> FrameReader::read_frame(std::uint64_t position, Frame& into) const {
  return placed(read_frame_at(position, into), position);
}

Result<Bytes> FrameReader::read_start(std::uint64_t position, const format::FrameHeader& header,
                                      std::size_t most) const {
  if ((header.flags & format::kFrameSealed) != 0) NPK_TRY(placed(meet_session_of(header), position));
  return placed(read_body_start(extent_.opener.get(), header, most, [&](std::uint64_t offset, MutableBytes out) {
    return fill(position + format::kFrameHeaderBytes + offset, out);
  }), position);
}

Result<void> FrameReader::pass(std::uint64_t position, const format::FrameHeader& header) const {
  if ((header.flags & format::kFrameCarriesSalt) == 0) return {};
  Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(crypto::SessionHead::kBytes, header.stored_length)));
  NPK_TRY(placed(fill(position + format::kFrameHeaderBytes, head), position));
  const auto met = placed(extent_.opener->meet(header, head), position);
  return format::is_known(header.type) ? met : Result<void>();
}

// A commit shows the head of its own session, so the walk opens each commit that it reads; one without ends it.
Result<void> FrameReader::meet_session_of(const format::FrameHeader& header) const {
  if ((header.flags & format::kFrameCarriesSalt) != 0) return {};
  Frame commit;
  for (std::uint64_t position = extent_.newest_commit; position != 0 && !extent_.opener->knows(header);) {
    NPK_ASSIGN(const format::FrameHeader found, read_header_at(position));
    if (found.type == format::FrameType::commit && (found.flags & format::kFrameCarriesSalt) == 0) return {};
    NPK_TRY(read_frame_at(position, commit));
    if (commit.header.type != format::FrameType::commit) return fail_corrupt("a commit names as the one before it what is none");
    NPK_ASSIGN(const Bytes raw, block::open_page(commit.body, limits_));
    NPK_ASSIGN(const format::Commit decoded, format::decode_commit(raw, position, limits_));
    position = decoded.placement.previous_commit;
  }
  return {};
}

Result<void> FrameReader::read_frame_at(std::uint64_t position, Frame& into) const {
  NPK_ASSIGN(into.header, read_header_at(position));
  into.position = position;
  into.body.resize(static_cast<std::size_t>(into.header.stored_length));
  NPK_TRY(fill(position + format::kFrameHeaderBytes, into.body));
  NPK_ASSIGN(into.hash, check(into.body, into.header.body_check));
  counters_->frames_read.add(1);
  if ((into.header.flags & format::kFrameSealed) != 0 && format::is_known(into.header.type)) NPK_TRY(meet_session_of(into.header));
  return open_frame(extent_.opener.get(), into.header, into.body);
}

}  // namespace npk::reader
