#include "io/buffer_pool_block.h"

#include <sys/mman.h>
#include <cstdlib>
#include <new>

#include "io/buffer_pool_size.h"
#include "io/huge_pages.h"

namespace npk::io {
namespace {

constexpr std::size_t kAlignment = 4096;

// From here on memory comes from the system itself and goes back to it at once: malloc, once it has freed a large block,
// keeps others of that size in its heap, and the pool's limit would say little about the process.
constexpr std::uint64_t kMappedBytes = 256U << 10;
constexpr std::uint64_t kHugeBytes = 4U << 20;  // from here on huge pages are asked for: a fault for 2 MiB, not for 4 KiB
constexpr std::size_t kHugePageBytes = 2U << 20;

void* map(std::size_t bytes) noexcept {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

// Beginning with a huge page: where the kernel puts a mapping, most of one this small would have none.
void* map_aligned(std::size_t bytes) noexcept {
  auto* memory = static_cast<std::uint8_t*>(map(bytes + kHugePageBytes));
  if (memory == nullptr) return nullptr;
  const std::size_t before = (kHugePageBytes - reinterpret_cast<std::uintptr_t>(memory) % kHugePageBytes) % kHugePageBytes;
  if (before != 0) ::munmap(memory, before);
  ::munmap(memory + before + bytes, kHugePageBytes - before);
  ask_huge_pages({memory + before, bytes});
  return memory + before;
}

void* allocate(std::uint64_t bytes) noexcept {
  void* memory = nullptr;
  if (bytes < kMappedBytes) return ::posix_memalign(&memory, kAlignment, static_cast<std::size_t>(bytes)) == 0 ? memory : nullptr;
  return bytes < kHugeBytes ? map(static_cast<std::size_t>(bytes)) : map_aligned(static_cast<std::size_t>(bytes));
}

void release(void* memory, std::uint64_t bytes) noexcept {
  if (bytes < kMappedBytes) {
    std::free(memory);
  } else {
    ::munmap(memory, static_cast<std::size_t>(bytes));
  }
}

std::uintptr_t page_of(const std::uint8_t* data) noexcept { return reinterpret_cast<std::uintptr_t>(data) / kAlignment; }

}  // namespace

PoolBlock* BlockTable::create(std::uint64_t bytes) noexcept {
  auto* data = static_cast<std::uint8_t*>(allocate(bytes));
  if (data == nullptr) return nullptr;
  try {
    Part& part = part_of(page_of(data));
    const std::lock_guard lock(part.mutex);
    PoolBlock& block = part.blocks[page_of(data)];
    block.data = data;
    block.bytes = bytes;
    return &block;
  } catch (const std::bad_alloc&) {
    release(data, bytes);
    return nullptr;
  }
}

void BlockTable::destroy(PoolBlock* block) noexcept {
  std::uint8_t* data = block->data;
  const std::uint64_t bytes = block->bytes;
  {
    Part& part = part_of(page_of(data));
    const std::lock_guard lock(part.mutex);
    part.blocks.erase(page_of(data));
  }
  release(data, bytes);  // after the erasure: the address may be handed out again at once
}

PoolBlock* BlockTable::take_released(std::uint8_t* data) noexcept {
  if (reinterpret_cast<std::uintptr_t>(data) % kAlignment != 0) return nullptr;
  Part& part = part_of(page_of(data));
  const std::lock_guard lock(part.mutex);
  const auto found = part.blocks.find(page_of(data));
  return found != part.blocks.end() && found->second.released.exchange(false) ? &found->second : nullptr;
}

}  // namespace npk::io
