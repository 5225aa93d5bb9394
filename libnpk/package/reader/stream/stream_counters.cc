#include "package/reader/stream/stream_counters.h"

namespace npk::reader {

std::size_t stripe_of_this_thread() noexcept {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
  return number % kStripes;
}

void StreamCounters::add_cost(std::size_t stripe, const ReadCost& cost) {
  Line& line = lines_.at(stripe);
  add(line.hits, cost.hits);
  add(line.misses, cost.misses);
  add(line.stored_bytes, cost.stored_bytes);
  add(line.waiting, static_cast<std::uint64_t>(cost.waiting.count()));
  add(line.decoding, static_cast<std::uint64_t>(cost.decoding.count()));
}

StreamTotals StreamCounters::totals() const noexcept {
  StreamTotals sum;
  const auto value = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  lines_.for_each([&](const Line& line) {
    sum.bytes += value(line.bytes);
    sum.chunks_lent += value(line.lent);
    sum.chunks += value(line.lent) + value(line.copied);
    sum.operations += value(line.reads) + value(line.lent) + value(line.copied);
    sum.cost.hits += value(line.hits);
    sum.cost.misses += value(line.misses);
    sum.cost.stored_bytes += value(line.stored_bytes);
    sum.cost.waiting += std::chrono::nanoseconds(value(line.waiting));
    sum.cost.decoding += std::chrono::nanoseconds(value(line.decoding));
  });
  return sum;
}

}  // namespace npk::reader
