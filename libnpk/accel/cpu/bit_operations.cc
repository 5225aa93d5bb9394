#include <bit>

#include "accel/cpu/operations.h"
#include "accel/cpu/value_arrays.h"
#include "accel/operation_rules.h"

namespace npk::accel::cpu {
namespace {

__extension__ using Wide = unsigned __int128;  // bits not yet written or read: fewer than 64 of them, and a value

constexpr std::uint64_t low_bits(std::uint32_t width) noexcept { return width >= 64 ? UINT64_MAX : (std::uint64_t{1} << width) - 1; }

// False where a value, less the base, does not fit.
bool pack(const ValueArray& values, std::uint64_t base, std::uint32_t width, std::uint8_t* out) noexcept {
  Wide bits = 0;
  std::uint32_t held = 0;
  std::uint64_t above = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t value = values[i] - base;
    above |= value & ~low_bits(width);
    bits |= Wide{value & low_bits(width)} << held;
    held += width;
    if (held < 64) continue;
    store_le(out, static_cast<std::uint64_t>(bits));
    out += 8;
    bits >>= 64;
    held -= 64;
  }
  for (; held > 0; held -= std::min(held, 8U)) {
    *out++ = static_cast<std::uint8_t>(bits);
    bits >>= 8;
  }
  return above == 0;
}

// The input has the bits of `count` values.
void unpack(ByteView input, std::uint64_t base, std::uint32_t width, std::size_t count, const MutableValues& out) noexcept {
  const std::uint8_t* from = input.data();
  const std::uint8_t* const end = from + input.size();
  Wide bits = 0;
  std::uint32_t held = 0;
  for (std::size_t i = 0; i < count; ++i) {
    while (held < width) {
      if (end - from >= 8 && held < 64) {
        bits |= Wide{load_le<std::uint64_t>(from)} << held;
        from += 8;
        held += 64;
      } else {
        bits |= Wide{*from++} << held;
        held += 8;
      }
    }
    out.set(i, base + (static_cast<std::uint64_t>(bits) & low_bits(width)));
    bits >>= width;
    held -= width;
  }
}

}  // namespace

Outcome bit_pack(const Work& work) noexcept {
  if (!pack(ValueArray(work.input), 0, work.parameter, work.output.data())) return {0, ItemStatus::out_of_range};
  return {work.expected_bytes};
}

Outcome bit_unpack(const Work& work) noexcept {
  unpack(work.input, 0, work.parameter, work.expected_bytes / 8, MutableValues(work.output));
  return {work.expected_bytes};
}

Outcome frame_encode(const Work& work) noexcept {
  const ValueArray values(work.input);
  std::uint64_t low = values.size() == 0 ? 0 : UINT64_MAX, high = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  const auto width = static_cast<std::uint32_t>(std::bit_width(high - low));
  const std::uint64_t bytes = kFrameHeaderBytes + packed_bytes(values.size(), width);
  if (bytes > work.output.size()) return {bytes, ItemStatus::no_room};
  store_le(work.output.data(), low);
  store_le(work.output.data() + 8, width);
  store_le(work.output.data() + 12, static_cast<std::uint32_t>(values.size()));
  if (width != 0) pack(values, low, width, work.output.data() + kFrameHeaderBytes);
  return {bytes};
}

Outcome frame_decode(const Work& work) noexcept {
  const auto base = load_le<std::uint64_t>(work.input.data());
  unpack(work.input.subspan(kFrameHeaderBytes), base, work.parameter, work.expected_bytes / 8, MutableValues(work.output));
  return {work.expected_bytes};
}

}  // namespace npk::accel::cpu
