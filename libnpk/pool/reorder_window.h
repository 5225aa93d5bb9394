// Results of numbered work that ends in any order, given out in the order of the numbers; at most `capacity` numbers are
// between the first not given out and the last given to work on. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace npk::pool {

template <class T>
class ReorderWindow {
 public:
  explicit ReorderWindow(std::size_t capacity) : slots_(std::max<std::size_t>(1, capacity)) {}

  [[nodiscard]] std::uint64_t next_number() const noexcept { return next_number_; }  // what take_number would give
  [[nodiscard]] std::size_t in_flight() const noexcept { return static_cast<std::size_t>(next_number_ - next_out_); }
  [[nodiscard]] bool has_room(std::size_t limit) const noexcept { return in_flight() < std::min(limit, slots_.size()); }

  // A number to work on; only if has_room.
  [[nodiscard]] std::uint64_t take_number() noexcept { return next_number_++; }
  // The result of a number taken and not yet put.
  void put(std::uint64_t number, T result) { slots_[number % slots_.size()] = std::move(result); }
  // The next in order, if it is there; it stays in flight until drop_next.
  [[nodiscard]] T* next() noexcept {
    std::optional<T>& slot = slots_[next_out_ % slots_.size()];
    return slot ? &*slot : nullptr;
  }
  void drop_next() noexcept { slots_[next_out_++ % slots_.size()].reset(); }

 private:
  std::vector<std::optional<T>> slots_;
  std::uint64_t next_number_ = 0, next_out_ = 0;
};

}  // namespace npk::pool
