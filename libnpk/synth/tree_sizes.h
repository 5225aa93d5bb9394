// Private to npk_synth: the sizes of generation 0, one after the other, in integers so that every machine draws the same.
#pragma once

#include "npk/synth_tree.h"
#include "synth/tree_draws.h"

namespace npk::synth::internal {

struct SizeRule {
  std::uint64_t files = 0, unique_files = 0, total_bytes = 0;
  SizeDistribution distribution = SizeDistribution::fixed;
  std::uint64_t spread_thousandths = 0;
  Wide total_weight = 0;  // of all files, copies too

  // In proportion to the size of unique file `number`; at least 1, below 2^41.
  [[nodiscard]] std::uint64_t weight(const Draws& draws, std::uint64_t number) const noexcept;
  [[nodiscard]] std::uint64_t copies(std::uint64_t unique_number) const noexcept;
  // Of a file that a later generation adds.
  [[nodiscard]] std::uint64_t size_of_added(const Draws& draws, std::uint64_t number) const noexcept;
  void draw_total(const Draws& draws) noexcept;  // total_weight
};

// Sizes of unique files get what rounding took from those before, so that the sum is exact.
class SizeSequence {
 public:
  SizeSequence(const SizeRule& rule, const Draws& draws) noexcept : rule_(rule), draws_(draws) {}
  [[nodiscard]] std::uint64_t next() noexcept;  // of file 0, 1, …; at most `files` times

 private:
  [[nodiscard]] std::uint64_t next_unique() noexcept;

  const SizeRule& rule_;
  const Draws& draws_;
  std::uint64_t file_ = 0, unique_ = 0, assigned_bytes_ = 0, missing_bytes_ = 0;
  Wide weight_so_far_ = 0;
};

}  // namespace npk::synth::internal
