// What must hold from frame to frame: sequence numbers without gaps, the position of the last commit, a trailer last.
#pragma once

#include <cstdint>
#include <optional>

#include "npk/format/frame.h"

namespace npk::reader {

class FrameOrder {
 public:
  // Errc::corrupt if `header` does not follow on what went before; takes it as the newest either way.
  [[nodiscard]] Result<void> follow(const format::FrameHeader& header, std::uint64_t position);
  // After damage: the next frame is believed.
  void restart() noexcept { next_sequence_.reset(); }

 private:
  std::optional<std::uint64_t> next_sequence_ = 0;
  std::uint64_t last_commit_ = 0;
};

// An end that follows a trailer is the package's; any other is a cut: Errc::truncated.
[[nodiscard]] Result<void> check_end(bool after_trailer);

}  // namespace npk::reader
