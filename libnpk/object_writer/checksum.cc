#include "npk/checksum.h"

#include <algorithm>
#include <isa-l/crc.h>

namespace npk {
namespace {

constexpr std::size_t kPieceBytes = 1U << 30;  // ISA-L's lengths are int

// Generators and polynomials have the coefficient of x^0 in the highest bit, as the checksums do.
constexpr std::uint32_t kCastagnoli = 0x82F63B78, kIeee = 0xEDB88320;
constexpr std::uint32_t kOne = 1U << 31, kXToTheEighth = 1U << 23;

std::uint32_t product(std::uint32_t a, std::uint32_t b, std::uint32_t generator) noexcept {
  std::uint32_t sum = 0;
  for (; a != 0; a <<= 1) {
    sum ^= b & (0 - (a >> 31));
    b = (b >> 1) ^ (generator & (0 - (b & 1)));
  }
  return sum;
}

std::uint32_t shift_of(std::uint64_t bytes, std::uint32_t generator) noexcept {
  std::uint32_t result = kOne;
  for (std::uint32_t factor = kXToTheEighth; bytes != 0; bytes >>= 1) {
    if ((bytes & 1) != 0) result = product(result, factor, generator);
    factor = product(factor, factor, generator);
  }
  return result;
}

}  // namespace

ChecksumShift::ChecksumShift(std::uint64_t bytes) noexcept : crc32c_(shift_of(bytes, kCastagnoli)), crc32_(shift_of(bytes, kIeee)) {}

void Crc32c::append(const Crc32c& next, const ChecksumShift& shift) noexcept {
  state_ = ~(product(value(), shift.crc32c_, kCastagnoli) ^ next.value());
}

void Crc32::append(const Crc32& next, const ChecksumShift& shift) noexcept { value_ = product(value_, shift.crc32_, kIeee) ^ next.value_; }

void Crc32c::update(ByteView bytes) noexcept {
  while (!bytes.empty()) {
    const ByteView piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    // Not const in ISA-L 2.30, but not written to.
    state_ = ::crc32_iscsi(const_cast<std::uint8_t*>(piece.data()), static_cast<int>(piece.size()), state_);
    bytes = bytes.subspan(piece.size());
  }
}

void Crc32::update(ByteView bytes) noexcept {
  value_ = ::crc32_gzip_refl(value_, bytes.data(), bytes.size());
}

}  // namespace npk
