// A file's bytes to standard output.
#pragma once

#include "messages.h"
#include "npk/stream.h"

namespace npk::tools {

// [offset, offset + length), as far as the file goes; an offset beyond its end is Errc::misuse.
[[nodiscard]] Result<void> copy_content(FileStream& stream, std::uint64_t offset, std::uint64_t length, Io& io);

}  // namespace npk::tools
