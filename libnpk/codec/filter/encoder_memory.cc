#include "codec/filter/encoder_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "io/huge_pages.h"

namespace npk::codec {
namespace {

constexpr std::size_t kHugeBytes = 4U << 20;  // io::ask_huge_pages; below, all pages at once: a third of the cost of one after another
constexpr std::size_t kHeapStep = 16;  // malloc's step and header

thread_local EncoderMemory* current_memory = nullptr;

bool is_mapped(std::size_t bytes) noexcept { return bytes >= EncoderPages::kLeastBytes; }

std::size_t taken(std::size_t bytes) noexcept {
  const std::size_t step = is_mapped(bytes) ? EncoderPages::kPageBytes : kHeapStep;
  return (bytes + step - 1) / step * step + (is_mapped(bytes) ? 0 : kHeapStep);
}

void* map(std::size_t bytes) {
  const int at_once = bytes < kHugeBytes ? MAP_POPULATE : 0;
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | at_once, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  io::ask_huge_pages({static_cast<std::uint8_t*>(memory), bytes});
  return memory;
}

}  // namespace

EncoderMemory::EncoderMemory(std::uint64_t most_bytes) : most_bytes_(most_bytes) {
  if (EncoderPages::current() == nullptr) use_.emplace(&own_pages_.emplace(most_bytes));
  current_memory = this;
}
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
  const std::size_t size = taken(bytes);
  if (current_memory != nullptr) current_memory->count(size);
  if (!is_mapped(bytes)) return ::operator new(bytes);
  EncoderPages* const pages = EncoderPages::current();
  void* const memory = pages != nullptr ? pages->take(size) : nullptr;
  return memory != nullptr ? memory : map(size);
}

void EncoderMemory::release(void* memory, std::size_t bytes) noexcept {
  const std::size_t size = taken(bytes);
  if (current_memory != nullptr) current_memory->held_bytes_ -= size;
  if (!is_mapped(bytes)) return ::operator delete(memory);
  EncoderPages* const pages = EncoderPages::current();
  if (pages == nullptr || !pages->give_back(memory)) ::munmap(memory, size);
}

}  // namespace npk::codec
