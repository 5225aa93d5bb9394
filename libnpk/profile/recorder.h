// What a Profile counts, before it is a report.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "npk/profile.h"

namespace npk {

struct LayerCounters {
  std::atomic<std::uint32_t> key = 0;  // as packed(); 0: free
  std::atomic<std::uint64_t> calls = 0, bytes_in = 0, bytes_out = 0, nanoseconds = 0, processor_nanoseconds = 0, longest_nanoseconds = 0,
                             memory_bytes = 0;
  std::atomic<std::uint64_t> sampled_bytes = 0;
  std::atomic<std::uint64_t> sampled_millibits = 0;  // entropy times the bytes it stands for
};

// Atomics, as threads that have written them need not have handed over to whoever reads.
struct SliceRecord {
  std::atomic<std::uint64_t> begin = 0, end = 0, bytes_in = 0;
  std::atomic<std::uint32_t> key = 0;  // 0: not written
  std::atomic<std::uint32_t> thread = 0;
};

struct Profile::Rep {
  static constexpr std::size_t kLayers = 64;  // more than there are stages and codecs; beyond, layers share the last

  explicit Rep(const ProfileOptions& options);

  [[nodiscard]] std::size_t layer_of(const ProfileKey& key) noexcept;
  [[nodiscard]] std::uint32_t thread_number() noexcept;
  void keep_slice(std::uint32_t key, std::uint64_t begin, std::uint64_t end, std::uint64_t bytes_in) noexcept;

  const ProfileClock clock;
  const std::uint64_t id;  // of this Profile, never used again
  std::array<LayerCounters, kLayers> layers;
  std::atomic<std::uint64_t> hits = 0, misses = 0;
  std::atomic<std::uint32_t> threads_seen = 0;
  const std::size_t most_slices;
  std::unique_ptr<SliceRecord[]> slices;
  std::atomic<std::uint64_t> next_slice = 0;

  std::string operation;
  unsigned threads = 0;
  std::uint64_t begun = 0, ended = 0;
};

[[nodiscard]] std::uint32_t packed(const ProfileKey& key) noexcept;  // never 0
[[nodiscard]] ProfileKey unpacked(std::uint32_t key) noexcept;

// Thousandths of a bit a byte.
[[nodiscard]] std::uint64_t entropy_millibits(ByteView raw) noexcept;

// Fills in the shares, the bottleneck and the advice.
void judge(ProfileReport& report);
[[nodiscard]] std::string advice_for(const ProfileReport& report);

}  // namespace npk
