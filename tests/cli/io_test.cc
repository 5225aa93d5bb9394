#include "cli/test_io.h"

#include <algorithm>
#include <chrono>
#include <expected>
#include <optional>

namespace npk::tools {

Result<std::size_t> TextSource::read(MutableBytes out) {
  const std::size_t count = std::min(out.size(), text.size());
  std::ranges::copy(as_bytes(text).first(count), out.begin());
  text.erase(0, count);
  return count;
}

Result<void> TextSink::write(ByteView bytes) {
  if (bytes.size() > room)
    return std::unexpected(Error{.code = Errc::io, .message = "can't write", .path = kStandardOutput, .system_errno = error_number});
  room -= bytes.size();
  text += as_text(bytes);
  return {};
}

int TestRun::operator()(const Arguments& arguments) {
  Io io{.in = in,
        .out = out,
        .err = err,
        .out_is_terminal = is_terminal,
        .err_is_terminal = is_terminal,
        .now = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)); },
        .environment = [this](const char* name) { return std::string(name) == "SOURCE_DATE_EPOCH" ? source_date : std::nullopt; },
        .stop = {}};
  return run_command(arguments, io);
}

}  // namespace npk::tools
