// What `verify` has found so far.
#pragma once

#include <mutex>
#include <unordered_map>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/ops/verify.h"

namespace npk::ops {

// Chunks that can't be read, by number: [first, last).
struct ChunkRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// note() may be called from any thread.
class DamageList {
 public:
  // Damage is written down; what is not damage (io, cancelled, internal) comes back. A frame found broken by the walk and by what
  // refers to it is one damage: the reference's view is kept. `lost`: what entries lose by it.
  [[nodiscard]] Result<void> note(DamageKind kind, Error error, std::vector<ChunkRange> lost = {}, std::vector<std::string> paths = {});

  [[nodiscard]] bool loses_chunks() const noexcept { return !lost_.empty(); }
  // Before the first add_losses: no note() after it.
  void prepare_losses();
  // Adds the path to every damage that costs the entry a chunk. Entries in path order.
  void add_losses(const format::EntryRow& row);
  // By offset.
  void finish(VerifyReport& report);

 private:
  struct Loss {
    ChunkRange chunks;
    std::size_t damage;
  };
  [[nodiscard]] std::size_t place_for(const Damage& damage);

  std::mutex mutex_;
  std::vector<Damage> damages_;
  std::vector<Loss> lost_;  // disjoint: a chunk lies in one block, and only its block's, its page's or its own damage names it
  std::unordered_map<std::uint64_t, std::size_t> frames_;  // offset -> damage
  std::uint64_t left_out_ = 0;
};

}  // namespace npk::ops
