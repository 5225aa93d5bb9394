// The values of a field: places in a block, so that one takes 8 bytes.
#pragma once

#include <cstddef>
#include <iterator>
#include <span>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/place.h"
#include "npk/bytes.h"

namespace npk::codec {

// Of the values of a field that may all be of one form.
inline constexpr std::size_t kLooks = 64;          // looked at before all are parsed
inline constexpr std::size_t kExceptionShare = 8;  // one in so many may be of another form

// A view of both.
class FieldValues {
 public:
  class Iterator {
   public:
    using value_type = ByteView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const std::uint8_t* block, const Place* place) : block_(block), place_(place) {}
    ByteView operator*() const noexcept { return {block_ + place_->offset, place_->length}; }
    Iterator& operator++() noexcept { return ++place_, *this; }
    Iterator operator++(int) noexcept { return {block_, place_++}; }
    friend bool operator==(const Iterator& left, const Iterator& right) noexcept { return left.place_ == right.place_; }

   private:
    const std::uint8_t* block_ = nullptr;
    const Place* place_ = nullptr;
  };

  FieldValues() = default;
  FieldValues(ByteView block, std::span<const Place> places) noexcept : block_(block), places_(places) {}

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
  [[nodiscard]] ByteView operator[](std::size_t index) const noexcept { return {block_.data() + places_[index].offset, places_[index].length}; }
  [[nodiscard]] Place place(std::size_t index) const noexcept { return places_[index]; }
  // Of bytes of the block.
  [[nodiscard]] Place place_of(ByteView bytes) const noexcept {
    return {static_cast<std::uint32_t>(bytes.data() - block_.data()), static_cast<std::uint32_t>(bytes.size())};
  }
  [[nodiscard]] FieldValues subspan(std::size_t first, std::size_t count = std::dynamic_extent) const noexcept { return {block_, places_.subspan(first, count)}; }
  // Others of the same block.
  [[nodiscard]] FieldValues with(std::span<const Place> places) const noexcept { return {block_, places}; }
  [[nodiscard]] Iterator begin() const noexcept { return {block_.data(), places_.data()}; }
  [[nodiscard]] Iterator end() const noexcept { return {block_.data(), places_.data() + places_.size()}; }

 private:
  ByteView block_;
  std::span<const Place> places_;
};

}  // namespace npk::codec
