#include "object_writer/generated_pieces.h"

#include <algorithm>
#include <thread>

namespace npk::synth::internal {

Result<std::unique_ptr<GeneratedPieces>> GeneratedPieces::start(const ObjectGenerator& object, std::size_t buffer_bytes, unsigned threads) {
  constexpr unsigned kMostThreads = 256;
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  if (threads > kMostThreads) return fail(Errc::misuse, "threads must be at most 256");
  const std::size_t pages = (buffer_bytes + sizeof(Page) - 1) / sizeof(Page);
  std::unique_ptr<GeneratedPieces> pieces(new GeneratedPieces(object, pages));
  if (threads == 1 || object.total() <= buffer_bytes) return pieces;
  NPK_ASSIGN(pieces->pool_, WorkerPool::start({.workers = threads, .queue_capacity = threads + 1}));
  for (unsigned i = 0; i < threads; ++i) NPK_TRY(pieces->submit(std::make_shared<std::vector<Page>>(pages)));
  return pieces;
}

Result<void> GeneratedPieces::submit(std::shared_ptr<std::vector<Page>> buffer) {
  if (submitted_ >= object_.total()) return {};
  const MutableBytes out = room(*buffer);
  const std::uint64_t offset = submitted_;
  submitted_ += out.size();
  NPK_ASSIGN(JobHandle<std::size_t> job, pool_->submit({}, [this, buffer, out, offset]() -> Result<std::size_t> { return object_.fill_at(offset, out); }));
  ahead_.push_back({std::move(buffer), std::move(job)});
  return {};
}

Result<void> GeneratedPieces::refill(std::uint64_t most) {
  if (pool_ == nullptr) {
    const MutableBytes out = room(*buffer_);
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), most));
    rest_ = out.first(object_.fill_at(position_, out.first(wanted)));
    return {};
  }
  NPK_TRY(submit(std::move(buffer_)));
  if (ahead_.empty()) return {};
  NPK_ASSIGN(const std::size_t count, ahead_.front().filled.take());
  buffer_ = std::move(ahead_.front().buffer);
  ahead_.pop_front();
  rest_ = room(*buffer_).first(count);
  return {};
}

Result<ByteView> GeneratedPieces::next(std::uint64_t most) {
  most = std::min(most, object_.total() - position_);
  if (most == 0) return ByteView();
  if (rest_.empty()) NPK_TRY(refill(most));
  const ByteView piece = rest_.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest_.size(), most)));
  rest_ = rest_.subspan(piece.size());
  position_ += piece.size();
  return piece;
}

}  // namespace npk::synth::internal
