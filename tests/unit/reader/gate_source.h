// A source that can be held up, cut short and watched while it is read.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "npk/source.h"

namespace npk::test {

// Thread-safe; at_read is set while nobody reads.
class GateSource final : public RandomAccessSource {
 public:
  explicit GateSource(std::shared_ptr<RandomAccessSource> inner) : inner_(std::move(inner)) {}

  void at_read(std::function<void(std::uint64_t)> call) { at_read_ = std::move(call); }
  void cut_at(std::uint64_t size) { ends_at_ = size; }

  void close_gate() { set_open(false); }
  void open_gate() { set_open(true); }
  // Until a thread stands at the closed gate.
  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_ > 0; });
  }
  // Until threads other than this one have read this often since it was made.
  void wait_for_others(std::uint64_t reads) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return others_ >= reads; });
  }

  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (at_read_) at_read_(offset);
    pass_gate();
    const std::uint64_t left = ends_at_ - std::min<std::uint64_t>(ends_at_, offset);
    auto count =
        inner_->read_at(offset, out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left))));
    if (std::this_thread::get_id() != owner_) count_other();
    return count;
  }
  std::string name() const override { return "<gate>"; }

 private:
  void set_open(bool open) {
    const std::scoped_lock lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  void pass_gate() const {
    std::unique_lock lock(mutex_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --held_;
  }
  void count_other() const {
    const std::scoped_lock lock(mutex_);
    ++others_;
    changed_.notify_all();
  }

  std::shared_ptr<RandomAccessSource> inner_;
  std::function<void(std::uint64_t)> at_read_;
  std::atomic<std::uint64_t> ends_at_ = UINT64_MAX;
  const std::thread::id owner_ = std::this_thread::get_id();
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool open_ = true;
  mutable int held_ = 0;
  mutable std::uint64_t others_ = 0;
};

}  // namespace npk::test
