// Values one behind another, each with a byte behind it that ends it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>

#include "codec/filter/byte_mask.h"
#include "npk/bytes.h"

namespace npk::codec {

// kTerminators: how many bytes end a value. Keeps a view of the text.
template <std::size_t kTerminators>
class TerminatedText {
 public:
  TerminatedText() = default;
  TerminatedText(ByteView text, std::array<std::uint8_t, kTerminators> terminators) noexcept
      : at_(text.data()), next_window_(text.data()), end_(text.data() + text.size()), terminators_(terminators) {}

  // The next value without what ends it; false if nothing ends it.
  [[nodiscard]] bool take(ByteView& value) noexcept {
    while (ends_ == 0) {
      if (next_window_ == end_) return false;
      load();
    }
    const std::uint8_t* const stop = window_ + std::countr_zero(ends_);
    ends_ &= ends_ - 1;
    value = {at_, stop};
    at_ = stop + 1;
    return true;
  }
  [[nodiscard]] bool empty() const noexcept { return at_ == end_; }

 private:
  [[nodiscard]] std::uint64_t ends_in(const std::uint8_t* bytes) const noexcept {
    std::uint64_t ends = 0;
    for (const std::uint8_t terminator : terminators_) ends |= mask_of_equal(bytes, terminator);
    return ends;
  }

  void load() noexcept {
    window_ = next_window_;
    const auto left = static_cast<std::size_t>(end_ - window_);
    if (left >= kMaskBytes) [[likely]] {
      ends_ = ends_in(window_);
      next_window_ += kMaskBytes;
      return;
    }
    std::array<std::uint8_t, kMaskBytes> bytes{};
    std::memcpy(bytes.data(), window_, left);
    ends_ = ends_in(bytes.data()) & ((std::uint64_t{1} << left) - 1);
    next_window_ = end_;
  }

  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* window_ = nullptr;  // that `ends_` is of
  const std::uint8_t* next_window_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::uint64_t ends_ = 0;
  std::array<std::uint8_t, kTerminators> terminators_{};
};

}  // namespace npk::codec
