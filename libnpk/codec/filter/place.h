// Where a value stands in a block.
#pragma once

#include <cstdint>

namespace npk::codec {

struct Place {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

}  // namespace npk::codec
