#include "ops/read/stream_decoder.h"

#include <algorithm>

namespace npk::ops {
namespace {

constexpr std::size_t kKeptBases = 8;

}  // namespace

// A block that was lost before its chunk page came can't be told from one that never was.
Result<void> StreamDecoder::check_available(std::uint64_t number) const {
  const KnownBlock& block = chunks_.block(number);
  if (block.came_by && blocks_.available(block.row.position)) return {};
  if (!blocks_.loss().empty())
    return fail(Errc::limit, "its data came earlier, and is not kept any more: " + blocks_.loss());
  return fail_corrupt("a block is not where its chunk page says");
}

Result<void> StreamDecoder::decode(std::uint64_t number, MutableBytes out) {
  const format::BlockRow& row = chunks_.block(number).row;
  if (row.base_distance == 0) return decode_with(number, 0, {}, out);
  const std::uint64_t base = number - row.base_distance;
  NPK_ASSIGN(const Raw raw, base_of(base));
  return decode_with(number, chunks_.block(base).row.position, *raw, out);
}

Result<void> StreamDecoder::decode_with(std::uint64_t number, std::uint64_t base_position, ByteView base,
                                        MutableBytes out) {
  const KnownBlock& block = chunks_.block(number);
  if (!block.came_by) return fail_corrupt("a block is not where its chunk page says");
  Bytes buffer;
  NPK_ASSIGN(const ByteView body, blocks_.body(block.row, buffer));
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(body, limits_));
  if (opened.header.raw_length != block.row.raw_length || opened.header.base_position != base_position)
    return fail_corrupt("a block is not what its chunk page says");
  std::unique_ptr<block::BlockOpener> opener;
  {
    const std::lock_guard lock(mutex_);
    if (!openers_.empty()) {
      opener = std::move(openers_.back());
      openers_.pop_back();
    }
  }
  if (opener == nullptr) opener = std::make_unique<block::BlockOpener>(limits_, profile_);
  auto decoded = opener->decode(opened, base, out);
  const std::lock_guard lock(mutex_);
  openers_.push_back(std::move(opener));
  return decoded;
}

Result<StreamDecoder::Raw> StreamDecoder::base_of(std::uint64_t number) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(bases_, number, &Base::number);
    if (found != bases_.end()) {
      bases_.splice(bases_.begin(), bases_, found);
      return bases_.front().raw;
    }
  }
  NPK_ASSIGN(Raw raw, load_base(number));
  const std::lock_guard lock(mutex_);
  bases_.push_front({number, raw});
  if (bases_.size() > kKeptBases) bases_.pop_back();
  return raw;
}

Result<StreamDecoder::Raw> StreamDecoder::load_base(std::uint64_t number) {
  const KnownBlock& block = chunks_.block(number);
  if (block.row.base_distance != 0) return fail_corrupt("a block's base has a base itself");
  if (block.row.raw_length > limits_.max_base_raw_bytes)
    return fail(Errc::limit, "a block's base is larger than the limit");
  if (!blocks_.available(block.row.position)) return put_together(block, number);
  Bytes raw(static_cast<std::size_t>(block.row.raw_length));
  NPK_TRY(decode_with(number, 0, {}, raw));
  return std::make_shared<const Bytes>(std::move(raw));
}

// From the chunks that have been extracted, if they are all of it.
Result<StreamDecoder::Raw> StreamDecoder::put_together(const KnownBlock& block, std::uint64_t number) {
  Bytes raw(static_cast<std::size_t>(block.row.raw_length));
  std::uint64_t covered = 0;
  for (std::uint64_t i = block.first_chunk; i < block.first_chunk + block.page_chunks; ++i) {
    const KnownChunk& chunk = chunks_.chunk(i);
    if (chunk.block != number || chunk.home_file == KnownChunk::kNoFile) continue;
    NPK_TRY(read_back_(chunk, MutableBytes(raw).subspan(chunk.offset_in_block, chunk.length)));
    covered += chunk.length;
  }
  if (covered != raw.size()) return fail(Errc::not_found, "the base of a block is not kept any more");
  return std::make_shared<const Bytes>(std::move(raw));
}

}  // namespace npk::ops
