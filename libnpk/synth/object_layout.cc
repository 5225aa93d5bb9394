#include <algorithm>
#include <cmath>
#include <string>

#include "synth/mix.h"

namespace npk::synth {
namespace {

using internal::Wide;

constexpr std::uint64_t kSizeLimit = std::uint64_t{1} << 62;
constexpr std::uint64_t kLargestBlock = 1U << 30;

Result<std::uint64_t> thousandths(double factor, const char* field) {
  if (!(factor >= 1 && factor <= kLargestFactor)) return fail(Errc::misuse, std::string(field) + " must be from 1 to 1,000,000");
  return static_cast<std::uint64_t>(std::llround(factor * 1000));
}

std::uint64_t unique_of(std::uint64_t blocks, std::uint64_t dedup_thousandths) {
  if (blocks == 0) return 0;
  const Wide rounded = (Wide{blocks} * 2000 + dedup_thousandths) / (Wide{2} * dedup_thousandths);
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rounded));
}

// Of an object of less than a block, so that small ones compress as well as large ones.
std::uint64_t equal_cells(std::uint64_t size) {
  const std::uint64_t cells = (size + kCellBytes - 1) / kCellBytes;
  return (size + cells - 1) / cells;
}

}  // namespace

Result<ObjectLayout> ObjectLayout::of(const ObjectOptions& options) {
  if (options.size_bytes >= kSizeLimit) return fail(Errc::misuse, "size_bytes must be below 2^62");
  if (options.block_bytes == 0 || options.block_bytes % kCellBytes != 0 || options.block_bytes > kLargestBlock)
    return fail(Errc::misuse, "block_bytes must be a multiple of 4,096 up to 1 GiB");
  NPK_ASSIGN(const std::uint64_t dedup, thousandths(options.dedup, "dedup"));
  NPK_ASSIGN(const std::uint64_t compress, thousandths(options.compress, "compress"));
  ObjectLayout layout;
  layout.size_bytes = options.size_bytes;
  layout.block_bytes = options.block_bytes;
  layout.blocks = options.size_bytes / options.block_bytes + (options.size_bytes % options.block_bytes != 0);
  layout.unique_blocks = unique_of(layout.blocks, dedup);
  layout.cell_bytes = options.size_bytes == 0 || options.size_bytes >= options.block_bytes ? kCellBytes : equal_cells(options.size_bytes);
  layout.compress_thousandths = compress;
  return layout;
}

std::uint64_t ObjectLayout::zero_bytes_before(std::uint64_t cells) const noexcept {
  return static_cast<std::uint64_t>(Wide{cells} * cell_bytes * (compress_thousandths - 1000) / compress_thousandths);
}

std::uint64_t ObjectLayout::zero_bytes_in_block(std::uint64_t unique_block) const noexcept {
  const std::uint64_t cells = block_bytes / cell_bytes;
  return zero_bytes_before((unique_block + 1) * cells) - zero_bytes_before(unique_block * cells);
}

}  // namespace npk::synth
