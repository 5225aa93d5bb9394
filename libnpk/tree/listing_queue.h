// Directories that wait to be read, and who reads them: the walk itself, and threads that run ahead of it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "tree/listing.h"

namespace npk::tree {

// The walk calls take, read_further and passed; any number of other threads are in work() meanwhile. How far they run
// ahead is bounded, so the memory is: a thread's directory each, and some thousand entries.
class ListingQueue {
 public:
  explicit ListingQueue(const ScanFilter& filter) : filter_(filter), reader_(filter) {}

  // Reads the listing unless that has been done. It is a new root's, or a child of one taken before. bad_alloc, whichever thread ran out.
  void take(Listing& listing);
  // As ListingReader::read_further.
  [[nodiscard]] bool read_further(Listing& listing);
  // The walk is done with so many found entries.
  void passed(std::size_t entries);
  // Details of a root, which no listing names.
  [[nodiscard]] ListingReader& reader() noexcept { return reader_; }

  // Reads what waits, until finish().
  void work();
  void finish();

 private:
  [[nodiscard]] bool may_read() const noexcept;
  void read_next(ListingReader& reader, std::unique_lock<std::mutex>& lock);
  void read(ListingReader& reader, Listing& listing, std::unique_lock<std::mutex>& lock);
  void add_children(Listing& listing);

  const ScanFilter& filter_;
  ListingReader reader_;  // the walk's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Listing*> waiting_;  // those needed soonest at the end
  std::size_t ahead_ = 0;          // entries found and not passed
  bool finished_ = false;
};

}  // namespace npk::tree
