// Private to npk_chunk: the ways to find candidates, in one table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "chunk/chunker.h"

namespace npk::chunk {

// A position is a candidate if h < loose_bound, a strict one if h < strict_bound; both are powers of two.
struct ScanRule {
  const GearTable& table;
  std::uint64_t loose_bound;
  std::uint64_t strict_bound;

  [[nodiscard]] std::uint64_t roll(std::uint64_t hash, std::uint8_t byte) const noexcept {
    return (hash << 1) + table[byte];
  }
  [[nodiscard]] std::uint64_t roll(std::uint64_t hash, ByteView bytes) const noexcept {
    for (const std::uint8_t byte : bytes) hash = roll(hash, byte);
    return hash;
  }
  void record(std::uint64_t hash, std::size_t end, std::vector<Candidate>& out) const {
    if (hash < loose_bound) out.push_back({static_cast<std::uint32_t>(end), hash < strict_bound});
  }
};

// Appends the candidates of `slice` in order; `hash` is h just before it.
using ScanFunction = void (*)(const ScanRule& rule, std::uint64_t hash, ByteView slice, std::vector<Candidate>& out);

struct ScanKernel {
  std::string_view name;
  bool (*available)();  // runs here
  bool (*preferred)();  // and is faster here than the kernels below it
  ScanFunction scan;
};

// The last is available and preferred everywhere.
[[nodiscard]] std::span<const ScanKernel> scan_kernels() noexcept;

// For slices too short for lanes, and the tail that lanes leave: candidates `from` on.
void scan_serial(const ScanRule& rule, std::uint64_t hash, ByteView slice, std::size_t from, std::vector<Candidate>& out);

void scan_scalar(const ScanRule& rule, std::uint64_t hash, ByteView slice, std::vector<Candidate>& out);
#if defined(__x86_64__)
void scan_avx512(const ScanRule& rule, std::uint64_t hash, ByteView slice, std::vector<Candidate>& out);
#endif

}  // namespace npk::chunk
