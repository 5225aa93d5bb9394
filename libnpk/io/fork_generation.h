// Tells a process from the one it was forked from.
#pragma once

#include <cstdint>

namespace npk::io {

// How many forks lie between the first process that asked and this one: another number in each forked child, the same
// as long as a process lives. Costs a load. Thread-safe. Children made by vfork, _Fork or clone are not noticed.
[[nodiscard]] std::uint32_t fork_generation() noexcept;

}  // namespace npk::io
