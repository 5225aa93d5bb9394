// Names of files that are being written: `.NAME.npk-XXXXXX`, in the directory of NAME.
#pragma once

#include <string>

namespace npk::io {

// Never longer than a name may be. Not known to be free: open with O_EXCL.
[[nodiscard]] std::string temporary_name(const std::string& name);

}  // namespace npk::io
