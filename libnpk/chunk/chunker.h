// Where files are cut into chunks: by their content, or at a fixed size.
//
// The rule for content-defined cuts is spec/chunking's, in full:
//   table[i] for i = 0..255 is the i-th output of SplitMix64 started at `seed`: with all arithmetic modulo 2^64,
//     z = seed + (i + 1) * 0x9E3779B97F4A7C15;  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
//     z = (z ^ (z >> 27)) * 0x94D049BB133111EB;  table[i] = z ^ (z >> 31).
//   h(0) = 0 and h(p) = 2 * h(p - 1) + table[byte p - 1 of the file] modulo 2^64: h(p) depends on the 64 bytes before
//     position p only (fewer at the start of the file), not on where a chunk began.
//   With average = 2^n, position p is a loose candidate if the n - 2 highest bits of h(p) are zero, and a strict one
//     if the n + 2 highest are. (So each strict candidate is loose, too.)
//   A chunk that began at s ends at the least p > s for which one of these holds, with length = p - s:
//     minimum <= length < average and p is a strict candidate; length >= average and p is a loose candidate;
//     length = maximum; p is the end of the file. An empty file has no chunks.
// Sources: Xia et al., "FastCDC" (USENIX ATC 2016) for gear hash, minimum skipping and normalised chunking (its level 2);
// the masks are the highest bits, which depend on the most bytes. SplitMix64: Steele, Lea, Flood (OOPSLA 2014).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::chunk {

// Part of a package: the same parameters give the same chunks everywhere. Sizes in bytes.
struct ChunkParameters {
  std::uint32_t minimum = 16U << 10;
  std::uint32_t average = 64U << 10;  // a power of two
  std::uint32_t maximum = 256U << 10;
  std::uint64_t seed = 0;

  friend bool operator==(const ChunkParameters&, const ChunkParameters&) = default;
};

inline constexpr std::uint32_t kSmallestMinimum = 64;
inline constexpr std::uint32_t kSmallestAverage = 256;
inline constexpr std::uint32_t kLargestAverage = 64U << 20;
inline constexpr std::uint32_t kLargestMaximum = 1U << 30;
inline constexpr std::size_t kWindowBytes = 64;  // what a candidate depends on

// Errc::misuse naming the field unless 64 <= minimum <= average <= maximum <= 1 GiB and average is a power of two
// from 256 bytes to 64 MiB.
[[nodiscard]] Result<void> check_parameters(const ChunkParameters& parameters);

using GearTable = std::array<std::uint64_t, 256>;
[[nodiscard]] GearTable make_gear_table(std::uint64_t seed) noexcept;

// A position where the rule allows a cut.
struct Candidate {
  std::uint32_t end;  // bytes from the start of the slice to the cut, 1..slice length
  bool strict;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// The kernels that this machine can run; the last is "scalar" always.
[[nodiscard]] std::vector<std::string_view> kernel_names();

// Finds all candidates of a slice of a file, without knowing what was cut before it. Immutable: any threads may use one
// at once, each on slices of its own.
class CandidateScanner {
 public:
  // `kernel` forces one of kernel_names(); empty takes the one that the environment variable NPK_CHUNK_KERNEL names,
  // or else the one preferred on this machine. All kernels find the same. Errc::misuse for bad parameters or a kernel not available here.
  [[nodiscard]] static Result<CandidateScanner> make(const ChunkParameters& parameters, std::string_view kernel = {});

  // Appends the slice's candidates to `out` in ascending order. `before` is what precedes the slice in the file: at
  // least min(63, offset of the slice) bytes; of more, the last 63 count. Slices are at most kLargestSlice long: else
  // Errc::misuse. Time is about the same for all data, except where nearly every position is a candidate.
  [[nodiscard]] Result<void> scan(ByteView before, ByteView slice, std::vector<Candidate>& out) const;

  [[nodiscard]] std::string_view kernel_name() const noexcept;

  // The rule in numbers, for who looks for candidates elsewhere: p is a loose one where h(p) < loose_bound(), a strict one where h(p) < strict_bound();
  // both are powers of two. The table lives as long as the scanner or a copy of it.
  [[nodiscard]] const GearTable& gear_table() const noexcept { return *table_; }
  [[nodiscard]] std::uint64_t loose_bound() const noexcept { return std::uint64_t{1} << (64 - (average_log_ - 2)); }
  [[nodiscard]] std::uint64_t strict_bound() const noexcept { return std::uint64_t{1} << (64 - (average_log_ + 2)); }

  static constexpr std::size_t kLargestSlice = 1U << 30;

 private:
  CandidateScanner(const ChunkParameters& parameters, std::size_t kernel);

  std::shared_ptr<const GearTable> table_;
  unsigned average_log_;
  std::size_t kernel_;  // row of the kernel table
};

// Turns candidates into chunk lengths: give it the slices of one file in order, then finish(). However the file was
// sliced, the lengths are the same. Cheap and serial; not thread-safe; ready for the next file after finish().
class CutSelector {
 public:
  // Errc::misuse for bad parameters.
  [[nodiscard]] static Result<CutSelector> content_defined(const ChunkParameters& parameters);
  // Every chunk but the last is `bytes` long, 1..kLargestMaximum; give it no candidates.
  [[nodiscard]] static Result<CutSelector> fixed(std::uint32_t bytes);

  // Appends the lengths of the chunks that end within the next slice_bytes bytes of the file.
  void add(std::uint64_t slice_bytes, std::span<const Candidate> candidates, std::vector<std::uint32_t>& lengths);
  // The file ends here: appends the length of what is left, if anything, and starts over.
  void finish(std::vector<std::uint32_t>& lengths);

 private:
  CutSelector(std::uint32_t minimum, std::uint32_t average, std::uint32_t maximum) noexcept
      : minimum_(minimum), average_(average), maximum_(maximum) {}
  void cut_at_maximum(std::uint64_t length, std::vector<std::uint32_t>& lengths);

  std::uint32_t minimum_;
  std::uint32_t average_;
  std::uint32_t maximum_;
  std::uint64_t pending_ = 0;  // bytes since the last cut, up to the end of the last slice
};

// The rule read out loud, byte by byte: what the fast path is tested against. Parameters must be valid.
[[nodiscard]] std::vector<std::uint32_t> reference_chunk_lengths(ByteView file, const ChunkParameters& parameters);

}  // namespace npk::chunk
