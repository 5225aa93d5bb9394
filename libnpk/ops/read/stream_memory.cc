#include "ops/read/stream_memory.h"

#include <algorithm>

namespace npk::ops {
namespace {

constexpr std::uint64_t kStoredShare = 4;  // of all
constexpr std::uint64_t kMostStoredBytes = 96ULL << 20;  // 64 MiB of input, and a block
constexpr std::uint64_t kLeastStoredBytes = 8ULL << 20;

}  // namespace

std::uint64_t StreamMemory::stored_bytes() const noexcept {
  return allowed_bytes_ == 0 ? kMostStoredBytes : std::clamp(allowed_bytes_ / kStoredShare, kLeastStoredBytes, kMostStoredBytes);
}

void StreamMemory::add(const StreamBlocks& blocks, const format::BlockRow& row, std::uint64_t needed_bytes) {
  if (allowed_bytes_ == 0) return;
  largest_stored_bytes_ = std::max(largest_stored_bytes_, row.stored_length);
  decoding_.add(row, blocks.copied_bytes(row), needed_bytes, blocks.inner_header(row));
}

// Beside the stored data that is kept, at least one block, another one is arriving.
Result<unsigned> StreamMemory::threads(unsigned wanted, unsigned further_blocks) const {
  if (allowed_bytes_ == 0) return wanted;
  const std::uint64_t others = largest_stored_bytes_ + kMemoryBesideBlocks + further_blocks * decoding_.decoded_bytes();
  const std::uint64_t with_one = others + decoding_.thread_bytes();
  const std::uint64_t share = (with_one + kStoredShare - 2) / (kStoredShare - 1);  // of the least
  const std::uint64_t least = with_one + std::max({largest_stored_bytes_, kLeastStoredBytes, std::min(share, kMostStoredBytes)});
  const std::uint64_t fixed = others + std::max(largest_stored_bytes_, stored_bytes());
  return threads_within(allowed_bytes_, least, fixed, decoding_.thread_bytes(), wanted);
}

}  // namespace npk::ops
