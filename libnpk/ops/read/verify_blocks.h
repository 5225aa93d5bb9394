// Every block decoded, every chunk hashed, in parallel; whole files hashed as their chunks pass by in order.
#pragma once

#include <functional>
#include <memory>

#include "accel/chunk_offload.h"
#include "ops/read/file_digests.h"
#include "ops/read/verify_chunks.h"
#include "pool/pipeline.h"

namespace npk::ops {

// Blocks [first, last) by number.
struct BlockPart {
  std::uint64_t first = 0;
  std::uint64_t last = UINT64_MAX;
};

class BlockCheck {
 public:
  struct Counts {
    std::uint64_t blocks = 0;
    std::uint64_t chunks = 0;
    std::uint64_t bytes = 0;
  };
  using OnBlock = std::function<void(const Counts&)>;  // by one thread at a time

  BlockCheck(const PackageReader::Impl& package, BlockPart part, pool::PipelineOptions pipeline, FileDigests& files, accel::ChunkOffload& offload,
             DamageList& damages, Profile* profile = nullptr)
      : package_(package), part_(part), pipeline_(std::move(pipeline)), files_(files), offload_(offload), damages_(damages), profile_(profile) {}

  [[nodiscard]] Result<void> run(const ChunkTreeCheck& chunks, const OnBlock& on_block);
  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
  struct Chunk {
    std::uint64_t number;
    format::ChunkRow row;
  };
  struct Token {
    reader::BlockLocation block;
    std::vector<Chunk> chunks;
    std::vector<ChunkRange> lost;  // all of them, should the block be
    Bytes raw;
    bool is_decoded = false;
  };
  class Source;
  using PageSource = std::function<Result<std::shared_ptr<const format::ChunkPage>>()>;

  Result<void> run_pages(const PageSource& pages, const OnBlock& on_block);
  Result<void> decode(Token& token);
  Result<void> check_chunks(const Token& token);
  Result<std::vector<Digest>> hash_chunks(const Token& token);
  Result<void> deliver(const Token& token, const OnBlock& on_block);

  const PackageReader::Impl& package_;
  BlockPart part_;
  pool::PipelineOptions pipeline_;
  FileDigests& files_;
  accel::ChunkOffload& offload_;
  DamageList& damages_;
  Profile* profile_;
  Counts counts_;
};

}  // namespace npk::ops
