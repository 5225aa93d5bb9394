#include "codec/filter/parts.h"

#include "codec/filter/varint.h"

namespace npk::codec {

Result<std::vector<ByteView>> split_parts(ByteView filtered) {
  NPK_ASSIGN(const std::uint64_t count, take_varint(filtered));
  if (count > kMaxParts || count > filtered.size()) return fail_corrupt("a filtered block has too many parts");
  std::vector<std::uint64_t> lengths(static_cast<std::size_t>(count));
  for (std::uint64_t& length : lengths) {
    NPK_ASSIGN(length, take_varint(filtered));
  }
  std::vector<ByteView> parts;
  parts.reserve(lengths.size());
  for (const std::uint64_t length : lengths) {
    if (length > filtered.size()) return fail_corrupt("a part of a filtered block is longer than the block");
    parts.push_back(filtered.first(static_cast<std::size_t>(length)));
    filtered = filtered.subspan(static_cast<std::size_t>(length));
  }
  if (!filtered.empty()) return fail_corrupt("bytes follow the parts of a filtered block");
  return parts;
}

}  // namespace npk::codec
