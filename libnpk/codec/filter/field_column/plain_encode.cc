#include "codec/filter/field_column/plain_encode.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/copy_short.h"
#include "codec/filter/varint.h"

namespace npk::codec {

std::optional<std::uint8_t> free_terminator(FieldValues values) {
  const auto has_line_end = [](ByteView value) { return !value.empty() && std::memchr(value.data(), '\n', value.size()) != nullptr; };
  if (std::ranges::none_of(values, has_line_end)) return '\n';
  std::array<bool, 256> used{};
  for (const ByteView value : values) {
    for (const std::uint8_t byte : value) used[byte] = true;
  }
  const auto free = std::ranges::find(used, false);
  if (free == used.end()) return std::nullopt;
  return static_cast<std::uint8_t>(free - used.begin());
}

void append_terminated(FieldValues values, std::uint8_t terminator, FilterBytes& part) {
  std::size_t bytes = part.size() + values.size();
  for (const ByteView value : values) bytes += value.size();
  std::size_t at = part.size();
  part.resize(bytes);
  for (const ByteView value : values) {
    copy_short(part.data() + at, value.data(), value.size());
    at += value.size();
    part[at++] = terminator;
  }
}

FilterBytes encode_text_column(FieldValues values) {
  if (values.empty()) return {};
  if (const auto terminator = free_terminator(values)) {
    FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::text), *terminator};
    append_terminated(values, *terminator, part);
    return part;
  }
  std::size_t bytes = 1 + 5 * values.size();
  for (const ByteView value : values) bytes += value.size();
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::lengths)};
  part.reserve(bytes);
  for (const ByteView value : values) {
    append_varint(value.size(), part);
    part.insert(part.end(), value.begin(), value.end());
  }
  return part;
}

FilterBytes encode_constant_column(ByteView value, std::size_t count) {
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::constant)};
  append_varint(count, part);
  part.insert(part.end(), value.begin(), value.end());
  return part;
}

FilterBytes encode_patched_column(FieldValues values, std::span<const std::uint32_t> positions, ByteView others) {
  FilterBytes gaps;
  FilterVector<Place> exceptions;
  exceptions.reserve(positions.size());
  std::size_t next = 0;
  for (const std::uint32_t position : positions) {
    append_varint(position - next, gaps);
    exceptions.push_back(values.place(position));
    next = position + 1;
  }
  const FilterBytes exceptions_part = encode_text_column(values.with(exceptions));
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::patched)};
  part.reserve(gaps.size() + exceptions_part.size() + others.size() + 24);
  append_varint(gaps.size(), part);
  append_varint(exceptions_part.size(), part);
  part.insert(part.end(), gaps.begin(), gaps.end());
  part.insert(part.end(), exceptions_part.begin(), exceptions_part.end());
  part.insert(part.end(), others.begin(), others.end());
  return part;
}

}  // namespace npk::codec
