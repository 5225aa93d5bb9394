// One entry's content in order, as what to take from which block; chunk numbers and lengths as a manifest claims them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "npk/format/catalog.h"
#include "ops/read/stream_chunks.h"

namespace npk::ops {

struct ContentPiece {
  struct Range {
    std::uint32_t offset_in_block = 0;
    std::uint32_t length = 0;
  };
  std::uint64_t zeros = 0;    // a hole; else:
  std::uint64_t block = 0;    // number
  std::vector<Range> ranges;  // at most kMostRanges
  std::shared_ptr<const Bytes> raw;  // the block, decoded; set by whoever decodes
};

// One thread. Chunks and runs must outlive it.
class ContentPieces {
 public:
  static constexpr std::size_t kMostRanges = 65'536;

  ContentPieces(std::span<const format::Run> runs, const StreamChunks& chunks) noexcept
      : runs_(runs), chunks_(chunks) {}

  // nullptr at the end. Errc::corrupt: chunks that are not there, or do not add up to their run.
  [[nodiscard]] Result<std::unique_ptr<ContentPiece>> next();

 private:
  [[nodiscard]] Result<void> begin_run();
  [[nodiscard]] Result<void> add_chunk(ContentPiece& piece);

  std::span<const format::Run> runs_;  // those still to come, the one being read in front
  const StreamChunks& chunks_;
  bool in_run_ = false;
  std::uint64_t next_chunk_ = 0, end_chunk_ = 0, bytes_left_ = 0;  // of the run being read
};

}  // namespace npk::ops
