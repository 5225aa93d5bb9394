// Which entry of a cache goes next: S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are all you need for cache
// eviction", SOSP 2023). New entries wait in a small queue, a tenth of the bytes; those used again by the time they
// reach its end move to the main queue, the others go, and their keys are remembered: whoever comes back while
// remembered enters the main queue at once. One pass over everything therefore only ever turns over the small queue.
//
// Three changes: an entry that is admitted by a pass is not remembered; what counts as used again is for the caller to
// say (SharedCache does not count uses between which nothing was admitted); and what passes alone has a queue of its own,
// which goes first and may be kept short while there is room (recycle). What left it that way and comes back is an entry
// of a pass like others: a second pass over the same keeps what there is room for.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace npk::reader {

enum class Admission : std::uint8_t {
  normal,
  pass,        // nobody is expected to come back to it
  lone_pass,   // nor to anything else in it
};

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
  void admit(std::uint64_t key, std::uint64_t bytes, Admission admission);
  // The entry that went; none if all are pinned.
  std::optional<std::uint64_t> evict(const Judge& judge);
  // The same of those that passed alone, if they have more than so many bytes.
  std::optional<std::uint64_t> recycle(std::uint64_t most_bytes, const Judge& judge);

  [[nodiscard]] std::uint64_t bytes() const noexcept { return passed_.bytes + small_.bytes + main_.bytes; }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

 private:
  struct Queue;
  struct Entry {
    std::uint64_t key;
    std::uint64_t bytes;
    Admission admission;
    Queue* queue;
  };
  struct Queue {
    std::list<Entry> entries;  // the next to go first
    std::uint64_t bytes = 0;
  };
  using Place = std::list<Entry>::iterator;

  // The last so many keys.
  class Memory {
   public:
    void add(std::uint64_t key, std::size_t most);
    // Whether it was in it.
    bool remove(std::uint64_t key) { return keys_.erase(key) != 0; }

   private:
    std::deque<std::uint64_t> order_;
    std::unordered_set<std::uint64_t> keys_;
  };

  [[nodiscard]] Queue& queue_for(std::uint64_t key, Admission admission);
  std::optional<std::uint64_t> evict_passed(const Judge& judge);
  void move_to_end_of(Queue& queue, Place place);
  void remove(Place place);

  Queue passed_, small_, main_;
  std::unordered_map<std::uint64_t, Place> places_;
  Memory gone_, recycled_;
};

}  // namespace npk::reader
