#include "ops/read/block_heads.h"

namespace npk::ops {

Result<format::InnerHeader> parse_inner_header(ByteView start) {
  ByteReader reader(start);
  format::InnerHeader header;
  NPK_ASSIGN(header.raw_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.base_position, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.padding_length, reader.read<std::uint32_t>());
  NPK_ASSIGN(const std::uint8_t steps, reader.read<std::uint8_t>());
  NPK_TRY(reader.expect_zeros(3));
  for (int i = 0; i < steps; ++i) {
    NPK_ASSIGN(const auto id, reader.read<std::uint8_t>());
    NPK_ASSIGN(const auto level, reader.read<std::uint8_t>());
    NPK_TRY(reader.expect_zeros(2));
    NPK_ASSIGN(const auto parameter, reader.read<std::uint32_t>());
    header.chain.push_back({static_cast<format::CodecId>(id), static_cast<std::int8_t>(level), parameter});
  }
  return header;
}

Result<format::InnerHeader> peek_inner_header(const reader::FrameReader& frames, std::uint64_t position, const format::FrameHeader& header) {
  NPK_ASSIGN(const Bytes start, frames.read_start(position, header, kMostInnerHeaderBytes));
  return frames.placed(parse_inner_header(start), position);
}

}  // namespace npk::ops
