// Which entry of a cache goes next: S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for cache
// eviction", SOSP 2023). New entries wait in a small queue, a tenth of the bytes; those used again by the time they
// reach its end move to the main queue, the others go, and their keys are remembered: whoever comes back while
// remembered enters the main queue at once. One pass over everything therefore only ever turns over the small queue.
//
// Two changes: an entry that is admitted by a pass (`once`) is not remembered, and what counts as used again is for the
// caller to say (SharedCache does not count uses between which nothing was admitted).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace npk::reader {

// Not thread-safe. Holds keys and sizes, not entries. A hit does not come here: uses are asked for when an entry's turn
// has come.
class EvictionOrder {
 public:
  enum class Verdict : std::uint8_t {
    pinned,  // in use: stays where it is
    used,    // since the last time it was asked for: stays
    goes,    // and is gone when the call returns
  };
  using Judge = std::function<Verdict(std::uint64_t key)>;

  // A new entry, or one that is in it with another size: that one keeps its place.
  void admit(std::uint64_t key, std::uint64_t bytes, bool once);
  // The entry that went; none if all are pinned.
  std::optional<std::uint64_t> evict(const Judge& judge);

  [[nodiscard]] std::uint64_t bytes() const noexcept { return small_.bytes + main_.bytes; }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

 private:
  struct Entry {
    std::uint64_t key;
    std::uint64_t bytes;
    bool once;
    bool in_main;
  };
  struct Queue {
    std::list<Entry> entries;  // the next to go first
    std::uint64_t bytes = 0;
  };
  using Place = std::list<Entry>::iterator;

  [[nodiscard]] Queue& queue_of(const Entry& entry) noexcept { return entry.in_main ? main_ : small_; }
  void move_to_end_of(Queue& queue, Place place);
  void remove(Place place);
  void remember(std::uint64_t key);

  Queue small_, main_;
  std::unordered_map<std::uint64_t, Place> places_;
  std::deque<std::uint64_t> remembered_order_;
  std::unordered_set<std::uint64_t> remembered_;
};

}  // namespace npk::reader
