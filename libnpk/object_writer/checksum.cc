#include "npk/checksum.h"

#include <algorithm>
#include <isa-l/crc.h>

namespace npk {
namespace {

constexpr std::size_t kPieceBytes = 1U << 30;  // ISA-L's lengths are int

}  // namespace

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
