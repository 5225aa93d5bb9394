// Writes the superblock and frames, one behind another, and knows where it is.
#pragma once

#include <map>
#include <stop_token>
#include <vector>

#include "npk/format/commit.h"
#include "npk/format/frame.h"
#include "npk/profile.h"
#include "npk/source.h"
#include "package/writer/package_seal.h"

namespace npk::writer {

// Used by one thread at a time. After an error it is not used again.
class FrameWriter {
 public:
  // Once `stop` is triggered nothing more is written: Errc::cancelled.
  // `seal` is null for a package that is not sealed, and outlives the writer.
  FrameWriter(Sink& sink, const format::Superblock& superblock, const PackageSeal* seal, std::stop_token stop = {}, Profile* profile = nullptr)
      : sink_(sink), superblock_(superblock), seal_(seal), stop_(std::move(stop)), profile_(profile) {}

  // Goes on behind the end of a package; write_superblock() is not called. `last` is its trailer's header.
  void continue_after(const format::FrameHeader& last, std::uint64_t position) {
    sequence_ = last.sequence + 1;
    last_commit_ = last.last_commit;
    position_ = position;
  }

  // And the envelopes of a sealed package.
  [[nodiscard]] Result<void> write_superblock();
  // A block as it is stored: sealed before, with this counter, if the package is. `hash` is the body's BLAKE3. Returns
  // where the frame lies.
  [[nodiscard]] Result<format::FrameReference> write_block(ByteView body, const Digest& hash, std::uint32_t seal_counter);
  // Any other frame: its plain body.
  [[nodiscard]] Result<format::FrameReference> write(format::FrameType type, ByteView body);
  // Padding frames, until the package has at least so many bytes; exactly so many if a frame's header or more is missing.
  [[nodiscard]] Result<void> pad_to(std::uint64_t position);
  // The frame that ends the package; package_length is filled in here, and the envelopes of write_superblock() too.
  [[nodiscard]] Result<void> write_trailer(format::Trailer trailer);

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

 private:
  [[nodiscard]] Result<format::FrameReference> write_frame(format::FrameHeader header, ByteView body, const Digest& hash);
  [[nodiscard]] Result<format::FrameReference> write_sealed(format::FrameType type, ByteView body);
  [[nodiscard]] Result<void> put(ByteView bytes);

  Sink& sink_;
  format::Superblock superblock_;
  const PackageSeal* seal_;
  std::stop_token stop_;
  Profile* profile_;
  std::map<format::FrameType, std::uint32_t> seal_counters_;  // the next of each type; blocks have their own
  bool head_written_ = false;                                 // a frame before carries the session's head
  std::vector<std::uint64_t> envelopes_;
  std::uint64_t position_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t last_commit_ = 0;
};

}  // namespace npk::writer
