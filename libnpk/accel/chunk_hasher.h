// BLAKE3 of many chunks at once, on a device where one was asked for. The digests are the same wherever they come from.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "accel/engine.h"

namespace npk::accel {

// Calls are made by any threads at once. Memory: for each thread in a call at once, two buffers of kGroupBytes, or of the largest chunk if that
// is more, here and on the device.
class ChunkHasher {
 public:
  static constexpr std::uint64_t kGroupBytes = 8U << 20;
  // Less than this in one call costs more to bring to a device than to hash here.
  static constexpr std::uint64_t kLeastBytes = 256U << 10;

  // `asked` empty: what the environment variable NPK_ACCEL says (cpu, off, auto, opencl, cuda), or else off. Errc::misuse where a backend was
  // asked for by name and has no device, and for another word in NPK_ACCEL. `automatic` measures the devices that are not the processor
  // itself (a few milliseconds each) and takes one that is faster than one of its cores and gives the same digests; should it fail later, the
  // processor goes on.
  [[nodiscard]] static Result<std::unique_ptr<ChunkHasher>> make(std::optional<AccelMode> asked, const Drivers& drivers = {});
  ~ChunkHasher();

  // Where hashing is the processor's, callers do that themselves.
  [[nodiscard]] bool is_on_device() const noexcept { return engine_ != nullptr && !has_failed_.load(std::memory_order_relaxed); }

  // digests[i] is that of bytes[extents[i]], which lie within and are below 4 GiB. Errc::io where a device that was asked
  // for failed, Errc::limit where it has too little memory.
  [[nodiscard]] Result<void> hash(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests);

  [[nodiscard]] AccelUse use() const;

 private:
  class Lane;
  explicit ChunkHasher(AccelUse use);
  Result<void> open(AccelBackend backend, const Drivers& drivers);
  Result<std::unique_ptr<Lane>> take_lane();
  void give_back(std::unique_ptr<Lane> lane, std::uint64_t bytes);

  Result<void> hash_on_device(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests);

  std::unique_ptr<Engine> engine_;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex mutex_;  // of all below
  std::vector<std::unique_ptr<Lane>> idle_;
  AccelUse use_;
};

}  // namespace npk::accel
