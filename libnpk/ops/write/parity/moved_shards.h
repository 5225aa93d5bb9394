// Finds shards in a damaged file wherever they lie, by their checks.
#pragma once

#include <stop_token>

#include "npk/format/parity.h"
#include "npk/source.h"
#include "ops/write/parity/shard_places.h"

namespace npk::ops {

// A shard that is looked for.
struct WantedShard {
  format::ShardCheck check;
  std::uint32_t bytes = 0;
  std::uint64_t position = 0;  // where it belongs
};

// All shards of a package, or if it has more, as many of them evenly: then stretches between two losses shorter than the
// distance may be missed.
class WantedShards {
 public:
  static constexpr std::size_t kMost = 1U << 18;  // 10 MiB of them

  void add(const WantedShard& shard);
  [[nodiscard]] std::vector<WantedShard> take() && { return std::move(shards_); }

 private:
  std::vector<WantedShard> shards_;
  std::uint64_t every_ = 1, met_ = 0;
};

// Adds to `places` where shards lie that are not where `places` has them already. One pass over the source, byte by byte.
// True: some were found. Shards that begin with one byte again and again are not looked for. Errors: io, cancelled.
[[nodiscard]] Result<bool> find_moved_shards(const RandomAccessSource& source, std::vector<WantedShard> wanted, ShardPlaces& places,
                                             const std::stop_token& stop);

}  // namespace npk::ops
