#include "support/package_frames.h"

#include <algorithm>
#include <stdexcept>

#include "hash/hash.h"

namespace npk::testing {

using format::FrameType;

std::size_t PackageFrames::index_of(FrameType type, std::size_t number) const {
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i].header.type == type && number-- == 0) return i;
  throw std::out_of_range("the package has not so many frames of this type");
}

PackageFrames frames_of(ByteView package) {
  PackageFrames found{format::decode_superblock(package).value(), {}};
  const format::PackageTag tag = format::package_tag(found.superblock.package_id);
  for (package = package.subspan(format::kSuperblockBytes); !package.empty();) {
    const format::FrameHeader header = format::decode_frame_header(package, tag, {}).value();
    const ByteView body = package.subspan(format::kFrameHeaderBytes, static_cast<std::size_t>(header.stored_length));
    found.frames.push_back({header, Bytes(body.begin(), body.end())});
    package = package.subspan(format::kFrameHeaderBytes + body.size());
  }
  return found;
}

std::vector<std::uint64_t> frame_positions(ByteView package) {
  std::vector<std::uint64_t> positions{format::kSuperblockBytes};
  for (const PackageFrame& frame : frames_of(package).frames)
    positions.push_back(positions.back() + format::kFrameHeaderBytes + frame.body.size());
  return positions;
}

namespace {

Bytes fitting_trailer(ByteView body, std::uint64_t position, const format::FrameReference& commit,
                      const std::vector<std::uint64_t>& envelopes, std::uint64_t signature) {
  format::Trailer trailer = format::decode_trailer(body).value();
  trailer.signature_position = signature;
  trailer.commit = commit;
  trailer.envelope_positions = envelopes;
  trailer.package_length = position + format::kFrameHeaderBytes + format::trailer_body_bytes(trailer);
  return format::encode_trailer(trailer);
}

}  // namespace

Bytes forge(PackageFrames package) {
  const auto superblock = format::encode_superblock(package.superblock);
  Bytes out(superblock.begin(), superblock.end());
  format::FrameReference commit;
  std::vector<std::uint64_t> envelopes;
  std::uint64_t sequence = 0, signature = 0;
  for (PackageFrame& frame : package.frames) {
    if (frame.header.type == FrameType::envelope) envelopes.push_back(out.size());
    if (frame.header.type == FrameType::signature) signature = out.size();
    if (frame.header.type == FrameType::trailer) frame.body = fitting_trailer(frame.body, out.size(), commit, envelopes, signature);
    const Digest hash = hash::blake3(frame.body);
    format::FrameHeader& header = frame.header;
    header.tag = format::package_tag(package.superblock.package_id);
    header.sequence = sequence++;
    header.stored_length = frame.body.size();
    header.last_commit = commit.position;
    std::copy_n(hash.begin(), header.body_check.size(), header.body_check.begin());
    if (header.type == FrameType::commit) commit = {out.size(), frame.body.size(), hash};
    const auto bytes = format::encode_frame_header(header);
    out.insert(out.end(), bytes.begin(), bytes.end());
    out.insert(out.end(), frame.body.begin(), frame.body.end());
  }
  return out;
}

}  // namespace npk::testing
