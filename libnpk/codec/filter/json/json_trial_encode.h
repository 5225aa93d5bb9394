// Tries a plan on the first part of a block.
#pragma once

#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

// What a quick compressor makes of the values, column by column, of the first MiB of either half of `raw`: a block may hold files of two kinds.
[[nodiscard]] std::size_t trial_size(const Scan& scanned, const Plan& planned, ByteView raw);

}  // namespace npk::codec::json
