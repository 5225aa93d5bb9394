// Reads blocks: frame, base, checks, decoding. Used as it is by what goes through a package once (extract, verify);
// streams use BlockCache above it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "block/open.h"
#include "package/reader/cache/per_process.h"
#include "package/reader/chunk_table.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::reader {

// Const members are thread-safe, also in a forked child whatever the parent's threads were doing. Keeps one set of
// decoders and one buffer for each thread that has been inside at once, and the last few bases (each at most
// max_base_raw_bytes); no blocks.
class BlockLoader {
 public:
  BlockLoader(std::shared_ptr<const FrameReader> frames, std::shared_ptr<const ChunkTable> chunks);
  ~BlockLoader();

  // The first out.size() raw bytes of a block (or dictionary). The frame's body is checked against the row's hash
  // first; its inner header must agree with the row. Errc::misuse if out is longer than row.raw_length. What is asked
  // of the source, the base included, is added to `stored_bytes` if given.
  [[nodiscard]] Result<void> load_into(const BlockLocation& block, MutableBytes out,
                                       std::uint64_t* stored_bytes = nullptr) const;
  // The same for who keeps bases: `base` is the raw bytes of the block's, as a whole.
  [[nodiscard]] Result<void> load_with_base(const BlockLocation& block, const BlockLocation& base_block, ByteView base, MutableBytes out,
                                            std::uint64_t* stored_bytes = nullptr) const;
  // Where the block's base is, which is fit to be one; nothing if it names none.
  [[nodiscard]] Result<std::optional<BlockLocation>> locate_base(const BlockLocation& block) const;
  // The same from a body that has been read already; it is checked here.
  [[nodiscard]] Result<void> open_into(const BlockLocation& block, ByteView body, MutableBytes out) const;
  // At most row.raw_length bytes, whatever the prefix.
  [[nodiscard]] Result<Bytes> load(const BlockLocation& block, std::uint64_t prefix_bytes = UINT64_MAX) const;
  [[nodiscard]] Result<Bytes> load(std::uint64_t number, std::uint64_t prefix_bytes = UINT64_MAX) const;

 private:
  struct Workplace;  // decoders and a buffer
  class Lease;       // one of them, for the time of a call
  struct Base;       // raw bytes of a base and where its frame lies
  struct BaseView;   // the same, kept by somebody
  struct Idle;       // workplaces nobody uses, and bases
  [[nodiscard]] Result<ByteView> read_body(const format::BlockRow& row, Workplace& workplace) const;
  [[nodiscard]] Result<Base> base_of(const BlockLocation& block, Workplace& workplace) const;
  [[nodiscard]] Result<void> check_base(const format::BlockRow& block, const format::BlockRow& base) const;
  [[nodiscard]] Result<Base> load_base(const BlockLocation& location, Workplace& workplace) const;
  [[nodiscard]] std::optional<Base> find_base(std::uint64_t number) const;
  void keep_base(const Base& base) const;
  [[nodiscard]] Result<void> decode(const format::BlockRow& row, ByteView body, const BaseView& base, Workplace& workplace,
                                    MutableBytes out) const;

  std::shared_ptr<const FrameReader> frames_;
  std::shared_ptr<const ChunkTable> chunks_;
  PerProcess<Idle> process_;
};

}  // namespace npk::reader
