#include "io/overwriting.h"

#include <algorithm>
#include <array>

#include "io/descriptor.h"

namespace npk::io {
namespace {

constexpr std::size_t kComparedAtOnce = 64U << 10;  // on the stack, and in the first cache's neighbourhood

}  // namespace

Result<std::uint64_t> overwrite_at(int fd, std::uint64_t offset, ByteView bytes, std::uint64_t old_end,
                                   std::string_view name) {
  std::uint64_t kept = 0;
  std::array<std::uint8_t, kComparedAtOnce> old;
  while (!bytes.empty() && offset < old_end) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>({bytes.size(), old.size(), old_end - offset}));
    const ByteView part = bytes.first(count);
    const Result<std::size_t> there = read_fully_at(fd, offset, MutableBytes(old).first(count), name);
    if (there && *there == count && std::ranges::equal(part, ByteView(old).first(count))) {
      kept += count;
    } else {
      NPK_TRY(write_fully_at(fd, offset, part, name));  // also where it can't be read
    }
    offset += count;
    bytes = bytes.subspan(count);
  }
  if (!bytes.empty()) NPK_TRY(write_fully_at(fd, offset, bytes, name));
  return kept;
}

}  // namespace npk::io
