// Made-up work for measuring: of each operation what it would meet. The same for the same sizes.
#pragma once

#include <array>
#include <vector>

#include "accel/batch.h"

namespace npk::accel {

struct MadeWork {
  Operation operation{};
  Bytes input;
  std::vector<Extent> inputs, outputs;
  std::uint64_t output_bytes = 0;
  std::vector<std::uint32_t> parameters;
  std::vector<std::uint64_t> table;
  std::vector<Bytes> needle_bytes;
  std::vector<ByteView> needles;  // views of needle_bytes
  CutBounds cuts;

  // The views live as long as this object.
  [[nodiscard]] Batch batch(ByteView in, MutableBytes out, std::span<Outcome> outcomes) const noexcept {
    return {operation, in, inputs, out, outputs, outcomes, parameters, table, needles, cuts};
  }
};

// About `bytes` of input in items of 64 KiB (lz4_decode: of output).
[[nodiscard]] MadeWork make_work(Operation operation, std::uint64_t bytes);

}  // namespace npk::accel
