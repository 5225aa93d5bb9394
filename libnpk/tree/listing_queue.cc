#include "tree/listing_queue.h"

#include <algorithm>
#include <new>
#include <ranges>

namespace npk::tree {
namespace {

constexpr std::size_t kMostAhead = 16'384;  // entries, some 200 bytes each

}  // namespace

bool ListingQueue::may_read() const noexcept {
  return !waiting_.empty() && ahead_ < kMostAhead;
}

void ListingQueue::take(Listing& listing) {
  std::unique_lock lock(mutex_);
  if (listing.state == Listing::State::waiting) {
    const auto place = std::ranges::find(waiting_ | std::views::reverse, &listing);
    if (place != waiting_.rend()) waiting_.erase(std::next(place).base());
    read(reader_, listing, lock);
  }
  // While another thread reads it there is time for others.
  while (listing.state != Listing::State::read) {
    if (may_read())
      read_next(reader_, lock);
    else
      changed_.wait(lock);
  }
  if (listing.ran_out_of_memory) throw std::bad_alloc();  // no trouble of this directory alone
}

void ListingQueue::read_next(ListingReader& reader, std::unique_lock<std::mutex>& lock) {
  Listing& listing = *waiting_.back();
  waiting_.pop_back();
  read(reader, listing, lock);
}

void ListingQueue::read(ListingReader& reader, Listing& listing, std::unique_lock<std::mutex>& lock) {
  listing.state = Listing::State::being_read;
  lock.unlock();
  try {
    reader.read(listing);
  } catch (const std::bad_alloc&) {
    listing.found.clear();
    listing.children.clear();
    listing.ran_out_of_memory = true;
  }
  lock.lock();
  add_children(listing);
  listing.state = Listing::State::read;
  changed_.notify_all();
}

bool ListingQueue::read_further(Listing& listing) {
  if (!reader_.read_further(listing)) return false;
  const std::lock_guard lock(mutex_);
  add_children(listing);
  changed_.notify_all();
  return true;
}

void ListingQueue::add_children(Listing& listing) {
  ahead_ += listing.found.size();
  for (const auto& child : listing.children | std::views::reverse) waiting_.push_back(child.get());
}

void ListingQueue::passed(std::size_t entries) {
  const std::lock_guard lock(mutex_);
  const bool was_full = ahead_ >= kMostAhead;
  ahead_ -= entries;
  if (was_full && ahead_ < kMostAhead) changed_.notify_all();
}

void ListingQueue::work() {
  ListingReader reader(filter_);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return finished_ || may_read(); });
    if (finished_) return;
    read_next(reader, lock);
  }
}

void ListingQueue::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

}  // namespace npk::tree
