// Large byte buffers, not initialized, used over and over: page faults would cost more than the copying.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "io/huge_pages.h"
#include "npk/bytes.h"

namespace npk::writer {

struct BufferRelease {
  std::size_t mapped_bytes = 0;  // 0: from the heap

  void operator()(std::uint8_t* bytes) const noexcept {
    if (mapped_bytes != 0) ::munmap(bytes, mapped_bytes);
    else delete[] bytes;
  }
};

// Move-only. Bytes are unspecified until written.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t capacity) : bytes_(new std::uint8_t[capacity]), capacity_(capacity) {}
  // Takes memory as it is written to, in huge pages, and gives it back to the system when it ends.
  [[nodiscard]] static Buffer mapped(std::size_t capacity) {
    void* memory = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    Buffer buffer;
    buffer.bytes_ = {static_cast<std::uint8_t*>(memory), BufferRelease{capacity}};
    buffer.capacity_ = capacity;
    io::ask_huge_pages(buffer.span(0, capacity));
    return buffer;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return bytes_ != nullptr; }
  [[nodiscard]] std::uint8_t* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] bool holds(const std::uint8_t* byte) const noexcept {
    return std::less_equal<>()(bytes_.get(), byte) && std::less<>()(byte, bytes_.get() + capacity_);
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] MutableBytes span(std::size_t offset, std::size_t length) const noexcept { return {bytes_.get() + offset, length}; }

 private:
  std::unique_ptr<std::uint8_t[], BufferRelease> bytes_;
  std::size_t capacity_ = 0;
};

enum class BufferUse : std::uint8_t {
  again,  // kept for the next
  once,   // Buffer::mapped: of large blocks, of which many are begun and few are full
};
inline constexpr std::size_t kHugePageBytes = 2U << 20;

// Buffers of one size. Thread-safe. The number in use is bounded by the caller (tokens in flight).
class BufferStack {
 public:
  explicit BufferStack(std::size_t capacity, BufferUse use = BufferUse::again) : capacity_(capacity), use_(use) {}

  [[nodiscard]] BufferUse use() const noexcept { return use_; }

  [[nodiscard]] Buffer take() {
    if (use_ == BufferUse::once) return Buffer::mapped(capacity_);
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return Buffer(capacity_);
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(Buffer&& buffer) {
    if (!buffer || use_ == BufferUse::once) return;
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(buffer));
  }

 private:
  std::size_t capacity_;
  BufferUse use_;
  std::mutex mutex_;
  std::vector<Buffer> free_;
};

}  // namespace npk::writer
