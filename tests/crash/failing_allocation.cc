#include "crash/failing_allocation.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace npk::testing {
namespace {

std::atomic<std::int64_t> allocations{0};
std::atomic<std::int64_t> fails_at{0};

void* allocate(std::size_t size, std::size_t alignment) {
  if (allocations.fetch_add(1, std::memory_order_relaxed) + 1 == fails_at.load(std::memory_order_relaxed)) throw std::bad_alloc();
  void* memory = alignment <= alignof(std::max_align_t) ? std::malloc(size) : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void fail_allocation(std::int64_t at) noexcept {
  allocations = 0;
  fails_at = at;
}
std::int64_t allocation_count() noexcept { return allocations; }

}  // namespace npk::testing

void* operator new(std::size_t size) { return npk::testing::allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) { return npk::testing::allocate(size, static_cast<std::size_t>(alignment)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
