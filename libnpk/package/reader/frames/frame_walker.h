// All frames of a package, one after another, each checked: from a pipe, or at positions with a way past damage.
#pragma once

#include <cstdint>
#include <optional>

#include "npk/format/superblock.h"
#include "npk/frame_parser.h"
#include "npk/source.h"
#include "package/reader/frames/frame_order.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::reader {

// Over a pipe: pulls what it needs of a source through a FrameParser. One thread; memory: the parser's, and 256 KiB. The
// source must outlive the walker.
class FrameWalker {
 public:
  FrameWalker(SequentialSource& source, const Limits& limits,
              std::shared_ptr<const std::vector<Identity>> identities = {},
              BlockBodies block_bodies = BlockBodies::opened);

  // First call. Errors as decode_superblock, and auth_failed if identities are given for a package that is not sealed.
  [[nodiscard]] Result<format::Superblock> read_superblock();
  // The next frame into `frame` (the body's capacity is reused, or may have been moved away); false at the end of the
  // package. Errors as FrameParser's and the source's, with the source's name. After an error only position() may be
  // called.
  [[nodiscard]] Result<bool> next(Frame& frame);
  [[nodiscard]] std::shared_ptr<const crypto::BodyOpener> opener() const { return parser_.opener(); }
  // Of the frame that next() will read; after an error, of the frame that failed.
  [[nodiscard]] std::uint64_t position() const noexcept { return parser_.position(); }

 private:
  [[nodiscard]] Result<bool> next_event();
  [[nodiscard]] Result<bool> pull();
  [[nodiscard]] Result<bool> placed(Result<bool> found) const;

  SequentialSource& source_;
  FrameParser parser_;
  FrameEvent event_;
  Bytes buffer_;
};

// Over a source of random access, for `verify` and recovery. One thread.
class FrameScanner {
 public:
  // `frames` must outlive the scanner. From another place than the package's start the first frame is believed.
  explicit FrameScanner(const FrameReader& frames, std::uint64_t first = format::kSuperblockBytes) noexcept
      : frames_(frames), position_(first) {
    if (first != format::kSuperblockBytes) order_.restart();
  }

  // As FrameWalker::next, but after an error resync() lets the scan go on. A frame that is good but for its order is
  // filled in.
  [[nodiscard]] Result<bool> next(Frame& frame);
  // The header of the next frame without its body; the scan moves behind the frame. nullopt at the end.
  [[nodiscard]] Result<std::optional<format::FrameHeader>> next_header();
  // After an error: moves behind the frame that failed if its header is good, else to the next good header; false if
  // there is none.
  [[nodiscard]] Result<bool> resync();
  // As FrameWalker::position.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

 private:
  [[nodiscard]] Result<bool> at_end() const;
  [[nodiscard]] Result<void> step(const format::FrameHeader& header);

  const FrameReader& frames_;
  FrameOrder order_;
  std::uint64_t position_;
  bool after_trailer_ = false;
};

// First position in [from, end of the package) where a good frame header lies.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_next_frame(const FrameReader& frames, std::uint64_t from);
// Last such position.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_last_frame(const FrameReader& frames);

// Last position in [least, before) where a header lies that is good as far as can be told without a key.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_header_before(const FrameReader& frames, std::uint64_t before,
                                                                      std::uint64_t least);

// Last such position before `before` where a trailer's header lies.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_trailer_before(const FrameReader& frames, std::uint64_t before);

}  // namespace npk::reader
