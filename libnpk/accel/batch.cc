#include "accel/batch.h"

#include <array>
#include <string>

#include "accel/operation_rules.h"

namespace npk::accel {
namespace {

std::unexpected<Error> misuse(const Batch& batch, std::string what) {
  return fail(Errc::misuse, std::string(name_of(batch.operation)) + ": " + std::move(what));
}

Result<void> check_extents(const Batch& batch, const OperationRules& rules) {
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    const Extent& from = batch.inputs[i];
    const Extent& to = batch.outputs[i];
    const std::string item = "item " + std::to_string(i);
    if (!lies_within(from, batch.input.size())) return misuse(batch, item + "'s input is not within the batch's, or above 4 GiB");
    if (!lies_within(to, batch.output.size())) return misuse(batch, item + "'s output is not within the batch's, or above 4 GiB");
    if (to.offset < end) return misuse(batch, item + "'s output is not behind those before it");
    if (from.offset % rules.input_alignment != 0 || to.offset % rules.output_alignment != 0) return misuse(batch, item + " is not aligned");
    if (from.bytes % rules.input_unit != 0) return misuse(batch, item + "'s input is not of whole values");
    end = to.offset + to.bytes;
  }
  return {};
}

Result<void> check_parameters(const Batch& batch, const OperationRules& rules) {
  const bool wanted = rules.largest_parameter != 0;
  if (batch.parameters.size() != (wanted ? batch.inputs.size() : 0)) return misuse(batch, "not as many parameters as items that have one");
  for (std::size_t i = 0; i < batch.parameters.size(); ++i) {
    const std::uint32_t parameter = batch.parameters[i];
    if (parameter < rules.least_parameter || parameter > rules.largest_parameter)
      return misuse(batch, "item " + std::to_string(i) + "'s parameter is " + std::to_string(parameter));
    if (batch.operation == Operation::cut_points && parameter > batch.inputs[i].bytes)
      return misuse(batch, "item " + std::to_string(i) + " has fewer bytes than precede it");
  }
  return {};
}

Result<void> check_needles(const Batch& batch) {
  constexpr std::size_t kMostBytesOfAll = std::size_t{64} << 20;
  if (batch.needles.empty() || batch.needles.size() > kMostNeedles) return misuse(batch, "from 1 to 65,536 needles");
  std::size_t bytes = 0;
  for (const ByteView needle : batch.needles) {
    if (needle.empty() || needle.size() > kMostNeedleBytes) return misuse(batch, "needles are from 1 byte to 64 KiB long");
    bytes += needle.size();
    if (bytes > kMostBytesOfAll) return misuse(batch, "needles of more than 64 MiB");
  }
  return {};
}

constexpr std::array<OperationRules, kOperations> kRules = {{
    {.name = "varint_encode", .input_alignment = 8, .input_unit = 8},
    {.name = "varint_decode", .output_alignment = 8},
    {.name = "zigzag_encode", .input_alignment = 8, .input_unit = 8, .output_alignment = 8},
    {.name = "zigzag_decode", .input_alignment = 8, .input_unit = 8, .output_alignment = 8},
    {.name = "delta_encode", .input_alignment = 8, .input_unit = 8, .output_alignment = 8, .least_parameter = 1, .largest_parameter = 2},
    {.name = "delta_decode", .input_alignment = 8, .input_unit = 8, .output_alignment = 8, .least_parameter = 1, .largest_parameter = 2},
    {.name = "bit_pack", .input_alignment = 8, .input_unit = 8, .output_alignment = 8, .least_parameter = 1, .largest_parameter = 64},
    {.name = "bit_unpack", .input_alignment = 8, .output_alignment = 8, .least_parameter = 1, .largest_parameter = 64},
    {.name = "frame_encode", .input_alignment = 8, .input_unit = 8, .output_alignment = 8},
    {.name = "frame_decode", .input_alignment = 8, .output_alignment = 8},
    {.name = "dictionary", .input_alignment = 4, .input_unit = 4, .output_alignment = 8},
    {.name = "histogram", .output_alignment = 8},
    {.name = "pattern_match", .output_alignment = 8},
    {.name = "cut_points", .output_alignment = 8, .largest_parameter = kWindowBytes},
    {.name = "blake3", .output_alignment = 8},
    {.name = "lz4_decode"},
}};

}  // namespace

bool lies_within(const Extent& extent, std::size_t size) noexcept {
  return extent.bytes <= kMostItemBytes && extent.offset <= size && extent.bytes <= size - extent.offset;
}

const OperationRules& rules_of(Operation operation) noexcept { return kRules[static_cast<std::size_t>(operation)]; }

std::string_view name_of(Operation operation) noexcept { return rules_of(operation).name; }

Result<void> check_batch(const Batch& batch) {
  if (static_cast<std::size_t>(batch.operation) >= kOperations) return fail(Errc::misuse, "no such operation");
  const OperationRules& rules = rules_of(batch.operation);
  if (batch.inputs.size() > kMostItems) return misuse(batch, "more than 16,777,216 items");
  if (batch.outputs.size() != batch.inputs.size() || batch.outcomes.size() != batch.inputs.size())
    return misuse(batch, "not as many outputs and outcomes as inputs");
  NPK_TRY(check_extents(batch, rules));
  NPK_TRY(check_parameters(batch, rules));
  if (batch.operation == Operation::pattern_match) return check_needles(batch);
  if (batch.operation == Operation::cut_points && (batch.table.size() != 256 || batch.cuts.strict > batch.cuts.loose))
    return misuse(batch, "a gear table has 256 values, and strict candidates are loose ones");
  return {};
}

Result<std::uint64_t> output_bound(Operation operation, std::uint64_t input_bytes, std::uint32_t parameter) {
  if (input_bytes > kMostItemBytes) return fail(Errc::limit, "an item of a batch is at most 4 GiB");
  const std::uint64_t values = input_bytes / 8;
  std::uint64_t bound = 0;
  switch (operation) {
    case Operation::varint_encode: bound = values * 10; break;
    case Operation::varint_decode: bound = input_bytes * 8; break;
    case Operation::zigzag_encode:
    case Operation::zigzag_decode:
    case Operation::delta_encode:
    case Operation::delta_decode: bound = values * 8; break;
    case Operation::bit_pack: bound = packed_bytes(values, parameter); break;
    case Operation::bit_unpack: bound = parameter == 0 ? 0 : input_bytes * 8 / parameter * 8; break;
    case Operation::frame_encode: bound = kFrameHeaderBytes + values * 8; break;
    case Operation::frame_decode: bound = input_bytes < kFrameHeaderBytes ? 0 : kMostItemBytes / 8 * 8; break;
    case Operation::dictionary: bound = input_bytes / 4 * 8; break;
    case Operation::histogram: bound = kHistogramBytes; break;
    case Operation::pattern_match:
    case Operation::cut_points: bound = input_bytes * 8; break;
    case Operation::blake3: bound = kDigestBytes; break;
    case Operation::lz4_decode: bound = input_bytes * 255; break;
  }
  if (bound > kMostItemBytes) return fail(Errc::limit, "an item of a batch is at most 4 GiB");
  return bound;
}

}  // namespace npk::accel
