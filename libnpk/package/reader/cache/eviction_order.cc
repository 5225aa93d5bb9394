#include "package/reader/cache/eviction_order.h"

#include <algorithm>

namespace npk::reader {
namespace {

constexpr std::uint64_t kSmallShare = 10;     // the small queue's: one in so many bytes
constexpr std::size_t kLeastRemembered = 64;  // keys remembered: as many as there are entries, at least these
constexpr std::size_t kTurnsOfAnEntry = 5;    // one for each use that may count, and one to go

}  // namespace

void EvictionOrder::admit(std::uint64_t key, std::uint64_t bytes, bool once) {
  if (const auto known = places_.find(key); known != places_.end()) {
    Entry& entry = *known->second;
    queue_of(entry).bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    return;
  }
  const bool in_main = !once && remembered_.erase(key) != 0;
  Queue& queue = in_main ? main_ : small_;
  queue.entries.push_back({key, bytes, once, in_main});
  queue.bytes += bytes;
  places_.emplace(key, std::prev(queue.entries.end()));
}

std::optional<std::uint64_t> EvictionOrder::evict(const Judge& judge) {
  for (std::size_t turns = kTurnsOfAnEntry * places_.size(); turns > 0; --turns) {
    const bool from_small = main_.entries.empty() || (!small_.entries.empty() && small_.bytes * kSmallShare >= bytes());
    Queue& queue = from_small ? small_ : main_;
    const Place place = queue.entries.begin();
    const Verdict verdict = judge(place->key);
    if (verdict == Verdict::goes) {
      const std::uint64_t key = place->key;
      if (from_small && !place->once) remember(key);
      remove(place);
      return key;
    }
    move_to_end_of(verdict == Verdict::used ? main_ : queue, place);
  }
  return std::nullopt;
}

void EvictionOrder::move_to_end_of(Queue& queue, Place place) {
  Queue& from = queue_of(*place);
  from.bytes -= place->bytes;
  queue.bytes += place->bytes;
  place->in_main = &queue == &main_;
  queue.entries.splice(queue.entries.end(), from.entries, place);
}

void EvictionOrder::remove(Place place) {
  Queue& queue = queue_of(*place);
  queue.bytes -= place->bytes;
  places_.erase(place->key);
  queue.entries.erase(place);
}

void EvictionOrder::remember(std::uint64_t key) {
  if (!remembered_.insert(key).second) return;
  remembered_order_.push_back(key);
  while (remembered_order_.size() > std::max(kLeastRemembered, places_.size())) {
    remembered_.erase(remembered_order_.front());
    remembered_order_.pop_front();
  }
}

}  // namespace npk::reader
