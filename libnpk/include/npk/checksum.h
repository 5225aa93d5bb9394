// Checksums under the names they have elsewhere. They find accidents, not attacks: digests of BLAKE3 (npk/ops/hash.h) do both.
#pragma once

#include <cstdint>

#include "npk/bytes.h"

namespace npk {

// CRC-32C (Castagnoli, iSCSI; RFC 3720): E3069283 for "123456789". By ISA-L, with the processor's instructions.
class Crc32c {
 public:
  void update(ByteView bytes) noexcept;
  [[nodiscard]] std::uint32_t value() const noexcept { return ~state_; }  // of all bytes so far

 private:
  std::uint32_t state_ = 0xFFFFFFFF;
};

// CRC-32 (IEEE 802.3, as gzip, zip and PNG have): CBF43926 for "123456789".
class Crc32 {
 public:
  void update(ByteView bytes) noexcept;
  [[nodiscard]] std::uint32_t value() const noexcept { return value_; }

 private:
  std::uint32_t value_ = 0;
};

}  // namespace npk
