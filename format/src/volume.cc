#include "npk/format/volume.h"

#include <algorithm>

#include "npk/checked.h"
#include "npk/format/crc32c.h"

namespace npk::format {
namespace {

constexpr std::uint16_t kVolumeVersion = 1;
constexpr std::uint16_t kFlagLast = 1;
constexpr std::size_t kVolumeReservedBytes = 4;
constexpr std::size_t kVolumeChecksumOffset = 60;

Result<void> check(const VolumeHeader& header) {
  if (header.number == 0 || header.number > kMostVolumes) return fail_corrupt("a part's number is not from 1 to 65,535");
  if ((header.number == 1) != (header.start == 0)) return fail_corrupt("the first part, and no other, begins at position 0");
  if (header.length == 0 || !checked_add(header.start, header.length)) return fail_corrupt("a part's length can't be");
  const auto file_bytes = checked_add(header.length, kVolumeHeaderBytes);
  if (!file_bytes || *file_bytes > header.volume_bytes) return fail_corrupt("a part is longer than the package's parts are");
  return {};
}

}  // namespace

std::array<std::uint8_t, kVolumeHeaderBytes> encode_volume_header(const VolumeHeader& header) {
  Bytes out;
  ByteWriter writer(out);
  writer.write_bytes(kVolumeMagic);
  writer.write(kVolumeVersion);
  writer.write(header.is_last ? kFlagLast : std::uint16_t{0});
  writer.write(header.number);
  writer.write_bytes(header.package_id);
  writer.write(header.start);
  writer.write(header.length);
  writer.write(header.volume_bytes);
  writer.write_zeros(kVolumeReservedBytes);
  writer.write(crc32c(out));
  std::array<std::uint8_t, kVolumeHeaderBytes> bytes;
  std::ranges::copy(out, bytes.begin());
  return bytes;
}

Result<VolumeHeader> decode_volume_header(ByteView bytes) {
  ByteReader reader(bytes);
  if (bytes.size() < kVolumeHeaderBytes) return fail(Errc::truncated, "too short to be a part of a package");
  NPK_ASSIGN(const auto magic, reader.read_array<8>());
  if (magic != kVolumeMagic) return fail_corrupt("not a part of a package");
  if (crc32c(bytes.first(kVolumeChecksumOffset)) != load_le<std::uint32_t>(bytes.data() + kVolumeChecksumOffset))
    return fail_corrupt("the checksum of a part's header does not hold");
  NPK_ASSIGN(const auto version, reader.read<std::uint16_t>());
  if (version != kVolumeVersion) return fail(Errc::unsupported, "a part of a kind that this npk does not know: use a newer npk");
  NPK_ASSIGN(const auto flags, reader.read<std::uint16_t>());
  if ((flags & ~kFlagLast) != 0) return fail_corrupt("a part's header has reserved flags set");
  VolumeHeader header;
  header.is_last = (flags & kFlagLast) != 0;
  NPK_ASSIGN(header.number, reader.read<std::uint32_t>());
  NPK_ASSIGN(header.package_id, reader.read_array<16>());
  NPK_ASSIGN(header.start, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.length, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.volume_bytes, reader.read<std::uint64_t>());
  NPK_TRY(reader.expect_zeros(kVolumeReservedBytes));
  NPK_TRY(check(header));
  return header;
}

}  // namespace npk::format
