#include "codec/filter/encoder_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "codec/filter/field_column/compressed_cost_encode.h"

namespace npk::codec {
namespace {

// From here on memory comes from the system and goes back to it at once: malloc keeps blocks of a size that it has freed before.
constexpr std::size_t kMappedBytes = 64U << 10;
constexpr std::size_t kHugeBytes = 4U << 20;  // from here on huge pages are asked for; below, all pages at once: a third of the cost of one after another
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kHeapStep = 16;  // malloc's step and header

thread_local EncoderMemory* current_memory = nullptr;

bool is_mapped(std::size_t bytes) noexcept { return bytes >= kMappedBytes; }

std::size_t taken(std::size_t bytes) noexcept {
  const std::size_t step = is_mapped(bytes) ? kPageBytes : kHeapStep;
  return (bytes + step - 1) / step * step + (is_mapped(bytes) ? 0 : kHeapStep);
}

}  // namespace

EncoderMemory::EncoderMemory(std::uint64_t most_bytes) noexcept : most_bytes_(most_bytes) { current_memory = this; }
EncoderMemory::~EncoderMemory() {
  cost_.reset();
  current_memory = nullptr;
}
EncoderMemory* EncoderMemory::current() noexcept { return current_memory; }

CompressedCost& EncoderMemory::cost() {
  if (cost_ == nullptr) cost_ = std::make_unique<CompressedCost>();
  return *cost_;
}

void EncoderMemory::count(std::uint64_t bytes) {
  if (bytes > most_bytes_ - held_bytes_) throw FilterMemoryExceeded();
  held_bytes_ += bytes;
  peak_bytes_ = std::max(peak_bytes_, held_bytes_);
}

void* EncoderMemory::allocate(std::size_t bytes) {
  if (current_memory != nullptr) current_memory->count(taken(bytes));
  if (!is_mapped(bytes)) return ::operator new(bytes);
  const int populate = bytes < kHugeBytes ? MAP_POPULATE : 0;
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | populate, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (bytes >= kHugeBytes) ::madvise(memory, bytes, MADV_HUGEPAGE);  // a hint: refused, nothing is lost
  return memory;
}

void EncoderMemory::release(void* memory, std::size_t bytes) noexcept {
  if (current_memory != nullptr) current_memory->held_bytes_ -= taken(bytes);
  if (is_mapped(bytes)) ::munmap(memory, bytes);
  else ::operator delete(memory);
}

}  // namespace npk::codec
