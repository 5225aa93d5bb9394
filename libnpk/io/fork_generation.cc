#include "io/fork_generation.h"

#include <pthread.h>

#include <atomic>

namespace npk::io {
namespace {

std::atomic<std::uint32_t> generation = 0;

}  // namespace

std::uint32_t fork_generation() noexcept {
  [[maybe_unused]] static const int watched =
      ::pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });
  return generation.load(std::memory_order_relaxed);
}

}  // namespace npk::io
