// What a verb may touch of the world, so that tests can stand in for it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "npk/source.h"

namespace npk::tools {

struct Io {
  SequentialSource& in;
  Sink& out;                        // written through OutputBuffer; its name is kStandardOutput
  Sink& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::function<std::chrono::system_clock::time_point()> now;
  std::function<std::optional<std::string>(const char*)> environment;
  std::stop_token stop;             // SIGINT, SIGTERM
};

inline constexpr const char* kStandardOutput = "standard output";

}  // namespace npk::tools
