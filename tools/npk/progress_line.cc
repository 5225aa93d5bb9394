#include "progress_line.h"

#include <fmt/format.h>

#include "amounts.h"

namespace npk::tools {

std::string progress_text(const Progress& progress, std::chrono::duration<double> elapsed) {
  const double rate = elapsed.count() > 0 ? static_cast<double>(progress.done_bytes) / elapsed.count() : 0;
  std::string text;
  if (progress.total_bytes != 0) {
    text = fmt::format("{:.0f} %  {} of {}", 100 * static_cast<double>(progress.done_bytes) / static_cast<double>(progress.total_bytes),
                       bytes_text(progress.done_bytes), bytes_text(progress.total_bytes));
  } else {
    text = bytes_text(progress.done_bytes);
  }
  if (rate < 1) return text;
  text += fmt::format("  {}/s", bytes_text(static_cast<std::uint64_t>(rate)));
  if (progress.total_bytes < progress.done_bytes || progress.total_bytes == 0) return text;
  const double left = static_cast<double>(progress.total_bytes - progress.done_bytes) / rate;
  return text + fmt::format("  {} left", clock_text(static_cast<std::uint64_t>(left + 0.5)));
}

ProgressCallback progress_line(Io& io, Messages& messages, bool quiet) {
  if (quiet || !io.err_is_terminal) return {};
  return [&io, &messages, start = io.now()](const Progress& progress) { messages.status_line(progress_text(progress, io.now() - start)); };
}

}  // namespace npk::tools
