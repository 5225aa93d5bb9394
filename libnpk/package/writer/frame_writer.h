// Writes the superblock and frames, one behind another, and knows where it is.
#pragma once

#include <stop_token>

#include "npk/format/commit.h"
#include "npk/format/frame.h"
#include "npk/source.h"

namespace npk::writer {

// Used by one thread at a time. After an error it is not used again.
class FrameWriter {
 public:
  // Once `stop` is triggered nothing more is written: Errc::cancelled.
  FrameWriter(Sink& sink, const format::Superblock& superblock, std::stop_token stop = {})
      : sink_(sink), superblock_(superblock), stop_(std::move(stop)) {}

  [[nodiscard]] Result<void> write_superblock();
  // `hash` is the BLAKE3 of the body. Returns where the frame lies.
  [[nodiscard]] Result<format::FrameReference> write(format::FrameType type, ByteView body, const Digest& hash);
  [[nodiscard]] Result<format::FrameReference> write(format::FrameType type, ByteView body);
  // Padding frames, until the package has at least so many bytes.
  [[nodiscard]] Result<void> pad_to(std::uint64_t position);
  // The frame that ends the package; package_length is filled in here.
  [[nodiscard]] Result<void> write_trailer(format::Trailer trailer);

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

 private:
  [[nodiscard]] Result<void> put(ByteView bytes);

  Sink& sink_;
  format::Superblock superblock_;
  std::stop_token stop_;
  std::uint64_t position_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t last_commit_ = 0;
};

}  // namespace npk::writer
