// The frames of a package out of slices as they arrive: from a socket, a callback, a decompressor. Each frame is
// checked whole before it is handed out. One thread. Memory: two frame bodies, each at most Limits::max_frame_bytes;
// of what a header claims, no more is taken than has come, and 4 MiB.
//
//   while (slice comes) {
//     NPK_TRY(parser.feed(slice));
//     for (;;) {
//       NPK_ASSIGN(const bool found, parser.next(event));
//       if (!found) break;
//       use(event);
//     }
//   }
//   NPK_TRY(parser.finish());
#pragma once

#include <cstdint>
#include <memory>

#include "npk/bytes.h"
#include "npk/format/frame.h"
#include "npk/format/superblock.h"
#include "npk/limits.h"
#include "npk/recipients.h"
#include "npk/result.h"

namespace npk {

namespace crypto {
class BodyOpener;  // libnpk/crypto
}

struct FrameEvent {
  enum class Kind : std::uint8_t {
    superblock,  // once, first
    header,      // a frame begins; its body has not been seen
    body,        // the same frame, whole and checked
  };
  Kind kind{};
  std::uint64_t position = 0;     // of the frame, from the superblock on
  format::Superblock superblock;  // set by the first event, and kept
  format::FrameHeader header;     // of the frame
  Bytes body;                     // kind body only, opened if it was sealed; else its content is of no meaning
  Digest hash{};                  // kind body only: BLAKE3 of the body as it is stored

  // Where the next frame begins.
  [[nodiscard]] std::uint64_t end() const noexcept {
    return position + format::kFrameHeaderBytes + header.stored_length;
  }
};

// Of what next() has taken so far; counters only grow.
struct FrameParserCounts {
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  std::uint64_t crossings = 0;  // frames that lay in more than one slice
};

// What is handed out of the sealed bodies of blocks and dictionaries. All others are opened always.
enum class BlockBodies : std::uint8_t { opened, as_stored };

class FrameParser {
 public:
  // `identities`: what may open a sealed package; not null for one that is not sealed is auth_failed.
  explicit FrameParser(const Limits& limits = {}, std::shared_ptr<const std::vector<Identity>> identities = {},
                       BlockBodies block_bodies = BlockBodies::opened);
  FrameParser(FrameParser&&) noexcept;
  FrameParser& operator=(FrameParser&&) noexcept;
  ~FrameParser();

  // Gives the next bytes of the package, as few or as many as there are. The caller keeps them until next() has
  // returned false. Errc::misuse while an earlier slice has not been used up.
  [[nodiscard]] Result<void> feed(ByteView slice);

  // True: the next event is in `event`, whose body's capacity is used again. False: the slice is used up.
  // no_key: a sealed package that no identity opens; auth_failed: a sealed frame was altered, or is not sealed;
  // truncated, corrupt, unsupported: as decode_superblock and decode_frame_header; corrupt:
  // a body that its check does not fit, a frame out of order; limit: a claimed length beyond max_frame_bytes;
  // trailing_data: something that is no frame follows a trailer. error.offset is the frame's position. Once failed,
  // feed, next and finish give the same error again.
  [[nodiscard]] Result<bool> next(FrameEvent& event);

  // After the last slice has been used up. truncated unless the last frame was a trailer and nothing is pending
  // (trailing_data if what is pending behind a trailer is no frame).
  [[nodiscard]] Result<void> finish();

  // For libnpk: what opens the sealed bodies that have been met; null if none has.
  [[nodiscard]] std::shared_ptr<const crypto::BodyOpener> opener() const;
  // Of the frame that next() works on; after an error, of the frame that failed.
  [[nodiscard]] std::uint64_t position() const noexcept;
  [[nodiscard]] FrameParserCounts counts() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace npk
