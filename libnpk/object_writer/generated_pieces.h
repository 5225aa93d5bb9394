// Private to npk_object_writer: an object's bytes in order, made ahead of need by threads.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <vector>

#include "npk/synth.h"
#include "npk/workers.h"

namespace npk::synth::internal {

// One thread. At most threads + 1 buffers, whatever the object's size.
class GeneratedPieces {
 public:
  [[nodiscard]] static Result<std::unique_ptr<GeneratedPieces>> start(const ObjectGenerator& object, std::size_t buffer_bytes, unsigned threads);

  // What comes next, at most `most` bytes; empty at the end. Good until the next call. Aligned to a page where pieces are taken whole.
  [[nodiscard]] Result<ByteView> next(std::uint64_t most);
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

 private:
  struct alignas(4096) Page {
    std::array<std::uint8_t, 4096> bytes;
  };
  struct Piece {
    std::shared_ptr<std::vector<Page>> buffer;
    JobHandle<std::size_t> filled;
  };

  GeneratedPieces(const ObjectGenerator& object, std::size_t pages) : object_(object), buffer_(std::make_shared<std::vector<Page>>(pages)) {}
  [[nodiscard]] MutableBytes room(std::vector<Page>& pages) const noexcept { return {pages.front().bytes.data(), pages.size() * sizeof(Page)}; }
  [[nodiscard]] Result<void> submit(std::shared_ptr<std::vector<Page>> buffer);
  [[nodiscard]] Result<void> refill(std::uint64_t most);

  const ObjectGenerator object_;
  std::uint64_t position_ = 0;            // of what next() gives
  ByteView rest_;                         // of the piece being given out
  std::shared_ptr<std::vector<Page>> buffer_;  // that holds it
  std::uint64_t submitted_ = 0;
  std::deque<Piece> ahead_;
  std::unique_ptr<WorkerPool> pool_;      // none: made by the caller's thread. Last, so that its jobs end before what they fill goes
};

}  // namespace npk::synth::internal
