#include "package/reader/read_ahead.h"

#include <algorithm>

#include "pool/pipeline.h"

namespace npk::reader {
namespace {

constexpr std::size_t kMostItems = 64;

}  // namespace

// A unit that is loaded ahead, and where its bytes lie in the content.
struct ReadAhead::Item {
  Item(const StreamContent& from, StreamCounters& count, std::stop_token stop)
      : content(from), counters(count), task([this, stop] { load(stop); }) {}

  [[nodiscard]] std::uint64_t begin() const noexcept { return extents.front().begin; }
  [[nodiscard]] std::uint64_t end() const noexcept { return extents.back().end; }
  void load(const std::stop_token& stop);

  const StreamContent& content;
  StreamCounters& counters;
  std::vector<Extent> extents;     // ascending, without gaps
  std::uint64_t needed_bytes = 0;  // of the unit
  Unit unit;                       // once the task is done; empty: it failed
  pool::BackgroundTask task;
};

// A failure is not told: who comes to read here meets it for himself, or not any more.
void ReadAhead::Item::load(const std::stop_token& stop) {
  ReadCost cost;
  const std::size_t stripe = stripe_of_this_thread();
  try {
    auto loaded = content.load(extents.front(), needed_bytes, {stripe, true, stop, {}}, cost);
    if (loaded) unit = *std::move(loaded);
  } catch (const std::bad_alloc&) {
    unit = Unit{};
  }
  const bool was_there = cost.hits != 0;
  if (!unit.bytes.empty() && !was_there) counters.units_read_ahead.fetch_add(1, std::memory_order_relaxed);
  cost.hits = 0;
  cost.waiting = cost.decoding = std::chrono::nanoseconds(0);  // not the caller's
  counters.add_cost(stripe, cost);
}

ReadAhead::ReadAhead(const StreamContent& content, ReadAheadBounds bounds, StreamCounters& counters)
    : content_(content),
      bounds_(bounds),
      counters_(counters),
      can_start_(bounds.window_bytes != 0 && pool::processor_count() > 1) {}

void ReadAhead::expect(std::uint64_t offset, std::uint64_t length) {
  if (offset == expected_ && !first_) {
    in_order_ = std::min(in_order_ + 1, kEvidence);
  } else {
    in_order_ = 0;
    drop_all();
  }
  first_ = false;
  expected_ = offset + length;
}

void ReadAhead::advance(std::uint64_t offset) {
  while (!items_.empty() && items_.front()->end() <= offset) drop_first();
  if (can_start_ && is_sequential()) plan(offset);
}

// The unit the position is in belongs to the reader, who is at it already.
void ReadAhead::plan(std::uint64_t offset) {
  if (!unwanted_.empty()) forget_finished();
  if (planned_to_ <= offset && offset < content_.size()) {
    const auto here = content_.extent_at(offset);
    planned_to_ = here ? here->end : content_.size();
    next_.reset();
  }
  while (planned_to_ < content_.size() && planned_to_ - offset < bounds_.window_bytes && items_.size() < kMostItems) {
    if (next_ == nullptr) next_ = next_item();
    if (next_ == nullptr) {
      planned_to_ = content_.size();
      return;
    }
    if (next_->needed_bytes > bounds_.memory_bytes - memory_bytes_ || !start(next_)) return;
    planned_to_ = next_->end();
    memory_bytes_ += next_->needed_bytes;
    items_.push_back(std::move(next_));
  }
}

// The next unit from planned_to_ on, holes left out; null if the content ends first or can't be told (the reader will
// meet that).
std::shared_ptr<ReadAhead::Item> ReadAhead::next_item() {
  if (!stop_.stop_possible()) stop_ = std::stop_source();
  auto item = std::make_shared<Item>(content_, counters_, stop_.get_token());
  for (std::uint64_t at = planned_to_; at < content_.size();) {
    const auto extent = content_.extent_at(at);
    if (!extent) return nullptr;
    at = extent->end;
    if (extent->is_hole() && item->extents.empty()) continue;
    if (!item->extents.empty() && item->extents.front().unit != extent->unit) break;
    item->extents.push_back(*extent);
    item->needed_bytes = std::max(item->needed_bytes, extent->end_in_unit());
  }
  return item->extents.empty() ? nullptr : item;
}

bool ReadAhead::start(const std::shared_ptr<Item>& item) {
  if (workers_ == nullptr) workers_ = pool::BackgroundWorkers::of_process();
  unwanted_.reserve(unwanted_.size() + items_.size() + 1);  // so that dropping them takes no memory
  can_start_ = workers_->submit(std::shared_ptr<pool::BackgroundTask>(item, &item->task));
  return can_start_;
}

Result<std::optional<ReadAhead::Found>> ReadAhead::find(std::uint64_t offset, const ReadRequest& request,
                                                        ReadCost& cost) {
  if (items_.empty() || items_.front()->begin() > offset) return std::nullopt;
  const std::shared_ptr<Item> item = items_.front();
  if (item->task.take_back()) {
    drop_first();
    return std::nullopt;
  }
  if (!item->task.is_done()) {
    const auto begun = std::chrono::steady_clock::now();
    Result<void> waited = item->task.wait(request.stop, request.deadline());
    cost.waiting += std::chrono::steady_clock::now() - begun;
    if (!waited) return pass_on(std::move(waited));
  }
  if (item->unit.bytes.empty()) {
    drop_first();
    return std::nullopt;
  }
  const auto extent = std::ranges::find_if(item->extents, [&](const Extent& at) { return at.holds(offset); });
  const std::uint64_t skipped = offset - extent->begin;
  return Found{item->unit.bytes.subspan(static_cast<std::size_t>(extent->offset_in_unit + skipped),
                                        static_cast<std::size_t>(extent->end - offset)),
               item->unit.keeper};
}

std::uint64_t ReadAhead::next_begin() const noexcept {
  return items_.empty() ? content_.size() : items_.front()->begin();
}

void ReadAhead::drop_first() {
  const std::shared_ptr<Item> item = std::move(items_.front());
  items_.pop_front();
  memory_bytes_ -= item->needed_bytes;
  if (item->task.is_done())
    item->unit = Unit{};  // the worker may still hold the item
  else if (!item->task.take_back())
    unwanted_.push_back(item);
}

void ReadAhead::drop_all() {
  while (!items_.empty()) drop_first();
  next_.reset();
  planned_to_ = 0;
}

void ReadAhead::forget_finished() {
  std::erase_if(unwanted_, [](const std::shared_ptr<Item>& item) {
    if (!item->task.is_done()) return false;
    item->unit = Unit{};
    return true;
  });
}

void ReadAhead::end() noexcept {
  stop_.request_stop();
  drop_all();
  for (const std::shared_ptr<Item>& item : unwanted_) item->task.wait();
  forget_finished();
  workers_.reset();
  stop_ = std::stop_source(std::nostopstate);
  in_order_ = 0;
}

}  // namespace npk::reader
