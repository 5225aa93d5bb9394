// links: npk_accel npk_format
// Input: operation (1 byte), whether the batch is as it should be but for its bytes (1), items (1), two bounds of cuts (8 each), then for each item where
// its input and output lie and their sizes (2 bytes each, or 8 where a byte before says so) and a parameter (4); then table, needles and bytes.
// Whatever the batch says: what check_batch() refuses is not run; what it lets pass is planned and run by the processor, within its memory.
#include <algorithm>

#include "accel/device/plan.h"
#include "accel/engine.h"
#include "fuzz/fuzz_input.h"

namespace {

using namespace npk;
using namespace npk::accel;

constexpr std::size_t kOutputBytes = 1U << 15;  // room for the outputs of eight items
constexpr std::uint8_t kCanary = 0xC7;

struct Work {
  Operation operation{};
  ByteView input;
  std::vector<Extent> inputs, outputs;
  std::vector<Outcome> outcomes;
  std::vector<std::uint32_t> parameters;
  std::vector<std::uint64_t> table;
  std::vector<ByteView> needles;
  CutBounds cuts;
};

std::uint64_t number(fuzz::Input& input) { return input.byte() == 255 ? input.take<std::uint64_t>() : input.take<std::uint16_t>(); }

bool has_parameters(Operation operation) {
  return operation == Operation::delta_encode || operation == Operation::delta_decode || operation == Operation::bit_pack ||
         operation == Operation::bit_unpack || operation == Operation::cut_points;
}

void take_items(fuzz::Input& input, Work& work, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    work.inputs.push_back({number(input), number(input)});
    work.outputs.push_back({number(input), number(input)});
    if (has_parameters(work.operation)) work.parameters.push_back(input.take<std::uint32_t>());
  }
  work.outcomes.resize(count);
}

void take_table(fuzz::Input& input, Work& work) {
  const std::size_t rows = work.operation == Operation::cut_points ? 256 : input.byte();
  std::uint64_t value = input.take<std::uint64_t>();
  for (std::size_t i = 0; i < rows; ++i) work.table.push_back(value = value * 6364136223846793005U + 1442695040888963407U);
  if (work.operation != Operation::pattern_match) return;
  for (std::size_t left = input.byte() % 8; left > 0; --left) work.needles.push_back(input.bytes(input.byte() % 9));
}

// Places and parameters folded to where they may be, so that the bytes are reached.
void make_sound(Work& work) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < work.inputs.size(); ++i) {
    Extent& from = work.inputs[i];
    from.offset = from.offset % (work.input.size() + 1) / 8 * 8;
    from.bytes = from.bytes % (work.input.size() - from.offset + 1);
    if (work.operation != Operation::lz4_decode) from.bytes = from.bytes / 8 * 8;
    work.outputs[i] = {out, work.outputs[i].bytes % (kOutputBytes / 8 - 7)};
    out += (work.outputs[i].bytes + 7) / 8 * 8;
    if (work.parameters.empty()) continue;
    std::uint32_t& parameter = work.parameters[i];
    if (work.operation == Operation::cut_points) parameter = static_cast<std::uint32_t>(parameter % std::min<std::uint64_t>(64, from.bytes + 1));
    else parameter = 1 + parameter % (work.operation == Operation::delta_encode || work.operation == Operation::delta_decode ? 2 : 64);
  }
  std::erase_if(work.needles, [](ByteView needle) { return needle.empty(); });
  if (work.operation == Operation::pattern_match && work.needles.empty()) work.needles.push_back(as_bytes("a"));
  work.cuts.strict = std::min(work.cuts.strict, work.cuts.loose);
}

// What devices rely on of a plan: items within the parts copied, tiles within their items.
void check_plan(const Batch& batch) {
  const auto plan = make_plan(batch);
  fuzz::require(plan.has_value(), "a plan of a small batch");
  fuzz::require(plan->items.size() == batch.inputs.size() && plan->tiles.size() == plan_sizes(batch).tiles, "a plan of all items");
  fuzz::require(plan->input.offset + plan->input.bytes <= batch.input.size() && plan->output.offset + plan->output.bytes <= batch.output.size(),
                "parts within the batch");
  for (const ItemRecord& item : plan->items) {
    fuzz::require(item.input_offset <= plan->input.bytes && item.input_bytes <= plan->input.bytes - item.input_offset, "an input within its part");
    fuzz::require(item.output_offset <= plan->output.bytes && item.output_room <= plan->output.bytes - item.output_offset, "an output within its part");
    fuzz::require(item.first_tile + item.tile_count <= plan->tiles.size(), "tiles that are there");
  }
}

void check_results(const Work& work, const Bytes& output) {
  std::vector<bool> is_an_items(output.size());
  for (std::size_t i = 0; i < work.outputs.size(); ++i) {
    fuzz::require(work.outcomes[i].status <= ItemStatus::corrupt, "a status");
    fuzz::require(work.outcomes[i].status != ItemStatus::ok || work.outcomes[i].bytes <= work.outputs[i].bytes, "no more than there is room for");
    fuzz::require(work.outcomes[i].status == ItemStatus::ok || work.outcomes[i].status == ItemStatus::no_room || work.outcomes[i].bytes == 0,
                  "nothing of what failed");
    std::fill_n(is_an_items.begin() + static_cast<std::ptrdiff_t>(work.outputs[i].offset), work.outputs[i].bytes, true);
  }
  for (std::size_t at = 0; at < output.size(); ++at) fuzz::require(is_an_items[at] || output[at] == kCanary, "only the items' outputs written");
}

// What an encoder made its decoder takes apart again.
void check_way_back(Queue& queue, const Work& work, const Bytes& output) {
  const auto step = static_cast<std::size_t>(work.operation);
  const bool has_inverse = work.operation == Operation::varint_encode || work.operation == Operation::zigzag_encode ||
                           work.operation == Operation::delta_encode || work.operation == Operation::frame_encode;
  if (!has_inverse) return;
  for (std::size_t i = 0; i < work.inputs.size(); ++i) {
    if (work.outcomes[i].status != ItemStatus::ok || work.outputs[i].offset % 8 != 0) continue;
    const ByteView encoded = ByteView(output).subspan(work.outputs[i].offset, work.outcomes[i].bytes);
    Bytes decoded(work.inputs[i].bytes);
    const Extent from{0, encoded.size()}, to{0, decoded.size()};
    Outcome outcome;
    Batch back{.operation = static_cast<Operation>(step + 1),
               .input = encoded,
               .inputs = {&from, 1},
               .output = decoded,
               .outputs = {&to, 1},
               .outcomes = {&outcome, 1}};
    if (!work.parameters.empty()) back.parameters = {&work.parameters[i], 1};
    fuzz::require(queue.submit(back).has_value() && queue.wait().has_value(), "a sound batch taken");
    fuzz::require(outcome == Outcome{decoded.size(), ItemStatus::ok}, "decoded");
    fuzz::require(std::ranges::equal(decoded, work.input.subspan(work.inputs[i].offset, work.inputs[i].bytes)), "the same values back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  Work work;
  work.operation = static_cast<Operation>(input.byte() % (kOperations + 1));  // the last is none
  const bool is_sound = input.flag() && static_cast<std::size_t>(work.operation) < kOperations;
  const std::size_t count = input.byte() % 8;
  work.cuts = {input.take<std::uint64_t>(), input.take<std::uint64_t>()};
  take_items(input, work, count);
  take_table(input, work);
  work.input = input.rest();
  if (is_sound) make_sound(work);
  Bytes output(kOutputBytes, kCanary);
  const Batch batch{work.operation, work.input, work.inputs, output, work.outputs, work.outcomes, work.parameters, work.table, work.needles, work.cuts};
  const bool passes = check_batch(batch).has_value();
  fuzz::require(passes || !is_sound, "a sound batch passes");
  const auto engine = open_engine(AccelBackend::cpu);
  const auto queue = (*engine)->open_queue();
  fuzz::require((*queue)->submit(batch).has_value() == passes, "what does not pass is not run");
  fuzz::require((*queue)->wait().has_value(), "a batch waited for");
  if (!passes) {
    fuzz::require(std::ranges::all_of(output, [](std::uint8_t byte) { return byte == kCanary; }), "nothing written for a batch that is refused");
    return 0;
  }
  check_plan(batch);
  check_results(work, output);
  check_way_back(**queue, work, output);
  return 0;
}
