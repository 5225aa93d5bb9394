// Many threads that open, look up, read, seek, cancel and close over three packages whose readers share one pool, while
// the pool's limit moves up and down under them. All that comes back is held against what was packed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/reader.h"
#include "support/scratch.h"
#include "support/test_tree.h"

namespace npk::testing {

struct SoakPackage {
  std::string path;
  TestTree tree;  // regular files in path order: an entry's number is its index
  ReaderOptions options;
};

// Thread-safe.
struct SoakLog {
  std::atomic<std::uint64_t> sessions = 0, streams = 0, opens = 0, bytes = 0, batches = 0, cancelled = 0, limited = 0;
  std::atomic<std::uint64_t> limit_changes = 0;

  void wrong(const std::string& what);  // the first 20 are kept
  [[nodiscard]] std::vector<std::string> faults() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> faults_;
};

// The stop token of what a thread does now; another may ask it to stop.
class StopSlot {
 public:
  [[nodiscard]] std::stop_source renew();
  void request_stop();

 private:
  std::mutex mutex_;
  std::stop_source source_;
};

class StreamSoak {
 public:
  static constexpr std::uint64_t kLimits[] = {8U << 20, 1U << 20, 200'000, 3U << 20, 0, 16U << 20};
  static constexpr std::uint64_t kHighestLimit = 16U << 20;

  // `files` in each package.
  explicit StreamSoak(std::size_t files);

  // Each of `threads` goes on with session after session until `goes_on(sessions it had)` says no; an own thread moves
  // the limit every 16 sessions, stops one of them, and holds the pool's figures against each other. `round` seeds.
  void run(unsigned threads, std::uint64_t round, const std::function<bool(std::uint64_t)>& goes_on);
  // Nobody reads: the figures once more; with the readers gone, nothing may be out. Ends the soak.
  void finish();
  struct Memory {
    std::uint64_t allocated_bytes = 0, resident_bytes = 0;
  };
  // Of the process, with all that is idle given back.
  [[nodiscard]] Memory memory_at_rest();

  [[nodiscard]] SoakLog& log() noexcept { return log_; }

 private:
  friend class SoakSession;
  void add_package(const std::string& name, const TestTree& tree, const WriterOptions& options);
  void disturb(std::vector<StopSlot>& slots, std::mt19937_64& random);
  void check_pool(std::uint64_t limit);

  ScratchDirectory scratch_;
  std::shared_ptr<BufferPool> pool_;
  std::vector<SoakPackage> packages_;
  std::vector<PackageReader> readers_;
  std::vector<FileStream> shared_streams_;  // one a package, read by everyone
  std::vector<std::size_t> shared_entries_;
  std::atomic<std::uint64_t> shared_bytes_ = 0;
  SoakLog log_;
};

}  // namespace npk::testing
