// Names of files in a folder of the process's own, on tmpfs where there is one.
#pragma once

#include <unistd.h>

#include <string>

#include "fuzz/fuzz_input.h"

namespace npk::fuzz {

// One folder for each process; the fuzzer kills those it does not like, so it is never removed.
inline std::string scratch_place(const char* name) {
  static const std::string folder = [] {
    std::string path = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/npk-fuzz-XXXXXX" : "/tmp/npk-fuzz-XXXXXX";
    require(::mkdtemp(path.data()) != nullptr, "a folder");
    return path;
  }();
  return folder + "/" + name;
}

}  // namespace npk::fuzz
