#include "package/reader/stream/read_ahead.h"

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
  [[nodiscard]] std::optional<Found> at(std::uint64_t offset) const;

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
    auto loaded = content.load(extents.front(), needed_bytes, {stripe, true, true, stop, {}}, cost);
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

std::optional<ReadAhead::Found> ReadAhead::Item::at(std::uint64_t offset) const {
  if (offset < begin() || offset >= end()) return std::nullopt;
  const auto extent = std::ranges::upper_bound(extents, offset, {}, &Extent::end);
  const auto from = static_cast<std::size_t>(extent->offset_in_unit + (offset - extent->begin));
  return Found{unit.bytes.subspan(from, static_cast<std::size_t>(extent->end - offset)), unit.keeper};
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

void ReadAhead::advance(std::uint64_t offset, const ContentRequest& request) {
  if (current_ != nullptr && current_->end() <= offset) current_.reset();
  while (!items_.empty() && items_.front()->end() <= offset) drop_first();
  if (can_start_ && is_sequential()) plan(offset, request);
}

// The unit the position is in belongs to the reader, who is at it already.
void ReadAhead::plan(std::uint64_t offset, const ContentRequest& request) {
  if (!unwanted_.empty()) forget_finished();
  if (planned_to_ <= offset && offset < content_.size()) {
    planned_to_ = unit_end(offset, request);
    next_.reset();
  }
  while (planned_to_ < content_.size() && planned_to_ - offset < bounds_.window_bytes && items_.size() < kMostItems) {
    if (next_ == nullptr) next_ = item_from(planned_to_, request);
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

std::uint64_t ReadAhead::unit_end(std::uint64_t offset, const ContentRequest& request) const {
  std::optional<std::uint64_t> unit;
  while (offset < content_.size()) {
    const auto extent = content_.extent_at(offset, request);
    if (!extent) return content_.size();
    if (unit && *unit != extent->unit) break;
    unit = extent->unit;
    offset = extent->end;
  }
  return offset;
}

// The next unit from an offset on, holes left out; null if the content ends first or can't be told (the reader will
// meet that).
std::shared_ptr<ReadAhead::Item> ReadAhead::item_from(std::uint64_t offset, const ContentRequest& request) {
  if (!stop_.stop_possible()) stop_ = std::stop_source();
  auto item = std::make_shared<Item>(content_, counters_, stop_.get_token());
  while (offset < content_.size()) {
    const auto extent = content_.extent_at(offset, request);
    if (!extent) return nullptr;
    offset = extent->end;
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

Result<std::optional<ReadAhead::Found>> ReadAhead::find(std::uint64_t offset, const ContentRequest& request,
                                                        ReadCost& cost) {
  if (current_ != nullptr) {
    if (auto found = current_->at(offset)) return found;
  }
  NPK_ASSIGN(current_, begun_item(offset, request, cost));
  if (current_ == nullptr && is_sequential() && content_.keeps_units()) {
    NPK_ASSIGN(current_, load_here(offset, request, cost));
  }
  return current_ == nullptr ? std::nullopt : current_->at(offset);
}

// The first of those read ahead, if the offset is in it and it came to anything. What no worker has begun is taken from
// them: the reader is quicker.
Result<std::shared_ptr<ReadAhead::Item>> ReadAhead::begun_item(std::uint64_t offset, const ContentRequest& request,
                                                               ReadCost& cost) {
  if (items_.empty() || items_.front()->begin() > offset) return nullptr;
  const std::shared_ptr<Item> item = items_.front();
  if (!item->task.is_done() && !item->task.take_back()) {
    const auto begun = std::chrono::steady_clock::now();
    Result<void> waited = item->task.wait(request.stop, request.deadline());
    cost.waiting += std::chrono::steady_clock::now() - begun;
    if (!waited) return pass_on(std::move(waited));
  }
  items_.pop_front();
  memory_bytes_ -= item->needed_bytes;
  if (item->unit.bytes.empty()) return nullptr;
  if (content_.keeps_units()) ++cost.hits;
  return item;
}

Result<std::shared_ptr<ReadAhead::Item>> ReadAhead::load_here(std::uint64_t offset, const ContentRequest& request,
                                                              ReadCost& cost) {
  NPK_ASSIGN(const Extent here, content_.extent_at(offset, request));
  if (here.is_hole()) return nullptr;
  std::shared_ptr<Item> item = item_from(offset, request);
  if (item == nullptr || item->needed_bytes > bounds_.memory_bytes) return nullptr;
  NPK_ASSIGN(item->unit, content_.load(item->extents.front(), item->needed_bytes, request, cost));
  return item;
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
  current_.reset();
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
