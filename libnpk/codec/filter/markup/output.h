// Where restored bytes go, in pieces of a few bytes.
#pragma once

#include <algorithm>
#include <cstring>

#include "npk/bytes.h"

namespace npk::codec::markup {

class Output {
 public:
  // Bytes that a padded source has behind its end, and that are written past the end of a piece where there is room.
  static constexpr std::size_t kStride = 32;

  explicit Output(MutableBytes out) noexcept : begin_(out.data()), to_(out.data()), end_(out.data() + out.size()) {}

  [[nodiscard]] std::size_t written() const noexcept { return static_cast<std::size_t>(to_ - begin_); }
  [[nodiscard]] const std::uint8_t* at(std::size_t offset) const noexcept { return begin_ + offset; }
  // Whether something had no room.
  [[nodiscard]] bool is_cut() const noexcept { return cut_; }

  void append(const std::uint8_t* from, std::size_t length) noexcept {
    if (room() < length) [[unlikely]] return append_cut(from, length);
    copy(from, length);
    to_ += length;
  }
  // `from` can be read kStride bytes past its end.
  void append_padded(const std::uint8_t* from, std::size_t length) noexcept {
    if (room() < length + kStride) [[unlikely]] return append(from, length);
    std::memcpy(to_, from, kStride);
    if (length > kStride) [[unlikely]] std::memcpy(to_ + kStride, from + kStride, length - kStride);
    to_ += length;
  }
  // What lies `length` bytes from `offset` in the output again.
  void repeat(std::size_t offset, std::size_t length) noexcept {
    if (room() < kStride || length > kStride) [[unlikely]] return append(begin_ + offset, length);
    std::uint8_t space[kStride];
    std::memcpy(space, begin_ + offset, kStride);
    std::memcpy(to_, space, kStride);
    to_ += length;
  }
  // For writing directly: room() bytes.
  [[nodiscard]] std::uint8_t* cursor() noexcept { return to_; }
  [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - to_); }
  void advance(std::size_t length) noexcept { to_ += length; }
  // Something had no room.
  void cut() noexcept { cut_ = true; }

 private:
  void append_cut(const std::uint8_t* from, std::size_t length) noexcept {
    const std::size_t fits = std::min(room(), length);
    cut_ = cut_ || fits < length;
    if (fits > 0) std::memmove(to_, from, fits);
    to_ += fits;
  }
  void copy(const std::uint8_t* from, std::size_t length) noexcept {
    if (length > 16) {
      std::memcpy(to_, from, length);
    } else if (length >= 8) {
      copy_ends<8>(from, length);
    } else if (length >= 4) {
      copy_ends<4>(from, length);
    } else {
      for (std::size_t i = 0; i < length; ++i) to_[i] = from[i];
    }
  }
  template <std::size_t kHalf>
  void copy_ends(const std::uint8_t* from, std::size_t length) noexcept {
    std::memcpy(to_, from, kHalf);
    std::memcpy(to_ + length - kHalf, from + length - kHalf, kHalf);
  }

  std::uint8_t* begin_;
  std::uint8_t* to_;
  std::uint8_t* end_;
  bool cut_ = false;
};

}  // namespace npk::codec::markup
