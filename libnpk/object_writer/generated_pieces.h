// Private to npk_object_writer: an object's bytes in order and their checksums, made by the caller's thread and by others beside it.
//
// Pieces are claimed in order, one at a time. Who claims one fills a buffer of its own and sums it up step by step, while its cache holds what it
// filled; so a thread reads nothing that another one wrote, unless the sink does. The caller's thread gives them out in order, and where the next one
// is not there yet it makes one rather than wait. Buffers stay with their thread: where nobody reads them, their lines stay in one core's cache.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "npk/checksum.h"
#include "npk/synth.h"

namespace npk::synth::internal {

struct PlainChecksums {
  Crc32c crc32c;
  Crc32 crc32;
  bool with_crc32 = false;

  void update(ByteView bytes) noexcept;
  void append(const PlainChecksums& next, const ChecksumShift& shift) noexcept;
};

// One thread, whatever it starts.
class GeneratedPieces {
 public:
  // `threads`, the caller's among them, or as many as the system gives; each has kBuffersEach buffers, one alone has one. Errc::misuse: more than 256.
  [[nodiscard]] static Result<std::unique_ptr<GeneratedPieces>> start(const ObjectGenerator& object, std::size_t buffer_bytes, unsigned threads,
                                                                      bool with_crc32);
  ~GeneratedPieces() { stop(); }
  GeneratedPieces(const GeneratedPieces&) = delete;
  GeneratedPieces& operator=(const GeneratedPieces&) = delete;

  // What comes next, at most `most` bytes; empty at the end. Adds it to `sums`. Good until the next call. Aligned to a page where pieces are taken whole.
  [[nodiscard]] ByteView next(std::uint64_t most, PlainChecksums& sums) noexcept;
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  // Ends the other threads, as soon as they have filled what they are at. No next() after that.
  void stop() noexcept;

 private:
  static constexpr std::uint32_t kBuffersEach = 3, kAllUnused = (1U << kBuffersEach) - 1, kStopping = 1U << 31;

  struct alignas(4096) Page {
    std::array<std::uint8_t, 4096> bytes;
  };
  struct Buffer {
    std::unique_ptr<Page[]> pages;
    std::size_t bytes = 0;
    PlainChecksums sums;  // of them
  };
  // A thread's own. Only that thread clears bits, only the caller's sets them. All atomics are sequentially consistent: who sleeps, and who wakes it,
  // see what the other did first.
  struct alignas(64) Maker {
    std::atomic<std::uint32_t> unused = kAllUnused;  // a bit for each buffer; kStopping
  };

  GeneratedPieces(const ObjectGenerator& object, std::size_t piece_bytes, unsigned threads, bool with_crc32);
  void start_threads();
  void help(std::size_t maker) noexcept;
  // Claims a piece, makes it in one of the maker's unused buffers and puts it into the ring. False: all pieces are claimed.
  bool make_one(std::size_t maker, std::uint32_t unused) noexcept;
  void fill(std::uint64_t offset, MutableBytes out, PlainChecksums& sums) const noexcept;
  void give_back() noexcept;
  [[nodiscard]] const Buffer& take_next() noexcept;
  [[nodiscard]] ByteView alone(std::uint64_t most, PlainChecksums& sums) noexcept;

  const ObjectGenerator object_;
  const std::size_t piece_bytes_;
  const std::uint64_t pieces_;
  const bool with_crc32_;
  const ChecksumShift shift_;              // of a whole piece
  std::uint64_t position_ = 0;             // of what next() gives
  std::uint64_t taken_ = 0;                // pieces
  const Buffer* given_ = nullptr;          // whose piece is being given out
  ByteView rest_;                          // of that piece
  std::vector<Buffer> buffers_;            // kBuffersEach for each maker in turn
  std::vector<Maker> makers_;              // the first is the caller's
  // 1 + the buffer that holds piece n, at n modulo the size; 0: not made yet. Every piece claimed and not given back holds a buffer, so places are enough.
  std::vector<std::atomic<std::uint32_t>> ring_;
  alignas(64) std::atomic<std::uint64_t> claimed_ = 0;
  std::vector<std::thread> threads_;       // none: the caller's thread makes what it is asked for
};

}  // namespace npk::synth::internal
