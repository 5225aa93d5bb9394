#include "npk/format/expansion.h"

#include <algorithm>

#include "npk/checked.h"

namespace npk::format {
namespace {

constexpr std::uint64_t kStoredBytesPerPiece = 32;

std::uint64_t divided_up(std::uint64_t value, std::uint64_t by) noexcept {
  return by == 0 ? UINT64_MAX : value / by + (value % by != 0 ? 1 : 0);
}

}  // namespace

std::uint64_t most_expanded_bytes(std::uint64_t stored_bytes, const Limits& limits) noexcept {
  const std::uint64_t by_ratio = checked_multiply(stored_bytes, limits.max_expansion_ratio).value_or(UINT64_MAX);
  return std::max(limits.max_expanded_bytes_free, by_ratio);
}

std::uint64_t most_further_pieces(std::uint64_t stored_bytes, const Limits& limits) noexcept {
  return checked_add(limits.max_pieces_free, stored_bytes / kStoredBytesPerPiece).value_or(UINT64_MAX);
}

std::uint64_t least_stored_bytes(std::uint64_t expanded_bytes, std::uint64_t further_pieces,
                                 const Limits& limits) noexcept {
  std::uint64_t least = 0;
  if (expanded_bytes > limits.max_expanded_bytes_free) least = divided_up(expanded_bytes, limits.max_expansion_ratio);
  if (further_pieces <= limits.max_pieces_free) return least;
  const std::uint64_t counted = further_pieces - limits.max_pieces_free;
  return std::max(least, checked_multiply(counted, kStoredBytesPerPiece).value_or(UINT64_MAX));
}

}  // namespace npk::format
