#include "accel/cpu/operations.h"
#include "accel/cpu/value_arrays.h"

namespace npk::accel::cpu {

Outcome zigzag_encode(const Work& work) noexcept {
  const ValueArray from(work.input);
  const MutableValues to(work.output);
  for (std::size_t i = 0; i < from.size(); ++i) to.set(i, (from[i] << 1) ^ (0 - (from[i] >> 63)));
  return {work.expected_bytes};
}

Outcome zigzag_decode(const Work& work) noexcept {
  const ValueArray from(work.input);
  const MutableValues to(work.output);
  for (std::size_t i = 0; i < from.size(); ++i) to.set(i, (from[i] >> 1) ^ (0 - (from[i] & 1)));
  return {work.expected_bytes};
}

Outcome delta_encode(const Work& work) noexcept {
  const ValueArray from(work.input);
  const MutableValues to(work.output);
  const std::size_t count = from.size();
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 2); ++i) {
    const std::uint64_t before = i > 0 ? from[i - 1] : 0;
    to.set(i, work.parameter == 1 ? from[i] - before : from[i] - 2 * before);
  }
  if (work.parameter == 1) {
    for (std::size_t i = 2; i < count; ++i) to.set(i, from[i] - from[i - 1]);
  } else {
    for (std::size_t i = 2; i < count; ++i) to.set(i, from[i] - 2 * from[i - 1] + from[i - 2]);
  }
  return {work.expected_bytes};
}

Outcome delta_decode(const Work& work) noexcept {
  const ValueArray from(work.input);
  const MutableValues to(work.output);
  std::uint64_t value = 0, step = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    step = work.parameter == 1 ? from[i] : step + from[i];
    value += step;
    to.set(i, value);
  }
  return {work.expected_bytes};
}

Outcome dictionary(const Work& work, std::span<const std::uint64_t> table) noexcept {
  const MutableValues to(work.output);
  bool sound = true;
  for (std::size_t i = 0; i < work.input.size() / 4; ++i) {
    const auto row = load_le<std::uint32_t>(work.input.data() + 4 * i);
    if (row < table.size()) to.set(i, table[row]);
    else sound = false;
  }
  if (!sound) return {0, ItemStatus::out_of_range};
  return {work.expected_bytes};
}

}  // namespace npk::accel::cpu
