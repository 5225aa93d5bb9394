// Checksums under the names they have elsewhere. They find accidents, not attacks: digests of BLAKE3 (npk/ops/hash.h) do both.
#pragma once

#include <cstdint>

#include "npk/bytes.h"

namespace npk {

// What so many bytes do to the checksums of those before them, whatever they are: for checksums of parts that are computed apart. Costs about a
// microsecond to make, kept and used again for parts of one length.
//
// As zlib's crc32_combine: a checksum is a polynomial over GF(2), and each bit behind its bytes multiplies it by x modulo the generator.
class ChecksumShift {
 public:
  explicit ChecksumShift(std::uint64_t bytes) noexcept;

 private:
  friend class Crc32c;
  friend class Crc32;
  std::uint32_t crc32c_, crc32_;  // x to the power of 8 * bytes, modulo each generator
};

// CRC-32C (Castagnoli, iSCSI; RFC 3720): E3069283 for "123456789". By ISA-L, with the processor's instructions.
class Crc32c {
 public:
  void update(ByteView bytes) noexcept;
  // As update() with the bytes that `next` is the checksum of; `shift` is of as many.
  void append(const Crc32c& next, const ChecksumShift& shift) noexcept;
  [[nodiscard]] std::uint32_t value() const noexcept { return ~state_; }  // of all bytes so far

 private:
  std::uint32_t state_ = 0xFFFFFFFF;
};

// CRC-32 (IEEE 802.3, as gzip, zip and PNG have): CBF43926 for "123456789".
class Crc32 {
 public:
  void update(ByteView bytes) noexcept;
  void append(const Crc32& next, const ChecksumShift& shift) noexcept;  // likewise
  [[nodiscard]] std::uint32_t value() const noexcept { return value_; }

 private:
  std::uint32_t value_ = 0;
};

}  // namespace npk
