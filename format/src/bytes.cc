#include "npk/bytes.h"

#include <algorithm>
#include <string>

namespace npk {

std::unexpected<Error> ByteReader::too_short(std::uint64_t wanted) const {
  return fail(Errc::truncated, "needs " + std::to_string(wanted) + " more bytes at " + std::to_string(position_) +
                                   " but only " + std::to_string(remaining()) + " are left");
}

Result<ByteView> ByteReader::read_bytes(std::uint64_t count) {
  if (count > remaining()) return too_short(count);
  const ByteView view = bytes_.subspan(position_, static_cast<std::size_t>(count));
  position_ += static_cast<std::size_t>(count);
  return view;
}

Result<void> ByteReader::expect_end() const {
  if (remaining() == 0) return {};
  return fail(Errc::trailing_data, std::to_string(remaining()) + " bytes follow where none may");
}

Result<void> ByteReader::expect_zeros(std::size_t count) {
  NPK_ASSIGN(const ByteView reserved, read_bytes(count));
  if (std::ranges::all_of(reserved, [](std::uint8_t byte) { return byte == 0; })) return {};
  return fail_corrupt("reserved bytes are not zero");
}

}  // namespace npk
