// Records that are appended, read by number and let go from the front: unlike a vector's, its memory never lies there twice.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "codec/filter/encoder_memory.h"

namespace npk::codec {

template <class T>
class RecordList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  void push_back(const T& record) {
    if (next_ == room_end_) add_room();
    *next_++ = record;
    ++size_;
  }
  // Lets the next `count` records (at most kBlock) lie one behind another. Numbers may be left out for it.
  void keep_together(std::size_t count) {
    const std::size_t left = kBlock - size_ % kBlock;
    if (size_ % kBlock == 0 || left >= count) return;
    size_ += left;
    next_ = room_end_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T& operator[](std::size_t number) noexcept { return blocks_[number / kBlock].records[number % kBlock]; }
  [[nodiscard]] const T& operator[](std::size_t number) const noexcept { return blocks_[number / kBlock].records[number % kBlock]; }

  [[nodiscard]] T& back() noexcept { return next_[-1]; }
  [[nodiscard]] const T& back() const noexcept { return next_[-1]; }

  template <class Use>
  void for_each(const Use& use) const {
    for (std::size_t number = 0; number < size_; ++number) use((*this)[number]);
  }

  // Those before `number` are not read again.
  void release_before(std::size_t number) noexcept {
    for (const std::size_t end = number / kBlock; released_ < end; ++released_) blocks_[released_] = {};
  }
  void clear() noexcept { *this = {}; }

  static constexpr std::size_t kBlock = 8192;

 private:
  static constexpr std::size_t kFirstRoom = 64;

  struct Block {
    FilterBuffer memory;
    T* records = nullptr;
  };

  static Block make_block(std::size_t room) {
    Block block;
    block.records = reinterpret_cast<T*>(block.memory.take(room * sizeof(T)).data());
    return block;
  }

  void add_room() {
    const std::size_t used = size_ % kBlock;
    // The first grows, as most lists are short.
    const std::size_t room = blocks_.empty() ? kFirstRoom : used == 0 ? kBlock : std::min(4 * used, kBlock);
    Block block = make_block(room);
    if (used > 0) std::memcpy(block.records, blocks_.back().records, used * sizeof(T));
    next_ = block.records + used;
    room_end_ = block.records + room;
    if (used > 0)
      blocks_.back() = std::move(block);
    else
      blocks_.push_back(std::move(block));
  }

  FilterVector<Block> blocks_;
  T* next_ = nullptr;  // in the last block, up to room_end_
  T* room_end_ = nullptr;
  std::size_t size_ = 0;
  std::size_t released_ = 0;
};

}  // namespace npk::codec
