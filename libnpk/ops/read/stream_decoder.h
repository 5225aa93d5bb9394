// Decodes blocks of a package that comes from a pipe.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "block/open.h"
#include "ops/read/stream_blocks.h"
#include "ops/read/stream_chunks.h"

namespace npk::ops {

// Any thread, while nothing is added to the chunks and blocks. Keeps decoders for each thread at once and the last few
// bases.
class StreamDecoder {
 public:
  // Reads a chunk that has a home back from there, checked.
  using ReadBack = std::function<Result<void>(const KnownChunk&, MutableBytes)>;

  // `read_back` may be empty if no chunk gets a home.
  StreamDecoder(const Limits& limits, const StreamChunks& chunks, const StreamBlocks& blocks, ReadBack read_back = {}, Profile* profile = nullptr)
      : limits_(limits), chunks_(chunks), blocks_(blocks), read_back_(std::move(read_back)), profile_(profile) {}

  // Errc::corrupt: the block did not come where its chunk page says; limit: it was not kept.
  [[nodiscard]] Result<void> check_available(std::uint64_t number) const;
  // The first out.size() raw bytes of a block.
  [[nodiscard]] Result<void> decode(std::uint64_t number, MutableBytes out);
  // Lets go of decoders that nobody uses.
  void drop_idle() {
    const std::lock_guard lock(mutex_);
    openers_.clear();
  }

 private:
  using Raw = std::shared_ptr<const Bytes>;
  struct Base {
    std::uint64_t number;
    Raw raw;
  };
  [[nodiscard]] Result<void> decode_with(std::uint64_t number, std::uint64_t base_position, ByteView base,
                                         MutableBytes out);
  [[nodiscard]] Result<Raw> base_of(std::uint64_t number);
  [[nodiscard]] Result<Raw> load_base(std::uint64_t number);
  [[nodiscard]] Result<Raw> put_together(const KnownBlock& block, std::uint64_t number);

  const Limits limits_;
  const StreamChunks& chunks_;
  const StreamBlocks& blocks_;
  ReadBack read_back_;
  Profile* profile_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<block::BlockOpener>> openers_;
  std::list<Base> bases_;  // newest first
};

}  // namespace npk::ops
