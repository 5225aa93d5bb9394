#include "npk/ops/blocks.h"

#include "block/chain_name.h"
#include "ops/read/block_heads.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

constexpr std::uint8_t kFirstFilter = 64, kLastFilter = 127;  // registry: Codecs

BlockStep step_of(const format::ChainStep& step) {
  const auto id = static_cast<std::uint8_t>(step.id);
  return {block::step_name(step.id), step.level, id >= kFirstFilter && id <= kLastFilter};
}

void read_chain(const reader::FrameReader& frames, BlockInfo& block) {
  const auto header = frames.read_header(block.position);
  const auto inner = header ? peek_inner_header(frames, block.position, *header) : Result<format::InnerHeader>(std::unexpected(header.error()));
  block.is_readable = inner.has_value();
  if (!inner) return;
  for (const format::ChainStep& step : inner->chain) block.chain.push_back(step_of(step));
}

BlockInfo describe(const format::ChunkPage& page, std::size_t index) {
  const format::BlockRow& row = page.blocks[index];
  BlockInfo block{.number = page.first_block + index, .position = row.position, .raw_bytes = row.raw_length, .stored_bytes = row.stored_length,
                  .chunks = 0, .base = {}, .is_dictionary = row.is_dictionary, .chain = {}};
  if (row.base_distance != 0) block.base = block.number - row.base_distance;
  return block;
}

}  // namespace

std::string reason_of(const BlockInfo& block) {
  if (!block.is_readable) return "its frame can't be read";
  if (block.chain.empty()) return "stored: compressing saves less than a 64th";
  if (!block.chain.front().is_filter && block.base) return "compressed with a base";
  if (!block.chain.front().is_filter) return "no filter was asked for, none saves 2 %, or kinds with much in common are joined";
  const BlockStep& filter = block.chain.front();
  if (filter.level < 0) return filter.name + " makes it " + std::to_string(-filter.level) + " % shorter";
  return filter.level > 0 ? filter.name + " saves " + std::to_string(filter.level) + " % in a trial" : filter.name + ": by the options";
}

Result<void> for_each_block(const PackageReader& package, const std::function<bool(const BlockInfo&)>& visit) {
  bool goes_on = true;
  return package.impl().chunks().for_each_page([&](const format::ChunkPage& page) -> Result<void> {
    std::vector<std::uint64_t> chunks(page.blocks.size());
    for (const format::ChunkRow& chunk : page.chunks) ++chunks[chunk.block];
    for (std::size_t i = 0; goes_on && i < page.blocks.size(); ++i) {
      BlockInfo block = describe(page, i);
      block.chunks = chunks[i];
      read_chain(package.impl().frames(), block);
      goes_on = visit(block);
    }
    return {};
  });
}

}  // namespace npk::ops
