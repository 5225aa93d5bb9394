#include "ops/read/verify_blocks.h"

#include <string>

#include "hash/hash.h"

namespace npk::ops {

// The blocks of the pages, one by one, each with its chunks.
class BlockCheck::Source {
 public:
  Source(const PageSource& pages, BlockPart part) : pages_(pages), part_(part) {}

  Result<std::unique_ptr<Token>> next() {
    for (;;) {
      while (page_ != nullptr && index_ < page_->blocks.size()) {
        const std::size_t index = index_++;
        const std::uint64_t number = page_->first_block + index;
        if (number >= part_.first && number < part_.last) return token_of(index);
      }
      NPK_ASSIGN(page_, pages_());
      if (page_ == nullptr) return nullptr;
      index_ = 0;
      sort_chunks();
    }
  }

 private:
  void sort_chunks() {
    chunks_.assign(page_->blocks.size(), {});
    for (std::size_t row = 0; row < page_->chunks.size(); ++row)
      chunks_[page_->chunks[row].block].push_back({page_->first_chunk + row, page_->chunks[row]});
  }

  std::unique_ptr<Token> token_of(std::size_t index) {
    auto token = std::make_unique<Token>();
    token->block = {page_->first_block + index, page_->blocks[index]};
    token->chunks = std::move(chunks_[index]);
    for (const Chunk& chunk : token->chunks) {
      if (!token->lost.empty() && token->lost.back().last == chunk.number) ++token->lost.back().last;
      else token->lost.push_back({chunk.number, chunk.number + 1});
    }
    return token;
  }

  const PageSource& pages_;
  BlockPart part_;
  std::shared_ptr<const format::ChunkPage> page_;
  std::size_t index_ = 0;
  std::vector<std::vector<Chunk>> chunks_;  // by block of the page
};

Result<void> BlockCheck::run(const ChunkTreeCheck& chunks, const OnBlock& on_block) {
  if (package_.commit_position() == 0) {
    return package_.chunks().for_each_page([&](const format::ChunkPage& page) -> Result<void> {
      auto once = std::make_shared<const format::ChunkPage>(page);
      return run_pages([&]() -> Result<std::shared_ptr<const format::ChunkPage>> { return std::exchange(once, nullptr); }, on_block);
    });
  }
  std::size_t next = 0;
  const auto pages = [&]() -> Result<std::shared_ptr<const format::ChunkPage>> {
    if (next == chunks.leaves().size()) return nullptr;
    NPK_ASSIGN(const auto leaf, chunks.load(chunks.leaves()[next++]));
    return std::shared_ptr<const format::ChunkPage>(leaf, &leaf->page);
  };
  return run_pages(pages, on_block);
}

Result<void> BlockCheck::run_pages(const PageSource& pages, const OnBlock& on_block) {
  Source source(pages, part_);
  const std::vector<pool::Stage<Token>> stages = {
      {pool::StageKind::parallel, [this](Token& token) { return decode(token); }},
      {pool::StageKind::serial_in_order, [&](Token& token) { return deliver(token, on_block); }}};
  return pool::run_pipeline<Token>(pipeline_, [&source] { return source.next(); }, stages);
}

Result<void> BlockCheck::decode(Token& token) {
  auto raw = package_.blocks().load(token.block);
  if (!raw) return damages_.note(DamageKind::block, std::move(raw).error(), std::move(token.lost));
  token.raw = *std::move(raw);
  token.is_decoded = true;
  return check_chunks(token);
}

Result<std::vector<Digest>> BlockCheck::hash_chunks(const Token& token) {
  std::vector<Digest> digests(token.chunks.size());
  if (offload_.takes_hashing(token.raw.size())) {
    std::vector<accel::Extent> extents;
    extents.reserve(token.chunks.size());
    for (const Chunk& chunk : token.chunks) extents.push_back({chunk.row.offset, chunk.row.length});
    NPK_TRY(offload_.hash(token.raw, extents, digests));
    return digests;
  }
  for (std::size_t i = 0; i < digests.size(); ++i)
    digests[i] = hash::blake3(ByteView(token.raw).subspan(token.chunks[i].row.offset, token.chunks[i].row.length));
  return digests;
}

Result<void> BlockCheck::check_chunks(const Token& token) {
  ProfileSpan span(profile_, ProfileStage::check_chunks);
  span.add_bytes(token.raw.size(), token.raw.size());
  NPK_ASSIGN(const std::vector<Digest> digests, hash_chunks(token));
  const reader::PackageExtent& extent = package_.extent();
  for (std::size_t i = 0; i < digests.size(); ++i) {
    const Chunk& chunk = token.chunks[i];
    if (digests[i] == chunk.row.hash) continue;
    Error error{Errc::corrupt, "chunk " + std::to_string(chunk.number) + " of a block that is sound does not have the hash its page gives",
                extent.source->name(), extent.offset + token.block.row.position};
    NPK_TRY(damages_.note(DamageKind::chunk, std::move(error), {{chunk.number, chunk.number + 1}}));
  }
  return {};
}

Result<void> BlockCheck::deliver(const Token& token, const OnBlock& on_block) {
  if (!token.is_decoded) return {};
  ++counts_.blocks;
  counts_.chunks += token.chunks.size();
  counts_.bytes += token.raw.size();
  ProfileSpan span(profile_, ProfileStage::check_files);
  span.add_bytes(token.raw.size(), token.raw.size());
  for (const Chunk& chunk : token.chunks)
    NPK_TRY(files_.take(chunk.number, ByteView(token.raw).subspan(chunk.row.offset, chunk.row.length)));
  on_block(counts_);
  return {};
}

}  // namespace npk::ops
