// Private to npk_chunk: a slice as `kLanes` stretches of equal length that a kernel scans side by side.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "chunk/kernels.h"

namespace npk::chunk {

inline constexpr std::size_t kGroupBytes = 8;  // bytes of one lane that a kernel takes at a time

template <std::size_t kLanes>
class Lanes {
 public:
  // Slices shorter than this are not worth warming up the lanes for.
  static constexpr std::size_t kWorthwhileBytes = kLanes * 1024;

  Lanes(const ScanRule& rule, std::uint64_t hash, ByteView slice)
      : rule_(rule), slice_(slice), stretch_(slice.size() / kLanes / kGroupBytes * kGroupBytes) {
    hashes_[0] = hash;
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
      hashes_[lane] = rule.roll(0, slice.subspan(start(lane) - kWindowBytes, kWindowBytes));
    }
  }

  [[nodiscard]] std::size_t stretch() const noexcept { return stretch_; }
  [[nodiscard]] std::size_t start(std::size_t lane) const noexcept { return lane * stretch_; }
  [[nodiscard]] std::array<std::uint64_t, kLanes>& hashes() noexcept { return hashes_; }

  // Out of line, so that the hot loops keep their registers.
  [[gnu::noinline, gnu::cold]] void record(std::size_t lane, std::size_t position_in_stretch, std::uint64_t hash) {
    rule_.record(hash, start(lane) + position_in_stretch + 1, found_[lane]);
  }

  // Goes through a group again in which the lane has a candidate; `hash` is h before it.
  [[gnu::noinline, gnu::cold]] void record_group(std::size_t lane, std::size_t group, std::uint64_t hash) {
    const std::size_t at = start(lane) + group;
    for (std::size_t i = at; i < at + kGroupBytes; ++i) {
      hash = rule_.roll(hash, slice_[i]);
      rule_.record(hash, i + 1, found_[lane]);
    }
  }

  // All candidates in order; hashes() holds each lane's h at the end of its stretch.
  void finish(std::vector<Candidate>& out) const {
    for (const std::vector<Candidate>& found : found_) out.insert(out.end(), found.begin(), found.end());
    scan_serial(rule_, hashes_[kLanes - 1], slice_, kLanes * stretch_, out);
  }

 private:
  const ScanRule& rule_;
  ByteView slice_;
  std::size_t stretch_;
  std::array<std::uint64_t, kLanes> hashes_;
  std::array<std::vector<Candidate>, kLanes> found_;
};

}  // namespace npk::chunk
