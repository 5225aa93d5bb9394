// The frames of a package as they are stored: headers and body checks, without a key.
#pragma once

#include <optional>
#include <stop_token>

#include "npk/format/frame.h"
#include "npk/format/parity.h"
#include "npk/limits.h"
#include "npk/source.h"

namespace npk::ops {

struct StoredFrame {
  std::uint64_t position = 0;
  format::FrameHeader header;

  [[nodiscard]] std::uint64_t body() const noexcept { return position + format::kFrameHeaderBytes; }
  [[nodiscard]] std::uint64_t end() const noexcept { return body() + header.stored_length; }
};

// Positions count from `offset` in the source, which must outlive this. One thread. Memory: 1 MiB, or a
// parity frame's head.
class StoredFrames {
 public:
  StoredFrames(const RandomAccessSource& source, std::uint64_t offset, std::uint64_t length, const Limits& limits)
      : source_(source), offset_(offset), length_(length), limits_(limits) {}

  // Of a package with this tag. Errors: decode_frame_header's; truncated if the frame does not fit into the length.
  [[nodiscard]] Result<StoredFrame> at(std::uint64_t position, const format::PackageTag& tag) const;
  // The first from there on, wherever it lies; of any package without a tag. Errors: io, cancelled.
  [[nodiscard]] Result<std::optional<StoredFrame>> find(std::uint64_t from, const std::optional<format::PackageTag>& tag, const std::stop_token& stop);
  // As at(); none if nothing that holds is there.
  [[nodiscard]] std::optional<StoredFrame> try_at(std::uint64_t position, const std::optional<format::PackageTag>& tag) const;
  // Errc::corrupt unless the body has the check that the header says.
  [[nodiscard]] Result<void> check_body(const StoredFrame& frame);
  // Of a parity frame, its hash checked. Errors: reader::open_parity_head's.
  [[nodiscard]] Result<format::ParityHead> parity_head(const StoredFrame& frame);

  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }
  // truncated if not all of it is there.
  [[nodiscard]] Result<void> read(std::uint64_t position, MutableBytes out) const;

 private:
  const RandomAccessSource& source_;
  std::uint64_t offset_, length_;
  Limits limits_;
  Bytes buffer_;
};

}  // namespace npk::ops
