// Keeps a second writer out of a file (flock, exclusive, advisory).
#pragma once

#include <string>

#include "npk/result.h"

namespace npk::io {

// Held until the descriptor, and all that share it, are closed, by a kill too. Does not wait: Errc::io if another process has the lock;
// the message tells its id where the system does.
[[nodiscard]] Result<void> lock_for_writing(int file, const std::string& path);

}  // namespace npk::io
