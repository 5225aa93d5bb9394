// Where code and tables are in a block, by what their bytes look like. Private to the encoder of x86_branches.
#pragma once

#include <vector>

#include "codec/filter/executable/x86_branches.h"

namespace npk::codec::x86 {

// A Kind for each unit of the block. One pass.
[[nodiscard]] std::vector<std::uint8_t> kinds_of_units(ByteView raw);

}  // namespace npk::codec::x86
