// Which chunks stay when a package is written anew, and what numbers they get: the old order without the gaps, so that
// chunks that followed one another still do.
#pragma once

#include <cstdint>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/result.h"

namespace npk::ops {

// Memory: 1.1 bits a chunk. Const members are thread-safe.
class LiveChunks {
 public:
  // Marking first, then number(), then the rest.
  explicit LiveChunks(std::uint64_t chunk_count);

  // Errc::corrupt if there are no such chunks.
  [[nodiscard]] Result<void> mark(std::span<const format::Run> runs);
  void number();

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_live(std::uint64_t chunk) const noexcept { return (words_[chunk / 64] >> (chunk % 64) & 1) != 0; }
  // How many live ones lie before it: its own new number, if it is live.
  [[nodiscard]] std::uint64_t live_before(std::uint64_t chunk) const noexcept;
  // Runs of live chunks under their new numbers; neighbours are joined.
  void renumber(std::span<const format::Run> runs, std::vector<format::Run>& out) const;

 private:
  static constexpr std::size_t kWordsPerRank = 8;

  std::uint64_t chunk_count_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> ranks_;  // live chunks before every eighth word
  std::uint64_t size_ = 0;
};

}  // namespace npk::ops
