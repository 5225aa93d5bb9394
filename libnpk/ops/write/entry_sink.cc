#include "npk/ops/entry_sink.h"

#include <algorithm>
#include <atomic>

#include "npk/bounded_queue.h"
#include "npk/ops/encode.h"
#include "npk/workers.h"

namespace npk::ops {
namespace {

constexpr std::size_t kPieceBytes = 1U << 20;
constexpr std::size_t kPieces = 4;

// What the sink hands over, as the source that the package's writer reads.
class HandedOver final : public SequentialSource {
 public:
  explicit HandedOver(std::string name) : name_(std::move(name)) {}

  Result<std::size_t> read(MutableBytes out) override {
    if (position_ == piece_.size()) {
      NPK_ASSIGN(std::optional<Bytes> next, queue.get());
      if (abandoned) return fail(Errc::cancelled, "the entry was given up");
      if (!next) return std::size_t{0};
      piece_ = *std::move(next);
      position_ = 0;
    }
    const std::size_t count = std::min(out.size(), piece_.size() - position_);
    std::copy_n(piece_.begin() + static_cast<std::ptrdiff_t>(position_), count, out.begin());
    position_ += count;
    return count;
  }
  std::string name() const override { return name_; }

  BoundedQueue<Bytes> queue{kPieces};
  std::atomic<bool> abandoned = false;

 private:
  std::string name_;
  Bytes piece_;  // never empty when queued
  std::size_t position_ = 0;
};

class EntrySink final : public Sink {
 public:
  EntrySink(const EntryRow& entry, std::unique_ptr<Sink> package, const WriterOptions& options, WriteReport* report)
      : path_(entry.path), user_(entry.user_name), group_(entry.group_name), source_(path_), package_(std::move(package)), options_(options), report_(report) {
    row_.path = path_;
    row_.mode = entry.mode;
    row_.uid = entry.uid;
    row_.gid = entry.gid;
    row_.user_name = user_;
    row_.group_name = group_;
    row_.mtime_seconds = entry.mtime_seconds;
    row_.mtime_nanoseconds = entry.mtime_nanoseconds;
  }
  ~EntrySink() override {
    source_.abandoned = true;
    source_.queue.close();
    pool_.reset();  // waits for the writer, which the package and the source must outlive
  }

  Result<void> start() {
    NPK_ASSIGN(pool_, WorkerPool::start({.workers = 1}));
    NPK_ASSIGN(JobHandle<WriteReport> job, pool_->submit({}, [this] {
      auto report = encode_stream(source_, row_, *package_, options_);
      source_.queue.close();  // nobody reads any more
      return report;
    }));
    job_ = std::move(job);
    return {};
  }

  Result<void> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const ByteView piece = bytes.first(std::min(bytes.size(), kPieceBytes));
      if (!source_.queue.put(Bytes(piece.begin(), piece.end()))) return failure();
      bytes = bytes.subspan(piece.size());
    }
    return {};
  }
  Result<void> commit() override {
    source_.queue.close();
    NPK_ASSIGN(const WriteReport report, job_->take());
    if (report_ != nullptr) *report_ = report;
    return {};
  }
  std::string name() const override { return path_; }

 private:
  // Why the queue was closed before its end.
  Result<void> failure() {
    NPK_ASSIGN(const WriteReport report, job_->take());
    static_cast<void>(report);
    return fail(Errc::misuse, "written to after commit");
  }

  std::string path_, user_, group_;
  EntryRow row_;
  HandedOver source_;
  std::unique_ptr<Sink> package_;
  WriterOptions options_;
  WriteReport* report_;
  std::unique_ptr<WorkerPool> pool_;
  std::optional<JobHandle<WriteReport>> job_;
};

}  // namespace

Result<std::unique_ptr<Sink>> entry_sink(const EntryRow& entry, std::unique_ptr<Sink> package, const WriterOptions& options, WriteReport* report) {
  auto sink = std::make_unique<EntrySink>(entry, std::move(package), options, report);
  NPK_TRY(sink->start());
  return sink;
}

}  // namespace npk::ops
