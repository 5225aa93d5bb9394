// npk info --blocks: a line for each block.
#pragma once

#include "npk/reader.h"
#include "output_buffer.h"

namespace npk::tools {

// Errors: those of ops::for_each_block.
[[nodiscard]] Result<void> append_blocks_text(const PackageReader& package, OutputBuffer& out);
// One object, in lines of one block each (JSON.md).
[[nodiscard]] Result<void> append_blocks_json(const PackageReader& package, OutputBuffer& out);

}  // namespace npk::tools
