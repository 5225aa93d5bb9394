// SIGINT and SIGTERM as a stop token, and a standard input that gives way to them.
#pragma once

#include <memory>
#include <stop_token>
#include <thread>

#include "npk/source.h"

namespace npk::tools {

// One at a time. The first signal asks to stop; a second one ends the process as it would without us. Other threads started later inherit nothing.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }
  // Reads descriptor 0; Errc::cancelled once stopped, even while it waits. Must not outlive this.
  [[nodiscard]] std::unique_ptr<SequentialSource> standard_input() const;

 private:
  void watch();

  int event_;  // an eventfd: readable once stopped
  std::stop_source stop_;
  std::thread watcher_;
};

}  // namespace npk::tools
