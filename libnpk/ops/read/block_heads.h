// The fixed part of a block's body, read without the rest of it.
#pragma once

#include "npk/format/frame.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::ops {

inline constexpr std::size_t kMostInnerHeaderBytes = format::kInnerHeaderFixedBytes + 8 * format::kChainStepBytes;

// From the start of a plain body.
[[nodiscard]] Result<format::InnerHeader> parse_inner_header(ByteView start);

// The inner header of the frame at `position`, whose header has been read: for counting only, as nothing vouches for a part of a body.
[[nodiscard]] Result<format::InnerHeader> peek_inner_header(const reader::FrameReader& frames, std::uint64_t position,
                                                            const format::FrameHeader& header);

}  // namespace npk::ops
