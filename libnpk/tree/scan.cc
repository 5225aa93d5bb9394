#include "tree/scan.h"

#include <fcntl.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>

#include "tree/record_store.h"
#include "tree/root_table.h"
#include "tree/stored_path.h"
#include "tree/walk.h"

namespace npk::tree {
namespace {

using Order = std::vector<std::uint32_t>;

constexpr unsigned kMostThreads = 8;  // one makes the records; more readers than this wait for it

// Lets the readers go, also when memory runs out.
class Ending {
 public:
  explicit Ending(ListingQueue& queue) noexcept : queue_(queue) {}
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;
  ~Ending() { queue_.finish(); }

 private:
  ListingQueue& queue_;
};

void write_record_path(const RecordStore& store, std::uint32_t record, std::string& out) {
  std::size_t length = 0;
  for (std::uint32_t at = record; at != Record::kNoParent; at = store.records[at].parent) {
    const std::size_t part = store.text.get(store.records[at].name).size();
    length += part + (length > 0 && part > 0 ? 1 : 0);
  }
  out.resize(length);
  for (std::uint32_t at = record; at != Record::kNoParent && length > 0; at = store.records[at].parent) {
    const std::string_view part = store.text.get(store.records[at].name);
    length -= part.size();
    part.copy(out.data() + length, part.size());
    if (length > 0) out[--length] = '/';
  }
}

// Opens each distinct base once.
class BaseOpener {
 public:
  explicit BaseOpener(RootTable& table) : table_(table) {}

  Result<std::uint32_t> index_of(const ScanRoot& root) {
    const auto [at, is_new] =
        numbers_.try_emplace({root.base_fd, root.base}, static_cast<std::uint32_t>(table_.bases.size()));
    if (!is_new) return at->second;
    const int from = root.base_fd < 0 ? AT_FDCWD : root.base_fd;
    table_.bases.emplace_back(::openat(from, root.base.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!table_.bases.back()) return io::fail_system(errno, "can't be entered", root.base);
    return at->second;
  }

 private:
  RootTable& table_;
  std::map<std::pair<int, std::string>, std::uint32_t> numbers_;
};

// Joins what the roots found into one sorted order without repetitions.
class Merger {
 public:
  Merger(const RecordStore& store, const RootTable& roots, const ScanOptions& options)
      : store_(store), roots_(roots), options_(options) {}

  Order merge() {
    Order order = concatenate();
    if (roots_.roots.size() > 1 && overlapping_) drop_repeated(order);
    return order;
  }

 private:
  using Range = std::pair<std::uint32_t, std::uint32_t>;

  bool before(std::uint32_t a, std::uint32_t b) {
    write_record_path(store_, a, path_a_);
    write_record_path(store_, b, path_b_);
    const int compared = compare_stored(path_a_, path_b_);
    return compared != 0 ? compared < 0 : a < b;
  }

  // The kept records' first and last number of each root that has any, in the order of their first paths.
  std::vector<Range> ranges() {
    std::vector<Range> found;
    for (std::size_t i = 0; i < roots_.roots.size(); ++i) {
      std::uint32_t first = roots_.roots[i].record;
      std::uint32_t end =
          i + 1 < roots_.roots.size() ? roots_.roots[i + 1].record : static_cast<std::uint32_t>(store_.records.size());
      while (first < end && !store_.has(first, RecordFlag::kept)) ++first;
      while (end > first && !store_.has(end - 1, RecordFlag::kept)) --end;
      if (first < end) found.emplace_back(first, end - 1);
    }
    std::ranges::sort(found, [this](Range a, Range b) { return before(a.first, b.first); });
    return found;
  }

  Order concatenate() {
    Order order;
    order.reserve(store_.records.size());
    for (const auto& [first, last] : ranges()) {
      const auto middle = static_cast<std::ptrdiff_t>(order.size());
      for (std::uint32_t record = first; record <= last; ++record) {
        if (store_.has(record, RecordFlag::kept)) order.push_back(record);
      }
      // Equal counts as overlapping: the same path twice has to go through drop_repeated.
      if (middle == 0 || is_below(order[static_cast<std::size_t>(middle) - 1], first)) continue;
      overlapping_ = true;
      Order merged(order.size());
      std::merge(order.begin(), order.begin() + middle, order.begin() + middle, order.end(), merged.begin(),
                 [this](std::uint32_t x, std::uint32_t y) { return before(x, y); });
      order = std::move(merged);
    }
    return order;
  }

  bool is_below(std::uint32_t a, std::uint32_t b) {
    write_record_path(store_, a, path_a_);
    write_record_path(store_, b, path_b_);
    // A file followed by something "in" it needs drop_repeated as well.
    return compare_stored(path_a_, path_b_) < 0 && !is_in(path_b_, path_a_);
  }

  static bool is_in(std::string_view path, std::string_view directory) {
    return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
  }

  // Of equal paths the last given stays. What lies in a directory that a later root names as a file goes.
  void drop_repeated(Order& order) {
    std::size_t kept = 0;
    std::string path;
    std::string next;
    std::string file;  // the last kept path that is no directory
    for (std::size_t i = 0; i < order.size(); ++i) {
      write_record_path(store_, order[i], path);
      if (i + 1 < order.size()) {
        write_record_path(store_, order[i + 1], next);
        if (next == path) continue;
      }
      if (!file.empty() && is_in(path, file)) {
        if (options_.on_problem)
          options_.on_problem(
              Error{.code = Errc::exists, .message = "left out: also given as a file is " + file, .path = path});
        continue;
      }
      if (store_.records[order[i]].entry_kind() != format::EntryKind::directory) file = path;
      order[kept++] = order[i];
    }
    order.resize(kept);
  }

  const RecordStore& store_;
  const RootTable& roots_;
  const ScanOptions& options_;
  std::string path_a_;
  std::string path_b_;
  bool overlapping_ = false;
};

Result<void> walk_in_order(const std::vector<ScanRoot>& roots, Walker& walker, RootTable& table) {
  BaseOpener bases(table);
  for (const ScanRoot& root : roots) {
    NPK_ASSIGN(const std::uint32_t base, bases.index_of(root));
    NPK_TRY(walker.add_root(base, root.path));
  }
  return {};
}

// Whichever job begins first is the walk; the others read ahead of it.
Result<void> walk_roots(const std::vector<ScanRoot>& roots, const ScanOptions& options, RecordStore& store,
                        RootTable& table) {
  const ScanFilter filter(options);
  ListingQueue queue(filter);
  Walker walker(filter, queue, store, table);
  if (options.threads <= 1 || !options.run_jobs) return walk_in_order(roots, walker, table);
  std::atomic<bool> begun = false;
  Result<void> walked;
  const auto job = [&](unsigned) {
    if (begun.exchange(true)) return queue.work();
    const Ending ending(queue);
    walked = walk_in_order(roots, walker, table);
  };
  NPK_TRY(options.run_jobs(std::min(options.threads, kMostThreads), job));
  return walked;
}

}  // namespace

Result<ScannedTree> scan(const std::vector<ScanRoot>& roots, const ScanOptions& options) {
  auto store = std::make_unique<RecordStore>();
  auto table = std::make_unique<RootTable>();
  NPK_TRY(walk_roots(roots, options, *store, *table));
  Order order = Merger(*store, *table, options).merge();
  return ScannedTree(std::move(store), std::move(table), std::move(order));
}

void ScannedTree::path(std::size_t index, std::string& out) const {
  write_record_path(*store_, order_[index], out);
}

}  // namespace npk::tree
