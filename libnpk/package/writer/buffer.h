// Large byte buffers, not initialized, used over and over: page faults would cost more than the copying.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "npk/bytes.h"

namespace npk::writer {

// Move-only. Bytes are unspecified until written.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t capacity) : bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity)), capacity_(capacity) {}

  [[nodiscard]] explicit operator bool() const noexcept { return bytes_ != nullptr; }
  [[nodiscard]] std::uint8_t* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] bool holds(const std::uint8_t* byte) const noexcept {
    return std::less_equal<>()(bytes_.get(), byte) && std::less<>()(byte, bytes_.get() + capacity_);
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] MutableBytes span(std::size_t offset, std::size_t length) const noexcept { return {bytes_.get() + offset, length}; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
};

// Buffers of one size. Thread-safe. The number in use is bounded by the caller (tokens in flight).
class BufferStack {
 public:
  explicit BufferStack(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] Buffer take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return Buffer(capacity_);
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(Buffer&& buffer) {
    if (!buffer) return;
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(buffer));
  }

 private:
  std::size_t capacity_;
  std::mutex mutex_;
  std::vector<Buffer> free_;
};

}  // namespace npk::writer
