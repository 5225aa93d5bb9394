#include "ops/write/parity/moved_shards.h"

#include <algorithm>

#include "package/reader/frames/parity_frame.h"

namespace npk::ops {
namespace {

using format::kWeakWindowBytes;

constexpr std::size_t kShardReadBytes = 1U << 20;
constexpr unsigned kFilterBits = 24;       // a bit for each: 2 MiB, of which a full list sets 1.6 %
constexpr std::size_t kMostAlike = 16;     // of shards with one weak check, so many are compared
constexpr std::uint64_t kFreeHashing = 64ULL << 20;  // bytes that may be hashed in vain, and a multiple of the source's
constexpr std::uint64_t kHashingPerByte = 4;

bool is_uniform(ByteView window) {
  return std::ranges::all_of(window, [&](std::uint8_t byte) { return byte == window[0]; });
}

class MovedShardSearch {
 public:
  MovedShardSearch(const RandomAccessSource& source, std::uint64_t bytes, std::vector<WantedShard> wanted, ShardPlaces& places)
      : source_(source), bytes_(bytes), wanted_(std::move(wanted)), places_(places), known_(places), filter_(std::size_t{1} << kFilterBits) {
    std::ranges::sort(wanted_, {}, [](const WantedShard& shard) { return std::pair(shard.check.weak, shard.position); });
    for (const WantedShard& shard : wanted_) filter_[shard.check.weak >> (32 - kFilterBits)] = true;
  }

  Result<bool> run(const std::stop_token& stop) {
    for (std::uint64_t begin = 0; begin + kWeakWindowBytes <= bytes_; begin = next_) {
      if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kShardReadBytes + kWeakWindowBytes - 1, bytes_ - begin)));
      NPK_ASSIGN(const std::size_t count, source_.read_at(begin, buffer_));
      if (count != buffer_.size()) return fail(Errc::truncated, "the source is shorter than it said");
      NPK_TRY(look_through(begin));
    }
    return found_;
  }

 private:
  // Every window of the buffer, or to the end of a shard that is found; next_ is where to go on.
  Result<void> look_through(std::uint64_t begin) {
    format::WeakWindow window;
    window.start(buffer_.data());
    for (std::size_t at = 0;; ++at) {
      if (filter_[window.value() >> (32 - kFilterBits)]) {
        NPK_ASSIGN(const std::uint32_t passed, match(begin + at, window.value(), ByteView(buffer_).subspan(at, kWeakWindowBytes)));
        if (passed != 0) {
          next_ = begin + at + passed;
          return {};
        }
      }
      if (at + kWeakWindowBytes == buffer_.size()) break;
      window.roll(buffer_[at], buffer_[at + kWeakWindowBytes]);
    }
    next_ = begin + buffer_.size() - kWeakWindowBytes + 1;
    return {};
  }

  // The length of the shard that lies there, unless that was known; 0: none does.
  Result<std::uint32_t> match(std::uint64_t offset, std::uint32_t weak, ByteView window) {
    const auto alike = std::ranges::equal_range(wanted_, weak, {}, [](const WantedShard& shard) { return shard.check.weak; });
    if (alike.empty() || is_uniform(window)) return 0;
    std::size_t tried = 0;
    for (const WantedShard& shard : alike) {
      const std::int64_t shift = static_cast<std::int64_t>(offset) - static_cast<std::int64_t>(shard.position);
      if (is_known(shard.position, shift)) continue;
      if (++tried > kMostAlike || offset + shard.bytes > bytes_) break;
      NPK_ASSIGN(const bool same, is_there(shard, offset));
      if (!same) continue;
      places_.add(shard.position, offset);
      found_ = true;
      return shard.bytes;
    }
    return 0;
  }

  bool is_known(std::uint64_t position, std::int64_t shift) const {
    const ShardPlaces::Shifts shifts = known_.shifts(position);
    return std::ranges::find(shifts.all(), shift) != shifts.all().end();
  }

  Result<bool> is_there(const WantedShard& shard, std::uint64_t offset) {
    if (wasted_ > kFreeHashing + kHashingPerByte * bytes_) return false;
    shard_.resize(shard.bytes);
    NPK_ASSIGN(const std::size_t count, source_.read_at(offset, shard_));
    const bool same = count == shard_.size() && reader::check_of_shard(shard_) == shard.check;
    if (!same) wasted_ += shard.bytes;
    return same;
  }

  const RandomAccessSource& source_;
  std::uint64_t bytes_;
  std::vector<WantedShard> wanted_;
  ShardPlaces& places_;
  const ShardPlaces known_;
  std::vector<bool> filter_;
  Bytes buffer_, shard_;
  std::uint64_t next_ = 0, wasted_ = 0;
  bool found_ = false;
};

}  // namespace

void WantedShards::add(const WantedShard& shard) {
  if (met_++ % every_ != 0) return;
  shards_.push_back(shard);
  if (shards_.size() < kMost) return;
  for (std::size_t i = 0; 2 * i < shards_.size(); ++i) shards_[i] = shards_[2 * i];
  shards_.resize((shards_.size() + 1) / 2);
  every_ *= 2;
}

Result<bool> find_moved_shards(const RandomAccessSource& source, std::vector<WantedShard> wanted, ShardPlaces& places, const std::stop_token& stop) {
  NPK_ASSIGN(const std::uint64_t bytes, source.size());
  NPK_ASSIGN(const bool found, MovedShardSearch(source, bytes, std::move(wanted), places).run(stop));
  places.settle();
  return found;
}

}  // namespace npk::ops
