// What a FileStream reads from, whatever that is: an entry of a package, or a source. Position, chunks, progress,
// statistics, cancellation and read-ahead are the stream's (file_stream.h); where bytes come from is the content's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>

#include "npk/buffer_pool.h"
#include "npk/bytes.h"
#include "npk/result.h"
#include "package/reader/cache/striped.h"

namespace npk::reader {

// What a read took, besides the bytes it gave.
struct ReadCost {
  std::uint64_t hits = 0, misses = 0;  // of blocks
  std::uint64_t stored_bytes = 0;      // asked of the source
  std::chrono::nanoseconds waiting{0}, decoding{0};
};

struct ContentRequest {
  std::size_t stripe = 0;
  bool sequential = false;  // what follows will be read too: a unit is loaded as far as this content goes in it
  bool ahead = false;       // by another thread than the one that reads it
  std::stop_token stop = {};
  std::chrono::milliseconds timeout{0};  // of each wait for another thread; 0: none

  [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept {
    using Clock = std::chrono::steady_clock;
    return timeout.count() == 0 ? Clock::time_point::max() : Clock::now() + timeout;
  }
};

// Bytes of the content that lie one behind the other in one unit: a block of a package, a piece of a source; or a hole.
struct Extent {
  static constexpr std::uint64_t kHole = UINT64_MAX;

  std::uint64_t begin = 0, end = 0;  // in the content
  std::uint64_t unit = kHole;
  std::uint64_t offset_in_unit = 0;

  [[nodiscard]] bool is_hole() const noexcept { return unit == kHole; }
  [[nodiscard]] bool holds(std::uint64_t offset) const noexcept { return offset >= begin && offset < end; }
  [[nodiscard]] std::uint64_t end_in_unit() const noexcept { return offset_in_unit + (end - begin); }
};

// A unit's bytes from its start, as far as they were asked for; they live as long as the keeper.
struct Unit {
  ByteView bytes;
  std::shared_ptr<const void> keeper;
};

// Thread-safe. Offsets and lengths given to it lie within the content; `cost` is added to.
class StreamContent {
 public:
  virtual ~StreamContent() = default;

  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
  // Fills `out`.
  [[nodiscard]] virtual Result<void> read(std::uint64_t offset, MutableBytes out, const ContentRequest& request,
                                          ReadCost& cost) const = 0;
  // The extent around an offset, as long as it can be told cheaply. May wait for another thread's reading of a page.
  [[nodiscard]] virtual Result<Extent> extent_at(std::uint64_t offset, const ContentRequest& request) const = 0;
  // The first `needed_bytes` of an extent's unit, at least.
  [[nodiscard]] virtual Result<Unit> load(const Extent& extent, std::uint64_t needed_bytes, const ContentRequest& request,
                                          ReadCost& cost) const = 0;
  // Whether load is worth its while for bytes that are wanted now (they are kept for others), not only ahead of time.
  [[nodiscard]] virtual bool keeps_units() const noexcept = 0;
  // Gives up what it holds to be quicker next time. No other thread may be reading.
  virtual void forget_recent() const noexcept {}
  // Where buffers for its bytes may come from, if there is room; null: nowhere in particular.
  [[nodiscard]] virtual std::shared_ptr<BufferPool> pool() const { return nullptr; }
};

}  // namespace npk::reader
