// Bounds what streams of a package hold of its blocks beyond the block cache's own bound.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace npk::reader {

// Thread-safe. A block that several hold counts once. One for each process: a forked child does not count what it was
// born with.
class PinBudget {
 public:
  explicit PinBudget(std::uint64_t capacity_bytes) noexcept : capacity_bytes_(capacity_bytes) {}

  // Whether one more may hold this block.
  [[nodiscard]] bool take(std::uint64_t block, std::uint64_t bytes);
  // What was taken, or what a parent of this process took.
  void give_back(std::uint64_t block) noexcept;

  [[nodiscard]] std::uint64_t pinned_bytes() const;

 private:
  struct Pinned {
    std::uint64_t bytes = 0;
    std::uint64_t holders = 0;
  };
  const std::uint64_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Pinned> blocks_;
  std::uint64_t pinned_bytes_ = 0;
};

}  // namespace npk::reader
