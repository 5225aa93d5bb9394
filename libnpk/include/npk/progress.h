// How far a long operation has come. Callbacks run on one of the operation's threads, never two at once, some times a second
// and once at the end (then done equals total). They must not call back into the object that reports.
#pragma once

#include <cstdint>
#include <functional>

#include "npk/error.h"

namespace npk {

struct Progress {
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;    // 0: unknown (a pipe)
  std::uint64_t done_entries = 0;
  std::uint64_t total_entries = 0;  // 0: unknown
};

using ProgressCallback = std::function<void(const Progress&)>;

// Told of each entry that could not be (fully) handled while the rest went on; error.path names the entry. Serialized like progress.
using ProblemCallback = std::function<void(const Error&)>;

}  // namespace npk
