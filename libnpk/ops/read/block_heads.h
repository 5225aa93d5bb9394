// The fixed part of a block's body, read without the rest of it.
#pragma once

#include <string>

#include "npk/format/frame.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::ops {

// The inner header of the frame at `position`, whose header has been read: for counting only, as nothing vouches for a part of a body.
[[nodiscard]] Result<format::InnerHeader> peek_inner_header(const reader::FrameReader& frames, std::uint64_t position,
                                                            const format::FrameHeader& header);

// "store", "zstd", "lz4", "lzma2", "zstd+codec64": the chain in the order of encoding.
[[nodiscard]] std::string chain_name(const format::InnerHeader& header);

}  // namespace npk::ops
