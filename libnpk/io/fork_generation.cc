#include "io/fork_generation.h"

#include <pthread.h>

#include <atomic>

namespace npk::io {
namespace {

std::atomic<std::uint32_t> generation = 0;

// While the program is loaded, not on first use: a child forked while another thread is there first would wait for a function's static for ever.
[[maybe_unused]] const int watched = ::pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });

}  // namespace

std::uint32_t fork_generation() noexcept { return generation.load(std::memory_order_relaxed); }

}  // namespace npk::io
