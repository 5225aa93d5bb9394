#include "codec/filter/field_column/plain_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

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

void append_terminated(FieldValues values, std::uint8_t terminator, Bytes& part) {
  std::size_t bytes = part.size() + values.size();
  for (const ByteView value : values) bytes += value.size();
  std::size_t at = part.size();
  part.resize(bytes);
  for (const ByteView value : values) {
    if (!value.empty()) std::memcpy(part.data() + at, value.data(), value.size());
    at += value.size();
    part[at++] = terminator;
  }
}

Bytes encode_text_column(FieldValues values) {
  if (values.empty()) return {};
  if (const auto terminator = free_terminator(values)) {
    Bytes part{static_cast<std::uint8_t>(FieldEncoding::text), *terminator};
    append_terminated(values, *terminator, part);
    return part;
  }
  Bytes part{static_cast<std::uint8_t>(FieldEncoding::lengths)};
  for (const ByteView value : values) {
    append_varint(value.size(), part);
    part.insert(part.end(), value.begin(), value.end());
  }
  return part;
}

Bytes encode_constant_column(ByteView value, std::size_t count) {
  Bytes part{static_cast<std::uint8_t>(FieldEncoding::constant)};
  append_varint(count, part);
  part.insert(part.end(), value.begin(), value.end());
  return part;
}

Bytes encode_patched_column(FieldValues values, std::span<const std::size_t> positions, ByteView others) {
  Bytes gaps;
  std::vector<ByteView> exceptions;
  std::size_t next = 0;
  for (const std::size_t position : positions) {
    append_varint(position - next, gaps);
    exceptions.push_back(values[position]);
    next = position + 1;
  }
  const Bytes exceptions_part = encode_text_column(exceptions);
  Bytes part{static_cast<std::uint8_t>(FieldEncoding::patched)};
  append_varint(gaps.size(), part);
  append_varint(exceptions_part.size(), part);
  part.insert(part.end(), gaps.begin(), gaps.end());
  part.insert(part.end(), exceptions_part.begin(), exceptions_part.end());
  part.insert(part.end(), others.begin(), others.end());
  return part;
}

}  // namespace npk::codec
