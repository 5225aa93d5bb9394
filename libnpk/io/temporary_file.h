// A file without a name, gone with its descriptor.
#pragma once

#include <string>

#include "io/descriptor.h"

namespace npk::io {

// For reading and writing, in `directory`; empty: $TMPDIR or /tmp.
[[nodiscard]] Result<FileDescriptor> open_temporary_file(std::string directory);

}  // namespace npk::io
