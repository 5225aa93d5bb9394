// Made-up data on demand: objects of any size whose share of repeated blocks and whose compressibility are what the caller asks for.
//
// An object is a pure function of ObjectOptions: the same bytes on every machine, however it is cut, from whatever thread and offset.
// Nothing grows with its size: any byte is computed from its position.
//
// Random bytes: word w of 64 bits is the finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014)
// of base + w * 0x9E3779B97F4A7C15, with a second key between its two multiplications; both keys come from the 128 bits of the seed. Not
// cryptography: who sees some bytes may find out the others. Kernels for AVX-512, AVX2 and plain 64-bit integers make the same bytes;
// NPK_SYNTH_KERNEL=avx512|avx2|scalar in the environment forces one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "npk/bytes.h"
#include "npk/result.h"
#include "npk/source.h"

namespace npk::synth {

// What tells two objects of equal options apart.
struct Seed {
  std::uint64_t low = 0, high = 0;

  // 128 bits of the kernel's random numbers: two never collide, whatever threads, forks or clocks. Errc::io if it has none.
  [[nodiscard]] static Result<Seed> unique();
  // The seed of part `index` of what has this seed; distinct for distinct indices.
  [[nodiscard]] Seed derived(std::uint64_t index) const noexcept;

  friend bool operator==(const Seed&, const Seed&) = default;
};

inline constexpr std::uint64_t kCellBytes = 4096;
inline constexpr double kLargestFactor = 1'000'000;

struct ObjectOptions {
  Seed seed;
  std::uint64_t size_bytes = 0;           // below 2^62
  double dedup = 1;                       // 1 to kLargestFactor, kept to a thousandth: blocks for each that is unique
  double compress = 1;                    // likewise: bytes for each that is random; the others are zero
  std::uint64_t block_bytes = 1U << 20;   // a multiple of kCellBytes, at most 1 GiB. At 1 MiB npk's chunks of 64 KiB find the duplicates, too
};

// How an object is laid out. Its content is the prefix of size_bytes of a stream repeated for ever; the stream is unique_blocks blocks long,
// so block i is block i mod unique_blocks, and a cut last block begins like the block it repeats.
//
// The stream is made of cells: kCellBytes each or, in an object of less than a block, equal parts of it of at most so many. Of the first x cells
// floor(x * cell_bytes * (compress - 1) / compress) bytes are zero: what a cell gets less by rounding the next ones get more. Each cell begins with
// its random bytes and ends with its zeros, so a cut last cell may lack zeros.
struct ObjectLayout {
  std::uint64_t size_bytes = 0;
  std::uint64_t block_bytes = 0;
  std::uint64_t blocks = 0;               // the last may be cut
  std::uint64_t unique_blocks = 0;        // max(1, round(blocks / dedup)); 0 without blocks
  std::uint64_t cell_bytes = 0;
  std::uint64_t compress_thousandths = 1000;

  // Errc::misuse, naming the field and its range.
  [[nodiscard]] static Result<ObjectLayout> of(const ObjectOptions& options);
  // Of the stream's first `cells` cells together.
  [[nodiscard]] std::uint64_t zero_bytes_before(std::uint64_t cells) const noexcept;
  // Of a whole block of the stream; `unique_block` below unique_blocks.
  [[nodiscard]] std::uint64_t zero_bytes_in_block(std::uint64_t unique_block) const noexcept;
  [[nodiscard]] std::uint64_t period_bytes() const noexcept { return unique_blocks * block_bytes; }
};

namespace internal {
struct Kernel;
struct RandomKey {
  std::uint64_t base = 0, twist = 0;
};
}  // namespace internal

// An object, and a position in it. Cheap to copy (about 100 bytes, nothing allocated). One thread; but fill_at from any number of them at once.
class ObjectGenerator {
 public:
  // Errc::misuse as ObjectLayout::of; Errc::unsupported if the environment forces a kernel that is unknown or can't run here.
  [[nodiscard]] static Result<ObjectGenerator> create(const ObjectOptions& options);

  // Fills `out` in place with what comes next, as far as the object goes; the count, 0 at the end.
  std::size_t fill(MutableBytes out) noexcept;
  // All the rest; Errc::misuse, and nothing done, unless `out` is remaining() bytes.
  [[nodiscard]] Result<void> fill_remaining(MutableBytes out) noexcept;
  // Fills `out` from `offset` on, as far as the object goes; the count. Leaves the position alone. Any thread.
  std::size_t fill_at(std::uint64_t offset, MutableBytes out) const noexcept;

  [[nodiscard]] std::uint64_t total() const noexcept { return layout_.size_bytes; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] std::uint64_t remaining() const noexcept { return layout_.size_bytes - position_; }
  [[nodiscard]] bool complete() const noexcept { return position_ == layout_.size_bytes; }
  void reset() noexcept { position_ = 0; }
  [[nodiscard]] Result<void> seek(std::uint64_t position);  // Errc::misuse beyond the end

  [[nodiscard]] const ObjectLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] std::string_view kernel() const noexcept;   // "avx512", "avx2", "scalar"

 private:
  ObjectGenerator(const ObjectLayout& layout, const Seed& seed, const internal::Kernel& kernel) noexcept;
  void fill_stream(std::uint64_t position, MutableBytes out) const noexcept;
  void fill_random(std::uint64_t position, MutableBytes out) const noexcept;

  ObjectLayout layout_;
  internal::RandomKey key_;
  const internal::Kernel* kernel_;
  std::uint64_t position_ = 0;
};

// The object as a source: of an entry for PackageWriter, or to read at any place. From the beginning, wherever `object` is.
[[nodiscard]] std::unique_ptr<SequentialSource> object_source(const ObjectGenerator& object, std::string name = "<made up>");
[[nodiscard]] std::shared_ptr<RandomAccessSource> object_at_random(const ObjectGenerator& object, std::string name = "<made up>");

}  // namespace npk::synth
