#include "npk/format/superblock.h"

#include <algorithm>

#include "npk/format/crc32c.h"

namespace npk::format {
namespace {

constexpr std::uint16_t kFormatVersion = 1;
constexpr std::uint16_t kFrameGrammar = 1;
constexpr std::uint32_t kFlagSealed = 1;
constexpr std::size_t kReservedBytes = 27;
constexpr std::size_t kChecksumOffset = 92;

Result<void> check_sealing(const Superblock& superblock) {
  if (!superblock.sealed && (superblock.key_commitment != Digest{} || superblock.cipher != Cipher::none))
    return fail_corrupt("a package that is not sealed has a key commitment or a cipher");
  if (!superblock.sealed) return {};
  if (superblock.cipher == Cipher::none) return fail_corrupt("a sealed package names no cipher");
  if (superblock.cipher > Cipher::aes_256_gcm)
    return fail(Errc::unsupported, "sealed with a cipher that this npk does not know: use a newer npk");
  return {};
}

}  // namespace

std::array<std::uint8_t, kSuperblockBytes> encode_superblock(const Superblock& superblock) {
  Bytes out;
  ByteWriter writer(out);
  writer.write_bytes(kSuperblockMagic);
  writer.write(kFormatVersion);
  writer.write(kFrameGrammar);
  writer.write(superblock.sealed ? kFlagSealed : 0U);
  writer.write_bytes(superblock.package_id);
  writer.write_bytes(superblock.key_commitment);
  writer.write(static_cast<std::uint8_t>(superblock.cipher));
  writer.write_zeros(kReservedBytes);
  writer.write(crc32c(out));
  std::array<std::uint8_t, kSuperblockBytes> bytes;
  std::ranges::copy(out, bytes.begin());
  return bytes;
}

Result<Superblock> decode_superblock(ByteView bytes) {
  ByteReader reader(bytes);
  if (bytes.size() < kSuperblockBytes) return fail(Errc::truncated, "too short to be an npk package");
  NPK_ASSIGN(const auto magic, reader.read_array<8>());
  if (magic != kSuperblockMagic) return fail_corrupt("not an npk package (it does not begin with the npk magic)");
  if (crc32c(bytes.first(kChecksumOffset)) != load_le<std::uint32_t>(bytes.data() + kChecksumOffset))
    return fail_corrupt("the superblock's checksum does not hold");
  NPK_ASSIGN(const auto version, reader.read<std::uint16_t>());
  NPK_ASSIGN(const auto grammar, reader.read<std::uint16_t>());
  if (version != kFormatVersion || grammar != kFrameGrammar)
    return fail(Errc::unsupported, "written as format version " + std::to_string(version) + "." + std::to_string(grammar) +
                                       "; this npk reads version 1.1: use a newer npk");
  NPK_ASSIGN(const auto flags, reader.read<std::uint32_t>());
  if ((flags & ~kFlagSealed) != 0) return fail_corrupt("the superblock has reserved flags set");
  Superblock superblock;
  superblock.sealed = (flags & kFlagSealed) != 0;
  NPK_ASSIGN(superblock.package_id, reader.read_array<16>());
  NPK_ASSIGN(superblock.key_commitment, reader.read_array<32>());
  NPK_ASSIGN(const auto cipher, reader.read<std::uint8_t>());
  superblock.cipher = static_cast<Cipher>(cipher);
  NPK_TRY(reader.expect_zeros(kReservedBytes));
  NPK_TRY(check_sealing(superblock));
  return superblock;
}

}  // namespace npk::format
