// The line that shows how far a long operation is; only on a terminal.
#pragma once

#include <chrono>

#include "messages.h"
#include "npk/progress.h"

namespace npk::tools {

// "45 %  123.0 MB of 270.1 MB  85.3 MB/s  0:02 left". What is not known (the total of a pipe, the time at no rate) is left out.
[[nodiscard]] std::string progress_text(const Progress& progress, std::chrono::duration<double> elapsed);

// A callback that writes the line, or nothing if there is no terminal to write it on or `quiet`.
[[nodiscard]] ProgressCallback progress_line(Io& io, Messages& messages, bool quiet);

}  // namespace npk::tools
