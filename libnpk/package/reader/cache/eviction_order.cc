#include "package/reader/cache/eviction_order.h"

#include <algorithm>

namespace npk::reader {
namespace {

constexpr std::uint64_t kSmallShare = 10;     // the small queue's: one in so many bytes
constexpr std::size_t kLeastRemembered = 64;  // keys remembered: as many as there are entries, at least these
constexpr std::size_t kMostRecycled = 4096;   // keys of these
constexpr std::size_t kTurnsOfAnEntry = 5;    // one for each use that may count, and one to go

}  // namespace

void EvictionOrder::admit(std::uint64_t key, std::uint64_t bytes, Admission admission) {
  if (const auto known = places_.find(key); known != places_.end()) {
    Entry& entry = *known->second;
    entry.queue->bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    return;
  }
  Queue& queue = queue_for(key, admission);
  queue.entries.push_back({key, bytes, admission, &queue});
  queue.bytes += bytes;
  places_.emplace(key, std::prev(queue.entries.end()));
}

EvictionOrder::Queue& EvictionOrder::queue_for(std::uint64_t key, Admission admission) {
  if (admission == Admission::normal) return gone_.remove(key) ? main_ : small_;
  return admission == Admission::lone_pass && !recycled_.remove(key) ? passed_ : small_;
}

std::optional<std::uint64_t> EvictionOrder::recycle(std::uint64_t most_bytes, const Judge& judge) {
  if (passed_.bytes <= most_bytes) return std::nullopt;
  const auto went = evict_passed(judge);
  if (went) recycled_.add(*went, kMostRecycled);
  return went;
}

// Each has one turn: those that are pinned are what a reader is at.
std::optional<std::uint64_t> EvictionOrder::evict_passed(const Judge& judge) {
  for (std::size_t turns = passed_.entries.size(); turns > 0; --turns) {
    const Place place = passed_.entries.begin();
    const Verdict verdict = judge(place->key);
    if (verdict == Verdict::goes) {
      const std::uint64_t key = place->key;
      remove(place);
      return key;
    }
    move_to_end_of(verdict == Verdict::used ? main_ : passed_, place);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> EvictionOrder::evict(const Judge& judge) {
  if (const auto went = evict_passed(judge)) return went;
  const std::size_t others = small_.entries.size() + main_.entries.size();
  for (std::size_t turns = kTurnsOfAnEntry * others; turns > 0; --turns) {
    const bool from_small = main_.entries.empty() || (!small_.entries.empty() && small_.bytes * kSmallShare >= bytes());
    Queue& queue = from_small ? small_ : main_;
    const Place place = queue.entries.begin();
    const Verdict verdict = judge(place->key);
    if (verdict == Verdict::goes) {
      const std::uint64_t key = place->key;
      if (from_small && place->admission == Admission::normal) gone_.add(key, std::max(kLeastRemembered, places_.size()));
      remove(place);
      return key;
    }
    move_to_end_of(verdict == Verdict::used ? main_ : queue, place);
  }
  return std::nullopt;
}

void EvictionOrder::move_to_end_of(Queue& queue, Place place) {
  Queue& from = *place->queue;
  from.bytes -= place->bytes;
  queue.bytes += place->bytes;
  place->queue = &queue;
  queue.entries.splice(queue.entries.end(), from.entries, place);
}

void EvictionOrder::remove(Place place) {
  Queue& queue = *place->queue;
  queue.bytes -= place->bytes;
  places_.erase(place->key);
  queue.entries.erase(place);
}

void EvictionOrder::Memory::add(std::uint64_t key, std::size_t most) {
  if (!keys_.insert(key).second) return;
  order_.push_back(key);
  while (order_.size() > most) {
    keys_.erase(order_.front());
    order_.pop_front();
  }
}

}  // namespace npk::reader
