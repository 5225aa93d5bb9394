// How much memory there is for this process.
#pragma once

#include <cstdint>
#include <string>

namespace npk::io {

// Bytes of the machine's memory, or of the least limit of the control groups this process is in (version 1 or 2), if
// that is less. Read once, when first asked; thread-safe.
[[nodiscard]] std::uint64_t usable_memory_bytes() noexcept;

// The same limit from files laid out as below `root` ("" in a running system): `root`/proc/self/cgroup and
// `root`/sys/fs/cgroup. UINT64_MAX: none.
[[nodiscard]] std::uint64_t control_group_limit_bytes(const std::string& root);

}  // namespace npk::io
