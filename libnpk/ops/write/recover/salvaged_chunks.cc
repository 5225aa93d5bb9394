#include "ops/write/recover/salvaged_chunks.h"

#include <algorithm>
#include <numeric>

#include "hash/hash.h"
#include "ops/write/recover/rebuilt_leaves.h"

namespace npk::ops {
namespace {

constexpr std::uint64_t kDecodedBytes = 64ULL << 20;
constexpr std::uint64_t kChunkBytes = 64, kBlockBytes = 100;

}  // namespace

Result<void> SalvagedChunks::load() {
  RebuiltLeaves rebuilt(frames_);
  for (std::size_t number = 0; number < frames_.all().size(); ++number) {
    const format::FrameType type = frames_.all()[number].header.type;
    if (type != format::FrameType::chunk_page && type != format::FrameType::manifest) continue;
    const bool is_there = type == format::FrameType::chunk_page;
    auto leaf = is_there ? leaf_in(frames_.all()[number]) : rebuilt.leaf_before(number);
    if (!leaf) continue;
    if (is_there) rebuilt.pass(*leaf);
    NPK_TRY(add(*std::move(leaf), !is_there));
  }
  return {};
}

// A page that makes no sense is lost, like one that is not there.
std::optional<format::ChunkPage> SalvagedChunks::leaf_in(const FoundFrame& frame) const {
  const auto body = frames_.body(frame);
  if (!body) return std::nullopt;
  const auto raw = block::open_page(*body, frames_.limits());
  if (!raw || raw->empty() || raw->front() != static_cast<std::uint8_t>(format::PageKind::chunk_leaf)) return std::nullopt;
  auto page = format::decode_chunk_page(*raw, frames_.limits());
  if (!page || page->chunks.empty()) return std::nullopt;
  return *std::move(page);
}

Result<void> SalvagedChunks::add(format::ChunkPage page, bool is_rebuilt) {
  memory_bytes_ += page.chunks.size() * kChunkBytes + page.blocks.size() * kBlockBytes;
  if (memory_bytes_ > frames_.page_memory())
    return fail(Errc::limit, "the chunk pages take more memory than a package of this size may ask for");
  place(std::move(page), is_rebuilt);
  return {};
}

void SalvagedChunks::place(format::ChunkPage page, bool is_rebuilt) {
  const auto first = [](const Page& other) { return other.page.first_chunk; };
  const auto behind = std::ranges::upper_bound(pages_, page.first_chunk, {}, first);
  if (behind != pages_.begin()) {
    const format::ChunkPage& before = std::prev(behind)->page;
    if (before.first_chunk + before.chunks.size() > page.first_chunk || before.first_block + before.blocks.size() > page.first_block) return;
  }
  if (behind != pages_.end() && (page.first_chunk + page.chunks.size() > behind->page.first_chunk ||
                                 page.first_block + page.blocks.size() > behind->page.first_block))
    return;
  Page added{.page = std::move(page), .good = {}, .rows_by_block = {}, .block_begins = {}, .is_rebuilt = is_rebuilt};
  const auto& chunks = added.page.chunks;
  added.good.resize(chunks.size());
  added.rows_by_block.resize(chunks.size());
  std::iota(added.rows_by_block.begin(), added.rows_by_block.end(), 0U);
  std::ranges::sort(added.rows_by_block, {}, [&](std::uint32_t row) { return std::pair(chunks[row].block, row); });
  for (std::size_t at = 0, block = 0; block <= added.page.blocks.size(); ++block) {
    while (at < chunks.size() && chunks[added.rows_by_block[at]].block < block) ++at;
    added.block_begins.push_back(static_cast<std::uint32_t>(at));
  }
  pages_.insert(behind, std::move(added));
}

std::optional<SalvagedChunks::Place> SalvagedChunks::place_of(std::uint64_t chunk) const {
  const auto behind = std::ranges::upper_bound(pages_, chunk, {}, [](const Page& page) { return page.page.first_chunk; });
  if (behind == pages_.begin()) return std::nullopt;
  const format::ChunkPage& page = std::prev(behind)->page;
  if (chunk - page.first_chunk >= page.chunks.size()) return std::nullopt;
  return Place{static_cast<std::size_t>(behind - pages_.begin()) - 1, static_cast<std::size_t>(chunk - page.first_chunk)};
}

std::optional<SalvagedChunks::Place> SalvagedChunks::place_of_block(std::uint64_t block) const {
  const auto behind = std::ranges::upper_bound(pages_, block, {}, [](const Page& page) { return page.page.first_block; });
  if (behind == pages_.begin()) return std::nullopt;
  const format::ChunkPage& page = std::prev(behind)->page;
  if (block - page.first_block >= page.blocks.size()) return std::nullopt;
  return Place{static_cast<std::size_t>(behind - pages_.begin()) - 1, static_cast<std::size_t>(block - page.first_block)};
}

const format::ChunkRow* SalvagedChunks::find(std::uint64_t number) const {
  const auto place = place_of(number);
  return place ? &pages_[place->page].page.chunks[place->row] : nullptr;
}

bool SalvagedChunks::is_good(std::uint64_t number) const {
  const auto place = place_of(number);
  return place && pages_[place->page].good[place->row] != 0;
}

Result<Bytes> SalvagedChunks::decode_with(const format::BlockRow& row, ByteView base, std::uint64_t base_position) const {
  const FoundFrame* frame = frames_.find(row.is_dictionary ? format::FrameType::dictionary : format::FrameType::block, row.hash);
  if (frame == nullptr || frame->header.stored_length != row.stored_length) return fail_corrupt("a block is not there");
  if (row.raw_length > frames_.limits().max_block_raw_bytes) return fail(Errc::limit, "a block is larger than the limit");
  NPK_ASSIGN(const Bytes body, frames_.body(*frame));
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(body, frames_.limits()));
  if (opened.header.raw_length != row.raw_length || opened.header.base_position != base_position)
    return fail_corrupt("a block is not what its chunk page says");
  std::unique_ptr<block::BlockOpener> opener;
  {
    const std::lock_guard lock(mutex_);
    if (!openers_.empty()) {
      opener = std::move(openers_.back());
      openers_.pop_back();
    }
  }
  if (opener == nullptr) opener = std::make_unique<block::BlockOpener>(frames_.limits());
  Bytes raw(static_cast<std::size_t>(row.raw_length));
  NPK_TRY(opener->decode(opened, base, raw));
  const std::lock_guard lock(mutex_);
  openers_.push_back(std::move(opener));
  return raw;
}

Result<Bytes> SalvagedChunks::decode(std::uint64_t block) const {
  const auto place = place_of_block(block);
  if (!place) return fail_corrupt("a block's chunk page is not there");
  const format::BlockRow& row = pages_[place->page].page.blocks[place->row];
  if (row.base_distance == 0) return decode_with(row, {}, 0);
  const auto base_place = place_of_block(block - row.base_distance);
  if (!base_place || row.is_dictionary) return fail_corrupt("a block's base is not there");
  const format::BlockRow& base = pages_[base_place->page].page.blocks[base_place->row];
  if (base.base_distance != 0 || base.raw_length > frames_.limits().max_base_raw_bytes) return fail_corrupt("a block's base can't be one");
  NPK_ASSIGN(const auto raw, cached(block - row.base_distance));
  return decode_with(row, *raw, base.position);
}

void SalvagedChunks::check_block(Page& page, std::size_t index) {
  const auto raw = decode(page.page.first_block + index);
  if (!raw) return;
  for (std::uint32_t at = page.block_begins[index]; at < page.block_begins[index + 1]; ++at) {
    const std::uint32_t row = page.rows_by_block[at];
    format::ChunkRow& chunk = page.page.chunks[row];
    const Digest digest = hash::blake3(ByteView(*raw).subspan(chunk.offset, chunk.length));
    if (page.is_rebuilt) chunk.hash = digest;
    page.good[row] = digest == chunk.hash ? 1 : 0;
  }
}

Result<void> SalvagedChunks::check(const pool::PipelineOptions& pipeline) {
  for (Page& page : pages_) {
    NPK_TRY(pool::parallel_for_each_index(pipeline, page.page.blocks.size(), [&](std::uint64_t index) -> Result<void> {
      check_block(page, static_cast<std::size_t>(index));
      return {};
    }));
    if (page.is_rebuilt) rebuilt_ += static_cast<std::uint64_t>(std::ranges::count(page.good, 1));
  }
  return {};
}

Result<std::shared_ptr<const Bytes>> SalvagedChunks::cached(std::uint64_t block) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = decoded_by_block_.find(block);
    if (found != decoded_by_block_.end()) {
      decoded_.splice(decoded_.begin(), decoded_, found->second);
      return found->second->raw;
    }
  }
  NPK_ASSIGN(Bytes decoded, decode(block));
  auto raw = std::make_shared<const Bytes>(std::move(decoded));
  const std::lock_guard lock(mutex_);
  if (decoded_by_block_.contains(block)) return raw;
  decoded_.push_front({block, raw});
  decoded_by_block_.emplace(block, decoded_.begin());
  decoded_bytes_ += raw->size();
  while (decoded_bytes_ > kDecodedBytes && decoded_.size() > 1) {
    decoded_bytes_ -= decoded_.back().raw->size();
    decoded_by_block_.erase(decoded_.back().block);
    decoded_.pop_back();
  }
  return raw;
}

Result<void> SalvagedChunks::read(std::uint64_t number, std::uint32_t offset, MutableBytes out) const {
  const auto place = place_of(number);
  if (!place) return fail_corrupt("a chunk is not there");
  const Page& page = pages_[place->page];
  const format::ChunkRow& chunk = page.page.chunks[place->row];
  NPK_ASSIGN(const auto raw, cached(page.page.first_block + chunk.block));
  std::ranges::copy(ByteView(*raw).subspan(chunk.offset + offset, out.size()), out.begin());
  return {};
}

}  // namespace npk::ops
