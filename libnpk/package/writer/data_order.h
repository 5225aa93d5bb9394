// The order files are read and stored in: like beside like, which decides the ratio. Depends on paths and sizes alone.
#pragma once

#include <vector>

#include "package/writer/input.h"

namespace npk::writer {

// Numbers of all regular files with content that are the leaders of their link group.
[[nodiscard]] std::vector<std::uint64_t> data_order(const InputTree& input, bool similar_files_together);

}  // namespace npk::writer
