#include "npk/part_sink.h"

#include <algorithm>
#include <deque>

#include "npk/workers.h"

namespace npk {
namespace {

class PartSink final : public Sink {
 public:
  PartSink(std::shared_ptr<PartStore> store, const PartOptions& options, std::unique_ptr<WorkerPool> pool)
      : store_(std::move(store)), options_(options), pool_(std::move(pool)) {}
  ~PartSink() override { give_up(); }

  Result<void> write(ByteView bytes) override {
    if (store_ == nullptr) return fail(Errc::misuse, "written to after commit or a failure");
    while (!bytes.empty()) {
      // A part begins when its first byte is there, and goes when the next one's is: the last may then be any size.
      if (part_ != nullptr && part_->size() == options_.part_bytes) {
        if (auto put = begin_put(); !put) return given_up(std::move(put).error());
      }
      if (part_ == nullptr && parts_ == kMostParts) return given_up({.code = Errc::limit, .message = "more than 10,000 parts: larger ones would do"});
      if (part_ == nullptr) part_ = take_buffer();
      const std::size_t count = std::min(bytes.size(), options_.part_bytes - part_->size());
      part_->insert(part_->end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
      bytes = bytes.subspan(count);
    }
    return {};
  }

  Result<void> commit() override {
    if (store_ == nullptr) return fail(Errc::misuse, "committed twice or after a failure");
    if (part_ == nullptr && parts_ == 0) part_ = take_buffer();
    auto done = finish();
    if (!done) return given_up(std::move(done).error());
    store_.reset();
    return {};
  }

  std::string name() const override { return store_ == nullptr ? "" : store_->name(); }

 private:
  struct Put {
    std::shared_ptr<Bytes> bytes;
    JobHandle<bool> job;
  };

  std::shared_ptr<Bytes> take_buffer() {
    if (spare_.empty()) {
      auto buffer = std::make_shared<Bytes>();
      buffer->reserve(options_.part_bytes);
      return buffer;
    }
    auto buffer = std::move(spare_.back());
    spare_.pop_back();
    buffer->clear();
    return buffer;
  }

  // Waits for the oldest one where as many are under way as may be.
  Result<void> begin_put() {
    while (!under_way_.empty() && (under_way_.size() == options_.in_flight || under_way_.front().job.is_ready())) NPK_TRY(end_put());
    const std::uint32_t number = ++parts_;
    const std::uint64_t offset = std::uint64_t{number - 1} * options_.part_bytes;
    auto job = pool_->submit({}, [store = store_.get(), bytes = part_, number, offset]() -> Result<bool> {
      NPK_TRY(store->put(number, offset, *bytes));
      return true;
    });
    if (!job) return pass_on(std::move(job));
    under_way_.push_back({std::move(part_), *std::move(job)});
    part_.reset();
    return {};
  }

  Result<void> end_put() {
    NPK_ASSIGN(const bool done, under_way_.front().job.take());
    static_cast<void>(done);
    spare_.push_back(std::move(under_way_.front().bytes));
    under_way_.pop_front();
    return {};
  }

  Result<void> finish() {
    if (part_ != nullptr) NPK_TRY(begin_put());
    while (!under_way_.empty()) NPK_TRY(end_put());
    return store_->complete(parts_);
  }

  std::unexpected<Error> given_up(Error error) {
    give_up();
    return std::unexpected(std::move(error));
  }
  void give_up() noexcept {
    if (store_ == nullptr) return;
    pool_.reset();  // parts that have not begun never will; those that have end first
    under_way_.clear();
    part_.reset();
    spare_.clear();
    store_->abandon();
    store_.reset();
  }

  std::shared_ptr<PartStore> store_;  // none: committed, or given up
  PartOptions options_;
  std::uint32_t parts_ = 0;           // begun
  std::shared_ptr<Bytes> part_;       // being filled
  std::deque<Put> under_way_;
  std::vector<std::shared_ptr<Bytes>> spare_;
  std::unique_ptr<WorkerPool> pool_;
};

}  // namespace

Result<std::unique_ptr<Sink>> part_sink(std::shared_ptr<PartStore> store, const PartOptions& options) {
  constexpr std::size_t kLeast = 4096, kMost = std::size_t{1} << 30;
  constexpr unsigned kMostInFlight = 64;
  if (options.part_bytes < kLeast || options.part_bytes > kMost) return fail(Errc::misuse, "part_bytes must be from 4 KiB to 1 GiB");
  if (options.in_flight == 0 || options.in_flight > kMostInFlight) return fail(Errc::misuse, "in_flight must be from 1 to 64");
  NPK_ASSIGN(auto pool, WorkerPool::start({.workers = options.in_flight, .queue_capacity = options.in_flight}));
  return std::make_unique<PartSink>(std::move(store), options, std::move(pool));
}

}  // namespace npk
