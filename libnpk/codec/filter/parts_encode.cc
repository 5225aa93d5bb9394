#include "codec/filter/parts_encode.h"

#include <algorithm>

#include "codec/filter/parts.h"
#include "codec/filter/varint.h"

namespace npk::codec {

std::optional<std::size_t> join_parts(std::span<const FilterBytes> parts, MutableBytes out) {
  if (parts.size() > kMaxParts) return std::nullopt;
  FilterBytes head;
  append_varint(parts.size(), head);
  std::size_t total = 0;
  for (const FilterBytes& part : parts) {
    append_varint(part.size(), head);
    total += part.size();
  }
  if (head.size() + total > out.size()) return std::nullopt;
  auto to = std::ranges::copy(head, out.begin()).out;
  for (const FilterBytes& part : parts) to = std::ranges::copy(part, to).out;
  return head.size() + total;
}

}  // namespace npk::codec
