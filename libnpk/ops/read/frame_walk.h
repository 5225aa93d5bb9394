// The headers of a package's frames, one after another.
#pragma once

#include <functional>

#include "npk/format/frame.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::ops {

using VisitFrame = std::function<Result<void>(std::uint64_t position, const format::FrameHeader& header)>;

// Every frame that begins before `end` and has a good header, in file order; those behind damage too. Errors: io, and what `visit` fails with.
[[nodiscard]] Result<void> for_each_frame(const reader::FrameReader& frames, std::uint64_t end, const VisitFrame& visit);

}  // namespace npk::ops
