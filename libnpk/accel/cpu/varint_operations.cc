#include <bit>

#include "accel/cpu/operations.h"
#include "accel/cpu/value_arrays.h"

namespace npk::accel::cpu {
namespace {

constexpr std::uint64_t varint_bytes(std::uint64_t value) noexcept { return (static_cast<std::uint64_t>(std::bit_width(value | 1)) + 6) / 7; }

}  // namespace

Outcome varint_encode(const Work& work) noexcept {
  const ValueArray values(work.input);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) bytes += varint_bytes(values[i]);
  if (bytes > work.output.size()) return {bytes, ItemStatus::no_room};
  std::uint8_t* out = work.output.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t value = values[i];
    for (; value > 127; value >>= 7) *out++ = static_cast<std::uint8_t>(value | 128);
    *out++ = static_cast<std::uint8_t>(value);
  }
  return {bytes};
}

Outcome varint_decode(const Work& work) noexcept {
  std::uint64_t room = work.output.size() / 8, count = 0, value = 0;
  unsigned length = 0;  // of the varint that has begun; 11: too long
  bool sound = true;
  const MutableValues values(work.output);
  for (const std::uint8_t byte : work.input) {
    if (length < 10) value |= std::uint64_t{byte & 127U} << (7 * length);
    length = std::min(length + 1, 11U);
    if (byte > 127) continue;
    sound = sound && (length < 10 || (length == 10 && byte == 1)) && (length == 1 || byte != 0);
    if (count < room) values.set(count, value);
    ++count;
    value = length = 0;
  }
  if (!sound) return {0, ItemStatus::corrupt};
  if (length != 0) return {0, ItemStatus::truncated};
  return {count * 8, count > room ? ItemStatus::no_room : ItemStatus::ok};
}

}  // namespace npk::accel::cpu
