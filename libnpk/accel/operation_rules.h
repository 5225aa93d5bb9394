// What operations ask of their items.
#pragma once

#include <cstdint>
#include <string_view>

#include "accel/batch.h"

namespace npk::accel {

struct OperationRules {
  std::string_view name;
  std::uint32_t input_alignment = 1;   // of the place, in bytes
  std::uint32_t input_unit = 1;        // of the size
  std::uint32_t output_alignment = 1;
  std::uint32_t least_parameter = 0;
  std::uint32_t largest_parameter = 0;  // 0: there is none
};

[[nodiscard]] const OperationRules& rules_of(Operation operation) noexcept;

inline constexpr std::uint64_t kFrameHeaderBytes = 16;
inline constexpr std::uint64_t kHistogramBytes = 256 * 4 + 8;
inline constexpr std::uint64_t kDigestBytes = 32;

// values <= 2^32, width <= 64.
[[nodiscard]] constexpr std::uint64_t packed_bytes(std::uint64_t values, std::uint32_t width) noexcept { return (values * width + 7) / 8; }

// What is known of an item before its bytes are gone through: its output's size where only that decides, and what is wrong already.
struct Expectation {
  std::uint64_t bytes = 0;
  ItemStatus status = ItemStatus::ok;
  std::uint32_t parameter = 0;  // frame_decode: its width; else the batch's
};
[[nodiscard]] Expectation expect(const Batch& batch, std::size_t item) noexcept;

}  // namespace npk::accel
