#include "accel/operation_rules.h"

namespace npk::accel {
namespace {

Expectation expect_frame(ByteView input) noexcept {
  if (input.size() < kFrameHeaderBytes) return {.status = ItemStatus::truncated};
  const auto width = load_le<std::uint32_t>(input.data() + 8);
  const std::uint64_t count = load_le<std::uint32_t>(input.data() + 12);
  if (width > 64) return {.status = ItemStatus::corrupt};
  const ItemStatus status = packed_bytes(count, width) > input.size() - kFrameHeaderBytes ? ItemStatus::truncated : ItemStatus::ok;
  return {.bytes = count * 8, .status = status, .parameter = width};
}

Expectation expect_unpacked(const Extent& input, const Extent& output, std::uint32_t width) noexcept {
  const std::uint64_t values = output.bytes / 8;
  return {values * 8, packed_bytes(values, width) > input.bytes ? ItemStatus::truncated : ItemStatus::ok, width};
}

// Sizes that only the content tells are 0 here.
Expectation expect_size(const Batch& batch, const Extent& input, const Extent& output, std::uint32_t parameter) noexcept {
  switch (batch.operation) {
    case Operation::zigzag_encode:
    case Operation::zigzag_decode:
    case Operation::delta_encode:
    case Operation::delta_decode: return {input.bytes, ItemStatus::ok, parameter};
    case Operation::bit_pack: return {packed_bytes(input.bytes / 8, parameter), ItemStatus::ok, parameter};
    case Operation::bit_unpack: return expect_unpacked(input, output, parameter);
    case Operation::frame_decode: return expect_frame(batch.input.subspan(input.offset, input.bytes));
    case Operation::dictionary: return {input.bytes * 2, ItemStatus::ok, parameter};
    case Operation::histogram: return {kHistogramBytes, ItemStatus::ok, parameter};
    case Operation::blake3: return {kDigestBytes, ItemStatus::ok, parameter};
    default: return {0, ItemStatus::ok, parameter};
  }
}

}  // namespace

Expectation expect(const Batch& batch, std::size_t item) noexcept {
  const std::uint32_t parameter = batch.parameters.empty() ? 0 : batch.parameters[item];
  Expectation expected = expect_size(batch, batch.inputs[item], batch.outputs[item], parameter);
  if (expected.status == ItemStatus::ok && expected.bytes > batch.outputs[item].bytes) expected.status = ItemStatus::no_room;
  return expected;
}

}  // namespace npk::accel
