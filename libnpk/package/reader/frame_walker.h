// All frames of a package, one after another, each checked: from a pipe, or at positions with a way past damage.
#pragma once

#include <cstdint>
#include <optional>

#include "npk/format/superblock.h"
#include "npk/source.h"
#include "package/reader/frame_reader.h"

namespace npk::reader {

// What must hold from frame to frame: sequence numbers without gaps, and the position of the last commit.
class FrameOrder {
 public:
  // Errc::corrupt if `header` does not follow on what went before; takes it as the newest either way.
  [[nodiscard]] Result<void> follow(const format::FrameHeader& header, std::uint64_t position);
  // After damage: the next frame is believed.
  void restart() noexcept { next_sequence_.reset(); }

 private:
  std::optional<std::uint64_t> next_sequence_ = 0;
  std::uint64_t last_commit_ = 0;
};

// Over a pipe. One thread; memory: the frame handed out. The source must outlive the walker.
class FrameWalker {
 public:
  FrameWalker(SequentialSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  // First call. Errc::no_key if sealed; else as decode_superblock.
  [[nodiscard]] Result<format::Superblock> read_superblock();
  // The next frame into `frame` (the body's capacity is reused, or may have been moved away); false at the end of the
  // package. truncated: the source ends within a frame, or not behind a trailer; trailing_data: something else follows
  // a trailer; corrupt, unsupported, limit: as the frame's checks and FrameOrder say. After an error only position()
  // may be called.
  [[nodiscard]] Result<bool> next(Frame& frame);
  // Of the frame that next() will read; after an error, of the frame that failed.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

 private:
  [[nodiscard]] Result<std::size_t> fill(MutableBytes out);
  [[nodiscard]] Result<void> fill_body(std::uint64_t length, Bytes& body);
  [[nodiscard]] Result<bool> read_frame(Frame& frame);
  [[nodiscard]] Result<bool> at_end(std::size_t header_bytes) const;
  [[nodiscard]] std::unexpected<Error> placed(Error error) const;

  SequentialSource& source_;
  Limits limits_;
  format::PackageTag tag_{};
  FrameOrder order_;
  std::uint64_t position_ = 0;
  bool after_trailer_ = false;
};

// Over a source of random access, for `verify` and recovery. One thread.
class FrameScanner {
 public:
  // `frames` must outlive the scanner.
  explicit FrameScanner(const FrameReader& frames, std::uint64_t first = format::kSuperblockBytes) noexcept
      : frames_(frames), position_(first) {}

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

}  // namespace npk::reader
