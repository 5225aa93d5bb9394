// Standard output in large pieces.
#pragma once

#include <string>
#include <string_view>

#include "npk/source.h"

namespace npk::tools {

// After a failure nothing more is written, and finish() tells. One thread.
class OutputBuffer {
 public:
  explicit OutputBuffer(Sink& sink) : sink_(sink) {}

  // Append to this, then call flush_if_full().
  [[nodiscard]] std::string& text() noexcept { return text_; }
  void append(std::string_view text) {
    text_ += text;
    flush_if_full();
  }
  void flush_if_full() {
    if (text_.size() >= kFull) flush();
  }
  void flush();
  [[nodiscard]] bool has_failed() const noexcept { return !status_; }
  // Writes what is left. Without this success, nothing was a success.
  [[nodiscard]] Result<void> finish();

 private:
  static constexpr std::size_t kFull = 256U << 10;

  Sink& sink_;
  std::string text_;
  Result<void> status_;
};

}  // namespace npk::tools
