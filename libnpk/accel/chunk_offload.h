// A package's heaviest work on chunks, by a device where one was asked for: where they may be cut, and their BLAKE3. What comes out is the
// same wherever it comes from.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "accel/engine.h"
#include "accel/offload_lane.h"
#include "chunk/chunker.h"

namespace npk::accel {

struct OffloadOptions {
  // Empty: what the environment variable NPK_ACCEL says (cpu, off, auto, opencl, cuda), or else off.
  std::optional<AccelMode> asked = {};
  unsigned threads = 1;                              // that will call at once; 0: as many as processors
  const chunk::CandidateScanner* scanner = nullptr;  // of find_cuts(), if it will be called; only looked at while making
  Drivers drivers = {};
};

// Where in a file candidates for cuts are looked for: extent, with `before` bytes of the file in front of it, at least min(63, what there is).
struct CutSlice {
  Extent extent;
  std::uint64_t before = 0;
  std::vector<chunk::Candidate>* found = nullptr;  // set anew
};

// Calls are made by any threads at once. Memory: for each thread in a call at once, two buffers of OffloadLane::kGroupBytes, or of the largest
// chunk if that is more, here and on the device.
class ChunkOffload {
 public:
  // Less than this in one call costs more to bring to a device than to do here.
  static constexpr std::uint64_t kLeastBytes = 256U << 10;

  // Errc::misuse where a backend was asked for by name and has no device, and for another word in NPK_ACCEL. `automatic` measures each device
  // that is not the processor itself (tens of milliseconds, of a slow one more) with `threads` threads at once, as it will be used, in calls of 256 KiB, 1 MiB
  // and 4 MiB. A device is taken for hashing, and for cuts, where it gives the same results a tenth faster than those threads of the
  // processor do, for calls at least as large as those it was faster in. Should it fail later, the processor goes on.
  [[nodiscard]] static Result<std::unique_ptr<ChunkOffload>> make(const OffloadOptions& options);
  ~ChunkOffload();

  // Whether so many bytes in one call are a device's to do; what is not callers do themselves.
  [[nodiscard]] bool takes_hashing(std::uint64_t bytes) const noexcept { return is_on_device() && bytes >= least_hashed_; }
  [[nodiscard]] bool takes_cuts(std::uint64_t bytes) const noexcept { return is_on_device() && bytes >= least_cut_; }
  [[nodiscard]] bool is_on_device() const noexcept { return engine_ != nullptr && !has_failed_.load(std::memory_order_relaxed); }

  // digests[i] is that of bytes[extents[i]], which lie within and are below 4 GiB. Errc::io where a device that was asked
  // for failed, Errc::limit where it has too little memory.
  [[nodiscard]] Result<void> hash(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests);
  // What scanner.scan() finds in each slice; they lie within `bytes` and are at most 1 GiB long. Errors likewise.
  [[nodiscard]] Result<void> find_cuts(const chunk::CandidateScanner& scanner, ByteView bytes, std::span<const CutSlice> slices);

  [[nodiscard]] AccelUse use() const;

 private:
  explicit ChunkOffload(AccelUse use);
  Result<void> open(AccelBackend backend, const Drivers& drivers);
  void choose(const OffloadOptions& options);
  bool try_device(const AccelDevice& device, const OffloadOptions& options);
  Result<std::unique_ptr<OffloadLane>> take_lane();
  Result<void> run(OffloadTask& task, std::uint64_t AccelUse::*counter);
  bool goes_on_without(const Error& error);

  std::unique_ptr<Engine> engine_;
  std::uint64_t least_hashed_ = kLeastBytes, least_cut_ = kLeastBytes;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex mutex_;  // of all below
  std::vector<std::unique_ptr<OffloadLane>> idle_;
  AccelUse use_;
};

}  // namespace npk::accel
