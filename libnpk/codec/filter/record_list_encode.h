// Records that are appended, read by number and let go from the front: unlike a vector's, its memory never lies there twice.
#pragma once

#include <algorithm>

#include "codec/filter/encoder_memory.h"

namespace npk::codec {

template <class T>
class RecordList {
 public:
  void push_back(const T& record) {
    if (size_ % kBlock == 0) add_block();
    blocks_.back().push_back(record);
    ++size_;
  }
  // Lets the next `count` records (at most kBlock) lie one behind another. Numbers may be left out for it.
  void keep_together(std::size_t count) {
    const std::size_t left = kBlock - size_ % kBlock;
    if (size_ % kBlock != 0 && left < count) size_ += left;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T& operator[](std::size_t number) noexcept { return blocks_[number / kBlock][number % kBlock]; }
  [[nodiscard]] const T& operator[](std::size_t number) const noexcept { return blocks_[number / kBlock][number % kBlock]; }

  template <class Use>
  void for_each(const Use& use) const {
    for (std::size_t number = 0; number < size_; ++number) use((*this)[number]);
  }

  // Those before `number` are not read again.
  void release_before(std::size_t number) noexcept {
    for (const std::size_t end = number / kBlock; released_ < end; ++released_) let_go(blocks_[released_]);
  }
  void clear() noexcept { *this = {}; }

  static constexpr std::size_t kBlock = 8192;

 private:
  void add_block() {
    // The first grows, as most lists are short.
    blocks_.emplace_back();
    if (blocks_.size() > 1) blocks_.back().reserve(kBlock);
  }

  FilterVector<FilterVector<T>> blocks_;
  std::size_t size_ = 0;
  std::size_t released_ = 0;
};

}  // namespace npk::codec
