// A sign on a file that a package in it is being added to, which readers can see without being in a writer's way. (A lock
// that a reader took to try it would for that moment turn writers away.)
#pragma once

namespace npk::io {

// For as long as the open file lasts: gone with its process. Where the file system has no such locks, no sign is set.
void mark_as_added_to(int file) noexcept;
// By another open file than this one.
[[nodiscard]] bool is_marked_as_added_to(int file) noexcept;

}  // namespace npk::io
