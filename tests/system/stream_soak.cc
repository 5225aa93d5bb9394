#include "system/stream_soak.h"

#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "support/sanitized.h"
#include "system/soak_session.h"

namespace npk::testing {
namespace {

// What an arena of the allocator may keep free at its end, which malloc_trim gives back of the first arena only. glibc makes it 64 MiB as
// soon as large pieces are freed; then each of 16 arenas ends at the most its threads ever held at once, and the process grows for hours
// though what is allocated does not.
constexpr int kKeptOfHeapBytes = 128 << 10;

// Sizes from nothing to a few blocks; every fifth file is another's copy with a piece put in, every seventh has a hole.
TestTree soak_tree(std::size_t files, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  TestTree tree;
  Bytes last = make_data(DataKind::text, 90'000, seed);
  for (std::size_t i = 0; i < files; ++i) {
    TestEntry entry{.path = "f" + std::to_string(i)};
    const std::size_t size = i % 9 == 0 ? 300'000 + random() % 300'000 : i % 11 == 0 ? 0 : random() % 60'000;
    entry.content = make_data(kAllDataKinds[random() % std::size(kAllDataKinds)], size, random());
    if (i % 5 == 4) {
      entry.content = last;
      entry.content.insert(entry.content.begin() + static_cast<std::ptrdiff_t>(last.size() / 2), 333, std::uint8_t{7});
    } else if (i % 7 == 6) {
      entry.content.resize(400'000, std::uint8_t{5});
      std::fill_n(entry.content.begin() + 65'536, 4 * 65'536, std::uint8_t{0});
      entry.holes = {{65'536, 4 * 65'536}};
    }
    last = entry.content.size() > 1000 ? entry.content : last;
    tree.add(std::move(entry));
  }
  tree.sort();
  return tree;
}

std::string figures_of(const BufferPoolStatistics& s) {
  std::string text;
  for (const auto& [name, value] : {std::pair{"gets", s.gets}, {"hits", s.hits}, {"misses", s.misses}, {"refused", s.refused},
                                    {"returns", s.returns}, {"borrowed", s.borrowed_bytes}, {"idle", s.idle_bytes}, {"total", s.total_bytes}})
    text += std::string(" ") + name + " " + std::to_string(value);
  return text;
}

// As npk/buffer_pool.h has them.
bool reconcile(const BufferPoolStatistics& s) {
  return s.gets == s.hits + s.misses + s.refused && s.hits + s.misses == s.returns + s.borrowed_buffers &&
         s.total_bytes == s.borrowed_bytes + s.idle_bytes &&
         s.misses == s.borrowed_buffers + s.idle_buffers + s.freed_on_return + s.evicted_for_room + s.evicted_by_time + s.cleared;
}

}  // namespace

void SoakLog::wrong(const std::string& what) {
  const std::scoped_lock lock(mutex_);
  if (faults_.size() < 20) faults_.push_back(what);
}

std::vector<std::string> SoakLog::faults() const {
  const std::scoped_lock lock(mutex_);
  return faults_;
}

std::stop_source StopSlot::renew() {
  const std::scoped_lock lock(mutex_);
  return source_ = std::stop_source();
}

void StopSlot::request_stop() {
  const std::scoped_lock lock(mutex_);
  source_.request_stop();
}

StreamSoak::StreamSoak(std::size_t files) : pool_(BufferPool::create({.max_total_bytes = kLimits[0]}).value()) {
  if (!kSanitized) ::mallopt(M_TRIM_THRESHOLD, kKeptOfHeapBytes);
  // What does not shrink is stored.
  add_package("lz4", soak_tree(files, 1),
              {.preset = Preset::fast, .codec = "lz4", .block_bytes = 64U << 10, .chunk_bytes = 8192, .deduplication = Deduplication::none});
  add_package("zstd", soak_tree(files, 2), {.preset = Preset::standard, .block_bytes = 128U << 10, .chunk_bytes = 4096});
  add_package("lzma2", soak_tree(files, 3), {.preset = Preset::max, .codec = "lzma2", .level = 1, .block_bytes = 64U << 10, .chunk_bytes = 16'384});
}

void StreamSoak::add_package(const std::string& name, const TestTree& tree, const WriterOptions& options) {
  SoakPackage package{.path = scratch_ / (name + ".npk"),
                      .tree = tree,
                      .options = {.limits = {}, .block_cache_bytes = 1U << 20, .page_cache_bytes = 50'000, .pool = pool_}};
  write_file(package.path, as_text(pack(tree, options).bytes));
  readers_.push_back(PackageReader::open_file(package.path, package.options).value());
  std::size_t largest = 0;
  for (std::size_t i = 0; i < tree.entry_count(); ++i)
    if (tree.entries()[i].content.size() > tree.entries()[largest].content.size()) largest = i;
  shared_entries_.push_back(largest);
  shared_streams_.push_back(readers_.back().open_stream(readers_.back().entry(largest).value()).value());
  packages_.push_back(std::move(package));
}

void StreamSoak::run(unsigned threads, std::uint64_t round, const std::function<bool(std::uint64_t)>& goes_on) {
  std::vector<StopSlot> slots(threads);
  std::atomic<unsigned> running = threads;
  std::atomic<std::uint64_t> ticks = 0;
  const auto work = [&](std::uint64_t number) {
    SoakSession session(*this, slots[number], round * 1000 + number);
    for (std::uint64_t had = 0; goes_on(had); ++had) {
      session.run();
      if (++log_.sessions % 16 == 0) {
        ++ticks;
        ticks.notify_one();
      }
    }
    --running;
    ++ticks;
    ticks.notify_one();
  };
  std::vector<std::jthread> workers;
  for (std::uint64_t number = 0; number < threads; ++number) workers.emplace_back(work, number);
  std::mt19937_64 random(round);
  for (std::uint64_t seen = 0; running > 0; seen = ticks) {
    disturb(slots, random);
    ticks.wait(seen);
  }
}

void StreamSoak::disturb(std::vector<StopSlot>& slots, std::mt19937_64& random) {
  const std::uint64_t limit = kLimits[random() % std::size(kLimits)];
  pool_->set_max_total_bytes(limit);
  ++log_.limit_changes;
  check_pool(limit);
  slots[random() % slots.size()].request_stop();
  if (random() % 16 == 0) pool_->clear();
}

// Idle buffers never take what the limit does not allow; what is lent beyond it was lent before it was lowered.
void StreamSoak::check_pool(std::uint64_t limit) {
  const BufferPoolStatistics statistics = pool_->statistics();
  if (!reconcile(statistics)) log_.wrong("pool:" + figures_of(statistics));
  if (statistics.total_bytes > limit && statistics.idle_bytes > 0) log_.wrong("pool idle beyond its limit:" + figures_of(statistics));
  if (statistics.peak_total_bytes > kHighestLimit) log_.wrong("pool beyond its highest limit:" + figures_of(statistics));
}

StreamSoak::Memory StreamSoak::memory_at_rest() {
  pool_->clear();
  if (!kSanitized) ::malloc_trim(0);
  std::uint64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  const struct ::mallinfo2 heap = ::mallinfo2();
  return {heap.uordblks + heap.hblkhd, resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))};
}

void StreamSoak::finish() {
  std::uint64_t shared = 0;
  for (const FileStream& stream : shared_streams_) shared += stream.statistics().bytes_delivered;
  if (shared != shared_bytes_) log_.wrong("shared streams delivered " + std::to_string(shared) + " of " + std::to_string(shared_bytes_));
  check_pool(pool_->max_total_bytes());
  shared_streams_.clear();
  readers_.clear();
  const BufferPoolStatistics statistics = pool_->statistics();
  if (!reconcile(statistics) || statistics.borrowed_buffers != 0 || statistics.borrowed_bytes != 0) log_.wrong("pool, readers gone:" + figures_of(statistics));
  if (statistics.refused == 0 || statistics.hits == 0) log_.wrong("pool that was never short:" + figures_of(statistics));
}

}  // namespace npk::testing
