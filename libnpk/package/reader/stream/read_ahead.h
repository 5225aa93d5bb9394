// Notices that a stream is read in order, and then loads what comes next on other threads.
//
// Three reads in a row, each beginning where the one before it ended, are evidence; a read anywhere else ends it, and
// what was read ahead is dropped. Units that begin within the window from the position on are loaded, each as far as
// this content goes in it, while what is loaded and not yet read fits the memory bound. The unit the reader is in is
// held, so that a small block cache can't lose it between two reads.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "package/reader/stream/stream_content.h"
#include "package/reader/stream/stream_counters.h"
#include "pool/background.h"

namespace npk::reader {

struct ReadAheadBounds {
  std::uint64_t window_bytes = 0;  // 0: nothing is read ahead
  std::uint64_t memory_bytes = 0;
};

// For the thread that moves the stream's position. The content and the counters outlive it.
class ReadAhead {
 public:
  // Bytes at an offset that are there now, as many as lie together.
  struct Found {
    ByteView bytes;
    std::shared_ptr<const void> keeper;
  };

  ReadAhead(const StreamContent& content, ReadAheadBounds bounds, StreamCounters& counters);
  ~ReadAhead() { end(); }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // A read of this stretch at the position begins.
  void expect(std::uint64_t offset, std::uint64_t length);
  [[nodiscard]] bool is_sequential() const noexcept { return in_order_ >= kEvidence; }

  // Drops what lies before the offset and sees to it that what comes next is being loaded.
  void advance(std::uint64_t offset, const ContentRequest& request);
  // What is loaded at this offset: the unit the reader is in, or one that was read ahead; waits for a thread that is at
  // it. Of a reader in order that has none, the unit is loaded now, wholly. None: read from the content.
  [[nodiscard]] Result<std::optional<Found>> find(std::uint64_t offset, const ContentRequest& request, ReadCost& cost);
  // Where the next unit begins that is being read ahead, from an offset on that find() has nothing for.
  [[nodiscard]] std::uint64_t next_begin() const noexcept;

  // Nothing is loaded any more when it returns, and nothing kept. May be used again.
  void end() noexcept;

 private:
  static constexpr unsigned kEvidence = 2;  // reads that go on where the one before ended
  struct Item;
  void plan(std::uint64_t offset, const ContentRequest& request);
  [[nodiscard]] std::uint64_t unit_end(std::uint64_t offset, const ContentRequest& request) const;
  [[nodiscard]] std::shared_ptr<Item> item_from(std::uint64_t offset, const ContentRequest& request);
  [[nodiscard]] Result<std::shared_ptr<Item>> begun_item(std::uint64_t offset, const ContentRequest& request,
                                                         ReadCost& cost);
  [[nodiscard]] Result<std::shared_ptr<Item>> load_here(std::uint64_t offset, const ContentRequest& request,
                                                        ReadCost& cost);
  [[nodiscard]] bool start(const std::shared_ptr<Item>& item);
  void drop_first();
  void drop_all();
  void forget_finished();

  const StreamContent& content_;
  const ReadAheadBounds bounds_;
  StreamCounters& counters_;
  std::shared_ptr<pool::BackgroundWorkers> workers_;  // once there is something to do
  std::shared_ptr<Item> current_;                     // the reader is in it; loaded
  std::deque<std::shared_ptr<Item>> items_;           // in the order of the content, behind it
  std::vector<std::shared_ptr<Item>> unwanted_;       // still being loaded
  std::shared_ptr<Item> next_;                        // not begun: does not fit yet
  std::stop_source stop_{std::nostopstate};
  std::uint64_t planned_to_ = 0;
  std::uint64_t memory_bytes_ = 0;  // of items_
  std::uint64_t expected_ = 0;
  unsigned in_order_ = 0;
  bool first_ = true;
  bool can_start_;
};

}  // namespace npk::reader
