// Guarded memory (libsodium's sodium_malloc) that outlives one secret: to map, guard, lock and unmap its pages takes a dozen system calls, each of
// which stops the process's other threads, and most keys live for microseconds. What is given back is wiped and kept, a few of each of the
// commonest sizes, for the next secret of exactly that size, so that its end stays at the guard page.
// Any thread may call any function at any time. Nothing waits: a child forked while another thread is in here can go on. As with all memory
// a process has locked, its child has these pages unlocked.
#pragma once

#include <cstddef>

#include "npk/bytes.h"

namespace npk::crypto {

// What was there before is unspecified, but no secret. Null where no memory is left that can be guarded. `size` is more than 0.
[[nodiscard]] void* take_guarded_memory(std::size_t size);
// `memory` is all that was taken at once.
void give_back_guarded_memory(MutableBytes memory);

}  // namespace npk::crypto
