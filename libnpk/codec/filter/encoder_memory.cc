#include "codec/filter/encoder_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "codec/filter/field_column/compressed_cost_encode.h"

namespace npk::codec {
namespace {

// From here on memory comes from the system and goes back to it once a call has ended: malloc keeps blocks of a size that it has freed before.
constexpr std::size_t kMappedBytes = 64U << 10;
constexpr std::size_t kHugeBytes = 4U << 20;  // from here on huge pages are asked for; below, all pages at once: a third of the cost of one after another
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kHeapStep = 16;  // malloc's step and header
constexpr std::size_t kSizeSteps = 16;  // of mapped sizes, between a power of two and the next: so spares fit what is asked for
constexpr std::uint64_t kMostSpareBytes = 16U << 20;
constexpr std::size_t kSlabBytes = 2U << 20;  // a huge page: the kernel gives it in a fifth of the time that its 512 pages take

thread_local EncoderMemory* current_memory = nullptr;

bool is_mapped(std::size_t bytes) noexcept { return bytes >= kMappedBytes; }

std::size_t taken(std::size_t bytes) noexcept {
  const std::size_t step = is_mapped(bytes) ? std::max(kPageBytes, std::bit_floor(bytes) / kSizeSteps) : kHeapStep;
  return (bytes + step - 1) / step * step + (is_mapped(bytes) ? 0 : kHeapStep);
}

void* map_pages(std::size_t bytes, int flags) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

void* map(std::size_t bytes) {
  void* const memory = map_pages(bytes, bytes < kHugeBytes ? MAP_POPULATE : 0);
  if (bytes >= kHugeBytes) ::madvise(memory, bytes, MADV_HUGEPAGE);  // a hint: refused, nothing is lost
  return memory;
}

std::uint8_t* map_slab() {
  auto* const memory = static_cast<std::uint8_t*>(map_pages(2 * kSlabBytes, 0));
  const std::size_t before = (kSlabBytes - reinterpret_cast<std::uintptr_t>(memory) % kSlabBytes) % kSlabBytes;
  if (before > 0) ::munmap(memory, before);
  ::munmap(memory + before + kSlabBytes, kSlabBytes - before);
  ::madvise(memory + before, kSlabBytes, MADV_HUGEPAGE);  // a hint, as above
  return memory + before;
}

}  // namespace

EncoderMemory::EncoderMemory(std::uint64_t most_bytes) noexcept : most_bytes_(most_bytes) { current_memory = this; }
EncoderMemory::~EncoderMemory() {
  cost_.reset();
  release_spares();
  current_memory = nullptr;
}
EncoderMemory* EncoderMemory::current() noexcept { return current_memory; }

CompressedCost& EncoderMemory::cost() {
  if (cost_ == nullptr) cost_ = std::make_unique<CompressedCost>();
  return *cost_;
}

void EncoderMemory::count(std::uint64_t bytes) {
  if (bytes > most_bytes_ - held_bytes_) throw FilterMemoryExceeded();
  if (bytes > most_bytes_ - held_bytes_ - spare_bytes_) release_spares();
  held_bytes_ += bytes;
  peak_bytes_ = std::max(peak_bytes_, held_bytes_ + spare_bytes_);
}

void* EncoderMemory::take_spare(std::size_t bytes) noexcept {
  const auto found = std::ranges::find(spares(), bytes, &Spare::bytes);
  if (found == spares().end()) return nullptr;
  std::uint8_t* const memory = found->memory;
  *found = spares().back();
  --spare_count_;
  spare_bytes_ -= bytes;
  return memory;
}

void EncoderMemory::keep_spare(Spare spare) noexcept {
  if (spare_bytes_ + spare.bytes > kMostSpareBytes || spare_count_ == kMostSpares) {
    ::munmap(spare.memory, spare.bytes);
    return;
  }
  spares_[spare_count_++] = spare;
  spare_bytes_ += spare.bytes;
}

// Null if `bytes` are too many for it, or the bound is too near for a new one.
void* EncoderMemory::take_from_slab(std::size_t bytes) {
  if (bytes > kSlabBytes / 4) return nullptr;
  if (bytes > slab_.bytes) {
    if (most_bytes_ - held_bytes_ - spare_bytes_ < 2 * kSlabBytes) return nullptr;
    const Spare rest = std::exchange(slab_, {map_slab(), kSlabBytes});
    spare_bytes_ += kSlabBytes - rest.bytes;
    if (rest.bytes > 0) keep_spare(rest);
  }
  std::uint8_t* const memory = slab_.memory;
  slab_ = {memory + bytes, slab_.bytes - bytes};
  spare_bytes_ -= bytes;
  return memory;
}

// Those that lie one behind another at once.
void EncoderMemory::release_spares() noexcept {
  std::ranges::sort(spares(), {}, &Spare::memory);
  Spare run = std::exchange(slab_, {});
  for (const Spare spare : spares()) {
    if (spare.memory == run.memory + run.bytes) {
      run.bytes += spare.bytes;
      continue;
    }
    if (run.bytes > 0) ::munmap(run.memory, run.bytes);
    run = spare;
  }
  if (run.bytes > 0) ::munmap(run.memory, run.bytes);
  spare_count_ = 0;
  spare_bytes_ = 0;
}

void* EncoderMemory::allocate(std::size_t bytes) {
  const bool mapped = is_mapped(bytes);
  const std::size_t size = taken(bytes);
  if (current_memory != nullptr && mapped) {
    void* memory = current_memory->take_spare(size);
    if (memory == nullptr) memory = current_memory->take_from_slab(size);
    if (memory != nullptr) {
      current_memory->held_bytes_ += size;
      current_memory->peak_bytes_ = std::max(current_memory->peak_bytes_, current_memory->held_bytes_ + current_memory->spare_bytes_);
      return memory;
    }
  }
  if (current_memory != nullptr) current_memory->count(size);
  return mapped ? map(size) : ::operator new(bytes);
}

void EncoderMemory::release(void* memory, std::size_t bytes) noexcept {
  const std::size_t size = taken(bytes);
  if (current_memory != nullptr) current_memory->held_bytes_ -= size;
  if (!is_mapped(bytes)) {
    ::operator delete(memory);
  } else if (current_memory != nullptr) {
    current_memory->keep_spare({static_cast<std::uint8_t*>(memory), size});
  } else {
    ::munmap(memory, size);
  }
}

}  // namespace npk::codec
