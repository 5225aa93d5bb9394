#include "ops/write/rewrite/live_chunks.h"

#include <algorithm>
#include <bit>

#include "npk/checked.h"

namespace npk::ops {

LiveChunks::LiveChunks(std::uint64_t chunk_count)
    : chunk_count_(chunk_count), words_(static_cast<std::size_t>(chunk_count / 64 + 1)) {}

Result<void> LiveChunks::mark(std::span<const format::Run> runs) {
  for (const format::Run& run : runs) {
    if (!range_within(run.first_chunk, run.chunk_count, chunk_count_))
      return fail_corrupt("an entry's content leads to chunks that the package does not have");
    const std::uint64_t end = run.first_chunk + run.chunk_count;
    for (std::uint64_t chunk = run.first_chunk; chunk < end;) {
      const std::uint64_t bits = std::min(end - chunk, 64 - chunk % 64);
      words_[static_cast<std::size_t>(chunk / 64)] |= (bits == 64 ? ~0ULL : (1ULL << bits) - 1) << (chunk % 64);
      chunk += bits;
    }
  }
  return {};
}

void LiveChunks::number() {
  ranks_.clear();
  size_ = 0;
  for (std::size_t word = 0; word < words_.size(); ++word) {
    if (word % kWordsPerRank == 0) ranks_.push_back(size_);
    size_ += static_cast<std::uint64_t>(std::popcount(words_[word]));
  }
}

std::uint64_t LiveChunks::live_before(std::uint64_t chunk) const noexcept {
  const auto word = static_cast<std::size_t>(chunk / 64);
  std::uint64_t count = ranks_[word / kWordsPerRank];
  for (std::size_t i = word / kWordsPerRank * kWordsPerRank; i < word; ++i) count += static_cast<std::uint64_t>(std::popcount(words_[i]));
  return count + static_cast<std::uint64_t>(std::popcount(words_[word] & ((1ULL << (chunk % 64)) - 1)));
}

void LiveChunks::renumber(std::span<const format::Run> runs, std::vector<format::Run>& out) const {
  out.clear();
  for (format::Run run : runs) {
    const bool is_hole = run.chunk_count == 0;
    if (!is_hole) run.first_chunk = live_before(run.first_chunk);
    const bool joins = !is_hole && !out.empty() && out.back().chunk_count != 0 &&
                       out.back().first_chunk + out.back().chunk_count == run.first_chunk;
    if (joins) {
      out.back().chunk_count += run.chunk_count;
      out.back().byte_count += run.byte_count;
    } else {
      out.push_back(run);
    }
  }
}

}  // namespace npk::ops
