// What block and page cache have in common: values by number, found without a common lock, loaded once however many
// threads ask, and given up in the order of EvictionOrder.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>

#include "npk/result.h"
#include "package/reader/cache/eviction_order.h"

namespace npk::reader {

enum class CacheUse : std::uint8_t {
  random,      // may come back
  sequential,  // passes through once: must not push out what others come back to
  passing,     // the same, and nothing but what passes lies in it: given up for what comes next
};

// How a value is asked for. `stop` and `deadline` end the wait for another thread's load (Errc::cancelled,
// Errc::limit); what this thread loads itself it finishes.
struct CacheAccess {
  CacheUse use = CacheUse::random;
  std::stop_token stop = {};
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// Thread-safe. A hit locks one shard for a look-up and a reference count, and writes nothing else but, once between two
// admissions, that the value was used; a miss also takes the lock of the order. Values are pinned while somebody else
// holds them: they stay, and count.
class SharedCache {
 public:
  using Value = std::shared_ptr<const void>;
  struct Loaded {
    Value value;
    std::uint64_t extent = 0;  // how much of the thing this is: it serves whoever needs no more
    std::uint64_t bytes = 0;
    bool keep = true;
  };
  // Called without a lock; `has_part`: a smaller extent is there.
  using Loader = std::function<Result<Loaded>(bool has_part)>;

  // The value if it is there and large enough, else null.
  [[nodiscard]] Value find(std::uint64_t key, std::uint64_t extent, CacheUse use);
  // The same, or the value that another thread is about to have loaded, or what `load` gives here. Those who waited for
  // a load that failed get its error; nothing of it is kept. `waited`, if given: grows by the time it took.
  // was_loaded says whether `load` was called.
  struct Got {
    Value value;
    bool was_loaded = false;
    std::chrono::nanoseconds waited{0};
  };
  [[nodiscard]] Result<Got> get(std::uint64_t key, std::uint64_t extent, const CacheAccess& access, const Loader& load);

  // Gives up one value. False if there is none that is not pinned.
  bool evict_one();
  // Gives up one that was passing, if these have more than so many bytes. False if not.
  bool recycle_one(std::uint64_t most_bytes);
  // Gives up values until there are no more bytes than these, or all are pinned, or one is left.
  void shrink_to(std::uint64_t bytes);

  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::size_t size() const;

 private:
  class Flight;  // a load under way
  struct Slot {
    Value value;
    std::uint64_t extent = 0;
    std::uint32_t marked_at = 0;  // admissions at the last use that counted
    std::uint8_t uses = 0;
    std::shared_ptr<Flight> flight;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_map<std::uint64_t, Slot> slots;
  };
  static constexpr std::size_t kShards = 32;

  [[nodiscard]] Shard& shard_of(std::uint64_t key) noexcept;
  [[nodiscard]] Value use(Slot& slot, CacheUse use);
  [[nodiscard]] Result<Got> load_here(std::uint64_t key, const CacheAccess& access, const Loader& load, bool has_part,
                                      Flight& flight);
  void admit(std::uint64_t key, const Loaded& loaded, CacheUse use);
  void land(std::uint64_t key);
  [[nodiscard]] EvictionOrder::Verdict judge(std::uint64_t key, Value& gone);

  std::array<Shard, kShards> shards_;
  std::atomic<std::uint32_t> admissions_ = 0;
  mutable std::mutex order_mutex_;  // taken before a shard's
  EvictionOrder order_;
};

}  // namespace npk::reader
