// The reference: each operation over one item, plainly. Other backends must give what these give.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "accel/batch.h"

namespace npk::accel::cpu {

// An item that check_batch() and expect() have passed; `parameter` as expect() gives it.
struct Work {
  ByteView input;
  MutableBytes output;
  std::uint32_t parameter = 0;
  std::uint64_t expected_bytes = 0;
};

[[nodiscard]] Outcome varint_encode(const Work& work) noexcept;
[[nodiscard]] Outcome varint_decode(const Work& work) noexcept;
[[nodiscard]] Outcome zigzag_encode(const Work& work) noexcept;
[[nodiscard]] Outcome zigzag_decode(const Work& work) noexcept;
[[nodiscard]] Outcome delta_encode(const Work& work) noexcept;
[[nodiscard]] Outcome delta_decode(const Work& work) noexcept;
[[nodiscard]] Outcome bit_pack(const Work& work) noexcept;
[[nodiscard]] Outcome bit_unpack(const Work& work) noexcept;
[[nodiscard]] Outcome frame_encode(const Work& work) noexcept;
[[nodiscard]] Outcome frame_decode(const Work& work) noexcept;
[[nodiscard]] Outcome dictionary(const Work& work, std::span<const std::uint64_t> table) noexcept;
[[nodiscard]] Outcome histogram(const Work& work) noexcept;
[[nodiscard]] Outcome cut_points(const Work& work, std::span<const std::uint64_t> gear, const CutBounds& bounds) noexcept;
[[nodiscard]] Outcome blake3(const Work& work) noexcept;
[[nodiscard]] Outcome lz4_decode(const Work& work) noexcept;

// Needles sorted once for all items of a batch.
class NeedleSet {
 public:
  explicit NeedleSet(std::span<const ByteView> needles);
  [[nodiscard]] Outcome match(const Work& work) const noexcept;

 private:
  std::span<const ByteView> needles_;
  std::vector<std::uint32_t> order_;             // by first byte, then by number
  std::array<std::uint32_t, 257> first_of_{};    // in order_
};

}  // namespace npk::accel::cpu
