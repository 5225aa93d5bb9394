#include "codec/filter/field_column/plain_encode.h"

#include <array>
#include <vector>

#include "codec/filter/varint.h"

namespace npk::codec {

std::optional<std::uint8_t> free_terminator(FieldValues values) {
  std::array<bool, 256> used{};
  for (const ByteView value : values) {
    for (const std::uint8_t byte : value) used[byte] = true;
  }
  if (!used['\n']) return '\n';
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (!used[byte]) return static_cast<std::uint8_t>(byte);
  }
  return std::nullopt;
}

void append_terminated(FieldValues values, std::uint8_t terminator, Bytes& part) {
  std::size_t bytes = part.size() + values.size();
  for (const ByteView value : values) bytes += value.size();
  part.reserve(bytes);
  for (const ByteView value : values) {
    part.insert(part.end(), value.begin(), value.end());
    part.push_back(terminator);
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
