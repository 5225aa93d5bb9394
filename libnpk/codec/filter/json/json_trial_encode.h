// Tries a plan on the first part of a block.
#pragma once

#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

// What a quick compressor makes of the values, column by column, of the first 4 MiB of `raw`.
[[nodiscard]] std::size_t trial_size(const Scan& scanned, const Plan& planned, ByteView raw);

}  // namespace npk::codec::json
