// Where the bytes of a package lie in a damaged file: bytes that are missing, or too many, move all behind them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace npk::ops {

// Something known to lie at an offset of the source which belongs at a position of the package.
class ShardPlaces {
 public:
  void add(std::uint64_t position, std::uint64_t offset);
  // After the last add(): puts them in order. Between two things that moved alike, all is taken to have moved so.
  void settle();

  // How far from its position (offset less position) something may lie: as the nearest things before and behind it,
  // then not at all. Likely ones first, no one twice.
  class Shifts {
   public:
    void add(std::int64_t shift) noexcept;
    [[nodiscard]] std::span<const std::int64_t> all() const noexcept { return std::span(shifts_).first(count_); }

   private:
    std::array<std::int64_t, 3> shifts_{};
    std::size_t count_ = 0;
  };
  [[nodiscard]] Shifts shifts(std::uint64_t position) const;
  // As the nearest thing before it.
  [[nodiscard]] std::int64_t shift_behind(std::uint64_t position) const;

 private:
  struct Anchor {
    std::uint64_t position = 0;
    std::int64_t shift = 0;
  };
  std::vector<Anchor> anchors_;
};

}  // namespace npk::ops
