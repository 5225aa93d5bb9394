#include "package/reader/cache/shared_cache.h"

#include <condition_variable>
#include <utility>

namespace npk::reader {
namespace {

constexpr std::uint8_t kMostUses = 3;
constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
constexpr unsigned kShardShift = 59;                   // 64 - log2(kShards)
constexpr int kTries = 100;

Admission admission_of(CacheUse use) noexcept {
  if (use == CacheUse::random) return Admission::normal;
  return use == CacheUse::passing ? Admission::lone_pass : Admission::pass;
}

// A shard is held for tens of nanoseconds: sleeping, and being woken, would cost a hundred times that.
std::unique_lock<std::mutex> lock_soon(std::mutex& mutex) {
  std::unique_lock lock(mutex, std::try_to_lock);
  for (int tries = 0; !lock.owns_lock() && tries < kTries; ++tries) static_cast<void>(lock.try_lock());
  if (!lock.owns_lock()) lock.lock();
  return lock;
}

}  // namespace

class SharedCache::Flight {
 public:
  void land(const Result<Loaded>* loaded) {
    {
      const std::scoped_lock lock(mutex_);
      done_ = true;
      if (loaded != nullptr && *loaded) {
        value_ = (*loaded)->value;
        extent_ = (*loaded)->extent;
      } else if (loaded != nullptr) {
        error_ = loaded->error();
      }
    }
    landed_.notify_all();
  }

  // The value if it is large enough; null: ask again.
  [[nodiscard]] Result<Value> wait(std::uint64_t extent, const CacheAccess& access) {
    std::unique_lock lock(mutex_);
    const auto done = [this] { return done_; };
    if (access.deadline == std::chrono::steady_clock::time_point::max())
      landed_.wait(lock, access.stop, done);
    else
      landed_.wait_until(lock, access.stop, access.deadline, done);
    if (done_ && error_) return std::unexpected(*error_);
    if (done_) return extent_ >= extent ? value_ : nullptr;
    if (access.stop.stop_requested()) return fail(Errc::cancelled, "stopped while another thread was decoding");
    return fail(Errc::limit, "another thread's decoding took longer than the time allowed");
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any landed_;
  bool done_ = false;
  Value value_;
  std::uint64_t extent_ = 0;
  std::optional<Error> error_;
};

SharedCache::Shard& SharedCache::shard_of(std::uint64_t key) noexcept {
  static_assert(std::size_t{1} << (64 - kShardShift) == kShards);
  return shards_[static_cast<std::size_t>((key * kSpread) >> kShardShift)];
}

// The shard is locked. Uses between which nothing was admitted are one use: a reader that goes through a block in small
// steps must not make it look like one that many come back to.
SharedCache::Value SharedCache::use(Slot& slot, CacheUse use) {
  const std::uint32_t now = admissions_.load(std::memory_order_relaxed);
  if (use == CacheUse::random && slot.marked_at != now) {
    slot.marked_at = now;
    if (slot.uses < kMostUses) ++slot.uses;
  }
  return slot.value;
}

SharedCache::Value SharedCache::find(std::uint64_t key, std::uint64_t extent, CacheUse access) {
  Shard& shard = shard_of(key);
  const auto lock = lock_soon(shard.mutex);
  const auto at = shard.slots.find(key);
  if (at == shard.slots.end() || at->second.value == nullptr || at->second.extent < extent) return nullptr;
  return use(at->second, access);
}

Result<SharedCache::Got> SharedCache::get(std::uint64_t key, std::uint64_t extent, const CacheAccess& access,
                                          const Loader& load) {
  Got got;
  for (;;) {
    std::unique_lock lock(shard_of(key).mutex);
    Slot& slot = shard_of(key).slots[key];
    if (slot.value != nullptr && slot.extent >= extent) {
      got.value = use(slot, access.use);
      return got;
    }
    if (slot.flight == nullptr) {
      const auto flight = slot.flight = std::make_shared<Flight>();
      const bool has_part = slot.value != nullptr;
      lock.unlock();
      NPK_ASSIGN(Got loaded, load_here(key, access, load, has_part, *flight));
      loaded.waited = got.waited;
      return loaded;
    }
    const auto flight = slot.flight;
    lock.unlock();
    const auto begun = std::chrono::steady_clock::now();
    NPK_ASSIGN(got.value, flight->wait(extent, access));
    got.waited += std::chrono::steady_clock::now() - begun;
    if (got.value != nullptr) return got;
  }
}

// Whatever happens, those who wait go on after it.
Result<SharedCache::Got> SharedCache::load_here(std::uint64_t key, const CacheAccess& access, const Loader& load,
                                                bool has_part, Flight& flight) {
  struct Landing {
    SharedCache& cache;
    Flight& flight;
    std::uint64_t key;
    const Result<Loaded>* outcome;
    ~Landing() {
      cache.land(key);
      flight.land(outcome);
    }
  };
  std::optional<Result<Loaded>> loaded;
  Landing landing{*this, flight, key, nullptr};
  loaded.emplace(load(has_part));
  landing.outcome = &*loaded;
  if (!*loaded) return std::unexpected((*loaded).error());
  if ((*loaded)->keep) admit(key, **loaded, access.use);
  return Got{(*loaded)->value, true, {}};
}

void SharedCache::admit(std::uint64_t key, const Loaded& loaded, CacheUse use) {
  Value replaced;  // let go of without a lock
  const std::scoped_lock lock(order_mutex_);
  const std::scoped_lock shard_lock(shard_of(key).mutex);
  Slot& slot = shard_of(key).slots[key];
  replaced = std::exchange(slot.value, loaded.value);
  slot.extent = loaded.extent;
  slot.marked_at = admissions_.fetch_add(1, std::memory_order_relaxed) + 1;
  order_.admit(key, loaded.bytes, admission_of(use));
}

// The flight is over: the slot is free for another.
void SharedCache::land(std::uint64_t key) {
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const auto at = shard.slots.find(key);
  at->second.flight = nullptr;
  if (at->second.value == nullptr) shard.slots.erase(at);
}

// The order is locked. A slot whose flight is under way stays, empty.
EvictionOrder::Verdict SharedCache::judge(std::uint64_t key, Value& gone) {
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const auto at = shard.slots.find(key);
  Slot& slot = at->second;
  if (slot.value.use_count() > 1) return EvictionOrder::Verdict::pinned;
  if (slot.uses > 0) {
    --slot.uses;
    return EvictionOrder::Verdict::used;
  }
  gone = std::move(slot.value);
  slot.value = nullptr;
  if (slot.flight == nullptr) shard.slots.erase(at);
  return EvictionOrder::Verdict::goes;
}

bool SharedCache::evict_one() {
  Value gone;  // let go of without a lock
  const std::scoped_lock lock(order_mutex_);
  return order_.evict([&](std::uint64_t key) { return judge(key, gone); }).has_value();
}

bool SharedCache::recycle_one(std::uint64_t most_bytes) {
  Value gone;  // let go of without a lock
  const std::scoped_lock lock(order_mutex_);
  return order_.recycle(most_bytes, [&](std::uint64_t key) { return judge(key, gone); }).has_value();
}

void SharedCache::shrink_to(std::uint64_t bytes_wanted) {
  while (bytes() > bytes_wanted && size() > 1 && evict_one()) continue;
}

std::uint64_t SharedCache::bytes() const {
  const std::scoped_lock lock(order_mutex_);
  return order_.bytes();
}

std::size_t SharedCache::size() const {
  const std::scoped_lock lock(order_mutex_);
  return order_.size();
}

}  // namespace npk::reader
