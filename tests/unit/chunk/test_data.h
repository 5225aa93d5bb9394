// Deterministic data of several kinds for the chunker tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "chunk/chunker.h"

namespace npk::chunk {

inline Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
  return bytes;
}

// Noise with long runs of one value and a stretch that repeats.
inline Bytes mixed_bytes(std::size_t size, std::uint64_t seed) {
  Bytes bytes = random_bytes(size, seed);
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(size / 8), bytes.begin() + static_cast<std::ptrdiff_t>(size / 4), std::uint8_t{0});
  std::copy_n(bytes.begin(), size / 8, bytes.begin() + static_cast<std::ptrdiff_t>(size / 2));
  return bytes;
}

// The first byte value whose endless run makes every position a candidate of this rule, in the fewest seeds.
inline ChunkParameters all_candidates(std::uint8_t byte) {
  ChunkParameters parameters{.minimum = 64, .average = 256, .maximum = 1024, .seed = 0};
  for (;; ++parameters.seed) {
    if ((0 - make_gear_table(parameters.seed)[byte]) >> 58 == 0) return parameters;
  }
}

// Chunk lengths by the fast path, the file cut into slices of this size.
inline std::vector<std::uint32_t> sliced_chunk_lengths(const CandidateScanner& scanner, const ChunkParameters& parameters,
                                                       ByteView file, std::size_t slice_size) {
  CutSelector selector = *CutSelector::content_defined(parameters);
  std::vector<std::uint32_t> lengths;
  std::vector<Candidate> candidates;
  for (std::size_t at = 0; at < file.size(); at += slice_size) {
    const std::size_t size = std::min(slice_size, file.size() - at);
    const std::size_t context = std::min<std::size_t>(at, 63);
    candidates.clear();
    (void)scanner.scan(file.subspan(at - context, context), file.subspan(at, size), candidates);
    selector.add(size, candidates, lengths);
  }
  selector.finish(lengths);
  return lengths;
}

}  // namespace npk::chunk
