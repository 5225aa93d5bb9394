// A batch as kernels see it: its tiles, and the kernels that run over them one after another.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/batch.h"
#include "accel/device/records.h"

namespace npk::accel {

// What a kernel's work items share out.
enum class Share : std::uint8_t {
  item_a_tile,   // a work item takes a tile
  group_a_tile,  // a group of them does
  group_an_item,
  item_an_item,
};

struct Launch {
  Kernel kernel{};
  Share share{};
  std::uint64_t a = 0, b = 0;
};

struct Plan {
  std::vector<ItemRecord> items;
  std::vector<TileRecord> tiles;
  std::vector<OutcomeRecord> outcomes;
  std::vector<std::uint64_t> table;     // pattern_match; else the batch's own
  std::uint64_t scratch_words = 0;
  std::vector<Launch> launches;
  Extent input, output;                 // the parts of the batch's that items lie in; places in `items` count from there
  bool output_is_whole = false;         // without a gap between items
};

struct PlanSizes {
  std::uint64_t tiles = 0;
  std::uint64_t scratch_words = 0;
};
[[nodiscard]] PlanSizes plan_sizes(const Batch& batch) noexcept;

// The batch has passed check_batch(). Errc::limit: more tiles than a device counts to.
[[nodiscard]] Result<Plan> make_plan(const Batch& batch);

// Needles by their first byte, for match_at() of kernels/search.cl: {257 places, two words a needle, bytes}.
[[nodiscard]] std::vector<std::uint64_t> needle_table(std::span<const ByteView> needles);

}  // namespace npk::accel
