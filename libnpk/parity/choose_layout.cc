#include "parity/choose_layout.h"

#include <algorithm>

namespace npk::parity {
namespace {

using format::ParityLayout;

constexpr std::uint64_t kShardBytes = 64U << 10;      // of ranges that have enough of them
constexpr std::uint64_t kGroupRunBytes = 256U << 10;  // of one slot: what is read at one place
constexpr unsigned kMostStripeShards = 200;           // the checks of a stripe's shards stand in each of its frames
constexpr std::uint64_t kSmallRange = 1U << 20;       // below, a few parity shards cost less than many
constexpr std::uint64_t kLeastFloor = 512;

// What is tried; the cheapest of what bears the burst is taken.
struct Candidates {
  unsigned least_parity = 0, most_parity = 0;  // of a stripe
  std::uint64_t most_floor = 0;                // of a shard: larger ones than a small range needs dwarf the checks
};

// More parity shards in a stripe stand more single losses; each takes its share of the encoder's time.
Candidates candidates(std::uint64_t range_bytes, unsigned percent) {
  if (range_bytes < kSmallRange) return {2, 32, kShardBytes};
  const unsigned count = percent > 20 ? 16 : std::clamp(2 * percent, 2U, 8U);
  return {count, count, kLeastFloor};
}

struct Shape {
  unsigned data_shards = 1, parity_shards = 1;
  std::uint64_t shard_floor = kLeastFloor;
};

// With so many data shards a stripe, or a few less where the range has no more.
ParityLayout shaped(ParityLayout layout, const Shape& shape, std::uint64_t trailer_frame_bytes) {
  const std::uint64_t range = layout.range_bytes();
  const std::uint64_t stripes = (range - 1) / (kShardBytes * shape.data_shards) + 1;
  const std::uint64_t shard = std::max(shape.shard_floor, (range - 1) / (stripes * shape.data_shards) + 1);
  const std::uint64_t shards = (range - 1) / shard + 1;
  layout.stripes = static_cast<std::uint32_t>(std::min(stripes, shards));
  layout.shard_bytes = static_cast<std::uint32_t>(shard);
  layout.data_shards = static_cast<std::uint16_t>((shards - 1) / layout.stripes + 1);
  layout.parity_shards = static_cast<std::uint16_t>(shape.parity_shards);
  layout.group_stripes = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(kGroupRunBytes / shard, 1, layout.stripes));
  layout.protected_end = layout.trailer_position() + trailer_frame_bytes;
  return layout;
}

bool bears(const ParityLayout& layout, unsigned percent) {
  const std::uint64_t all = layout.protected_end - layout.begin;
  return longest_burst(layout) >= all / 100 * percent + all % 100 * percent / 100 + 1;
}

}  // namespace

// b bytes touch at most 1 + ceil(b / S) shards; any M * stripes - v consecutive ones cost each stripe at most M, where
// the v shards that fill up the last slot with zeros lie in no file.
std::uint64_t longest_burst(const ParityLayout& layout) noexcept {
  const std::uint64_t real = (layout.range_bytes() - 1) / layout.shard_bytes + 1;
  const std::uint64_t filled = std::uint64_t{layout.data_shards} * layout.stripes - real;
  const std::uint64_t shards = std::uint64_t{layout.parity_shards} * layout.stripes;
  return shards <= filled + 1 ? 0 : (shards - filled - 1) * layout.shard_bytes;
}

namespace {

// The most data shards that bear the burst, if any do.
bool improve(ParityLayout& best, unsigned percent, std::uint64_t trailer_frame_bytes, Shape shape) {
  const unsigned most = std::min(kMostStripeShards - shape.parity_shards, shape.parity_shards * (100 - percent) / percent);
  for (shape.data_shards = std::max(1U, most); shape.data_shards >= 1; --shape.data_shards) {
    const ParityLayout tried = shaped(best, shape, trailer_frame_bytes);
    if (!bears(tried, percent)) continue;
    if (best.stripes == 0 || tried.protected_end < best.protected_end) best = tried;
    return true;
  }
  return false;
}

}  // namespace

void choose_layout(ParityLayout& layout, unsigned percent, std::uint64_t trailer_frame_bytes) {
  const Candidates tried = candidates(layout.range_bytes(), percent);
  layout.stripes = 0;
  bool found = false;
  for (std::uint64_t floor = kLeastFloor; floor <= tried.most_floor; floor *= 2) {
    for (unsigned parity = tried.least_parity; parity <= tried.most_parity; ++parity)
      found = improve(layout, percent, trailer_frame_bytes, {.parity_shards = parity, .shard_floor = floor}) || found;
  }
  if (!found) layout = shaped(layout, {.data_shards = 1, .parity_shards = 32, .shard_floor = kShardBytes}, trailer_frame_bytes);
}

}  // namespace npk::parity
