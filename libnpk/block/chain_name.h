// How a codec chain is called.
#pragma once

#include <string>

#include "npk/format/frame.h"

namespace npk::block {

// "store", "zstd", "json+zstd", "zstd+codec 99": the steps in the order of encoding.
[[nodiscard]] std::string chain_name(const format::InnerHeader& header);

}  // namespace npk::block
