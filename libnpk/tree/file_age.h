// Whether something was made after a moment that the same file system has set.
#pragma once

#include <compare>
#include <cstdint>

namespace npk::tree {

struct Moment {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;

  friend auto operator<=>(const Moment&, const Moment&) = default;
};

// By its time of birth; where the file system has none, a directory was not, and anything else by its last change. No
// link is followed.
[[nodiscard]] bool was_made_since(int directory, const char* name, const Moment& moment) noexcept;
// When the open file was last changed, by the clock of its file system.
[[nodiscard]] Moment last_change(int file) noexcept;

}  // namespace npk::tree
