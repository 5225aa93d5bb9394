#include "content_copy.h"

#include <algorithm>

namespace npk::tools {

Result<void> copy_content(FileStream& stream, std::uint64_t offset, std::uint64_t length, Io& io) {
  constexpr std::uint64_t kPieceBytes = 1U << 20;
  if (offset > stream.size())
    return fail(Errc::misuse, "offset " + std::to_string(offset) + " lies behind the end, at " + std::to_string(stream.size()));
  NPK_TRY(stream.seek(offset));
  std::uint64_t left = std::min(length, stream.size() - offset);
  Bytes piece(static_cast<std::size_t>(std::min(left, kPieceBytes)));
  while (left != 0) {
    const MutableBytes wanted = MutableBytes(piece).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
    NPK_ASSIGN(const std::size_t count, stream.read(wanted));
    if (count == 0) return fail(Errc::truncated, "the content ends before its size says");
    NPK_TRY(io.out.write(wanted.first(count)));
    left -= count;
  }
  return {};
}

}  // namespace npk::tools
