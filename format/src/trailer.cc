#include <algorithm>
#include <array>

#include "npk/format/commit.h"
#include "npk/format/frame.h"

namespace npk::format {
namespace {

constexpr std::array<std::uint8_t, 8> kEndMagic = {'N', 'P', 'K', 'E', 'N', 'D', 0x1A, '\n'};
constexpr std::size_t kFixedBytes = 104;
constexpr std::uint32_t kMaxEnvelopes = 1024;

Result<void> check_positions(const Trailer& trailer, std::uint64_t trailer_position) {
  const auto outside = [&](std::uint64_t position) { return position < kSuperblockBytes || position >= trailer_position; };
  if (outside(trailer.commit.position)) return fail_corrupt("the trailer names a commit that does not lie before it");
  if (trailer.signature_position != 0 && outside(trailer.signature_position))
    return fail_corrupt("the trailer names a signature that does not lie before it");
  if (std::ranges::any_of(trailer.envelope_positions, outside)) return fail_corrupt("the trailer names an envelope that does not lie before it");
  return {};
}

Result<Trailer> read_fields(ByteReader& reader) {
  Trailer trailer;
  NPK_ASSIGN(trailer.package_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.commit.position, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.commit.stored_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.commit.hash, reader.read_array<32>());
  NPK_ASSIGN(trailer.generation, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.features.compatible, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.features.read_only_compatible, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.features.incompatible, reader.read<std::uint64_t>());
  NPK_ASSIGN(trailer.signature_position, reader.read<std::uint64_t>());
  NPK_ASSIGN(const auto envelope_count, reader.read<std::uint32_t>());
  NPK_TRY(reader.expect_zeros(4));
  if (envelope_count > kMaxEnvelopes) return fail(Errc::limit, "the trailer names more envelopes than the limit");
  for (std::uint32_t i = 0; i < envelope_count; ++i) {
    NPK_ASSIGN(const auto position, reader.read<std::uint64_t>());
    trailer.envelope_positions.push_back(position);
  }
  return trailer;
}

}  // namespace

std::size_t trailer_body_bytes(const Trailer& trailer) noexcept {
  return kFixedBytes + 8 * trailer.envelope_positions.size() + kEndMagicBytes;
}

Bytes encode_trailer(const Trailer& trailer) {
  Bytes out;
  ByteWriter writer(out);
  writer.write(trailer.package_length);
  writer.write(trailer.commit.position);
  writer.write(trailer.commit.stored_length);
  writer.write_bytes(trailer.commit.hash);
  writer.write(trailer.generation);
  writer.write(trailer.features.compatible);
  writer.write(trailer.features.read_only_compatible);
  writer.write(trailer.features.incompatible);
  writer.write(trailer.signature_position);
  writer.write(static_cast<std::uint32_t>(trailer.envelope_positions.size()));
  writer.write_zeros(4);
  for (const std::uint64_t position : trailer.envelope_positions) writer.write(position);
  writer.write(static_cast<std::uint32_t>(kFrameHeaderBytes + trailer_body_bytes(trailer)));
  writer.write_zeros(4);
  writer.write_bytes(kEndMagic);
  return out;
}

Result<Trailer> decode_trailer(ByteView body) {
  ByteReader reader(body);
  NPK_ASSIGN(Trailer trailer, read_fields(reader));
  NPK_ASSIGN(const auto frame_bytes, reader.read<std::uint32_t>());
  NPK_TRY(reader.expect_zeros(4));
  NPK_ASSIGN(const auto magic, reader.read_array<8>());
  NPK_TRY(reader.expect_end());
  if (magic != kEndMagic || frame_bytes != kFrameHeaderBytes + body.size()) return fail_corrupt("the trailer's end does not fit it");
  if (trailer.package_length < kSuperblockBytes + frame_bytes) return fail_corrupt("the trailer claims a package shorter than itself");
  NPK_TRY(check_positions(trailer, trailer.package_length - frame_bytes));
  return trailer;
}

Result<std::uint32_t> locate_trailer(ByteView last_bytes) {
  if (last_bytes.size() < kEndMagicBytes) return fail(Errc::truncated, "too short to end with a trailer");
  ByteReader reader(last_bytes.last(kEndMagicBytes));
  NPK_ASSIGN(const auto frame_bytes, reader.read<std::uint32_t>());
  NPK_ASSIGN([[maybe_unused]] const auto reserved, reader.read<std::uint32_t>());
  NPK_ASSIGN(const auto magic, reader.read_array<8>());
  if (magic != kEndMagic) return fail_corrupt("the package does not end with a trailer");
  if (frame_bytes < kFrameHeaderBytes + kFixedBytes + kEndMagicBytes || frame_bytes > kMaxTrailerFrameBytes)
    return fail_corrupt("the trailer's length is out of range");
  return frame_bytes;
}

}  // namespace npk::format
