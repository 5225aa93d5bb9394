// Sources and sinks that fail on purpose, wrapped around working ones.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "npk/source.h"

namespace npk::testing {

// What is to go wrong. Counts start at 1; the default is nothing.
struct FaultPlan {
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t fail_at_call = kNever;  // this call, and every later one, fails
  std::uint64_t fail_at_byte = kNever;  // a call that touches this byte or one behind it fails
  int error_number = 5;                 // EIO: reported with Errc::io
  std::size_t most_bytes_per_call = std::numeric_limits<std::size_t>::max();  // sequential sources: short reads
  std::uint64_t ends_at = kNever;  // the data ends here without an error, as a file cut short does
};

namespace fault_detail {

inline std::unexpected<Error> injected(const FaultPlan& plan, const std::string& name, std::uint64_t offset) {
  return std::unexpected<Error>(Error{.code = Errc::io,
                                      .message = "injected fault",
                                      .path = name,
                                      .offset = offset,
                                      .system_errno = plan.error_number});
}

inline bool is_due(const FaultPlan& plan, std::uint64_t call, std::uint64_t offset, std::uint64_t length) {
  return call >= plan.fail_at_call || (length > 0 && plan.fail_at_byte < offset + length);
}

}  // namespace fault_detail

// `size()` is a call too. Thread-safe if the inner source is.
class FaultSource final : public RandomAccessSource {
 public:
  FaultSource(std::shared_ptr<RandomAccessSource> inner, FaultPlan plan) : inner_(std::move(inner)), plan_(plan) {}

  Result<std::uint64_t> size() const override {
    if (fault_detail::is_due(plan_, ++calls_, 0, 0)) return fault_detail::injected(plan_, name(), 0);
    NPK_ASSIGN(const std::uint64_t all, inner_->size());
    return std::min(all, plan_.ends_at);
  }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    const std::uint64_t left = offset < plan_.ends_at ? plan_.ends_at - offset : 0;
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left)));
    if (fault_detail::is_due(plan_, ++calls_, offset, out.size())) return fault_detail::injected(plan_, name(), offset);
    return inner_->read_at(offset, out);
  }
  std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }

 private:
  std::shared_ptr<RandomAccessSource> inner_;
  FaultPlan plan_;
  mutable std::atomic<std::uint64_t> calls_{0};
};

class FaultSequentialSource final : public SequentialSource {
 public:
  FaultSequentialSource(std::unique_ptr<SequentialSource> inner, FaultPlan plan)
      : inner_(std::move(inner)), plan_(plan) {}

  Result<std::size_t> read(MutableBytes out) override {
    const std::uint64_t left = position_ < plan_.ends_at ? plan_.ends_at - position_ : 0;
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>({out.size(), plan_.most_bytes_per_call, left})));
    if (fault_detail::is_due(plan_, ++calls_, position_, out.size()))
      return fault_detail::injected(plan_, name(), position_);
    if (out.empty()) return std::size_t{0};
    NPK_ASSIGN(const std::size_t count, inner_->read(out));
    position_ += count;
    return count;
  }
  std::string name() const override { return inner_->name(); }

 private:
  std::unique_ptr<SequentialSource> inner_;
  FaultPlan plan_;
  std::uint64_t calls_ = 0;
  std::uint64_t position_ = 0;
};

// A write that reaches fail_at_byte still passes on the bytes before it, as a full disk does. commit() is a call too.
class FaultSink final : public Sink {
 public:
  FaultSink(std::unique_ptr<Sink> inner, FaultPlan plan) : inner_(std::move(inner)), plan_(plan) {}

  Result<void> write(ByteView bytes) override {
    if (!fault_detail::is_due(plan_, ++calls_, position_, bytes.size())) {
      position_ += bytes.size();
      return inner_->write(bytes);
    }
    if (calls_ < plan_.fail_at_call && plan_.fail_at_byte > position_)
      NPK_TRY(inner_->write(bytes.first(static_cast<std::size_t>(plan_.fail_at_byte - position_))));
    return fault_detail::injected(plan_, name(), position_);
  }
  Result<void> commit() override {
    if (fault_detail::is_due(plan_, ++calls_, position_, 0)) return fault_detail::injected(plan_, name(), position_);
    return inner_->commit();
  }
  std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }

 private:
  std::unique_ptr<Sink> inner_;
  FaultPlan plan_;
  std::uint64_t calls_ = 0;
  std::uint64_t position_ = 0;
};

// A sequential source over memory; the caller keeps the bytes alive.
class MemorySequentialSource final : public SequentialSource {
 public:
  explicit MemorySequentialSource(ByteView bytes) : bytes_(bytes) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = std::min(out.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  std::string name() const override { return "<memory>"; }

 private:
  ByteView bytes_;
};

}  // namespace npk::testing
