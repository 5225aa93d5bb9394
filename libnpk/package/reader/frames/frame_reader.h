// Reads frames of one package at positions, checked (spec section 5). Positions count from the superblock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "crypto/sealing.h"
#include "npk/bytes.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"
#include "npk/limits.h"
#include "npk/profile.h"
#include "npk/source.h"
#include "package/reader/cache/counters.h"

namespace npk::reader {

// Where a package lies and how its frames are recognised.
struct PackageExtent {
  std::shared_ptr<const RandomAccessSource> source;
  std::uint64_t offset = 0;  // of the superblock in the source
  std::uint64_t length = 0;  // from the superblock on; no frame reaches beyond
  format::PackageTag tag{};
  std::shared_ptr<const crypto::BodyOpener> opener = {};  // null: not sealed
  // Of a sealed package: from here back commits show the heads of all writing sessions; 0: they are not looked for.
  std::uint64_t newest_commit = 0;
};

// One frame, its body checked against the header's body check, and opened if it is sealed.
struct Frame {
  std::uint64_t position = 0;
  format::FrameHeader header;
  Bytes body;
  Digest hash{};  // BLAKE3 of the body as it is stored

  [[nodiscard]] std::uint64_t end() const noexcept {
    return position + format::kFrameHeaderBytes + header.stored_length;
  }
};

// decode_frame_header, and what holds of clear frames: no sealed or salt bits, key epoch and salt id 0 (corrupt). In a
// sealed package only certain types are clear, and all others sealed, with an epoch and a salt id (auth_failed).
[[nodiscard]] Result<format::FrameHeader> decode_header(ByteView bytes, const format::PackageTag& tag, bool is_sealed,
                                                        const Limits& limits);

// The body of a frame, sealed or not, becomes the plain one. `opener` may be null if no frame says it is sealed.
[[nodiscard]] Result<void> open_frame(const crypto::BodyOpener* opener, const format::FrameHeader& header, Bytes& body);

// Fills `out` with the bytes of a frame's stored body from `offset` on.
using ReadStored = std::function<Result<void>(std::uint64_t offset, MutableBytes out)>;

// The first `most` bytes of a plain body, or all if it has fewer, without reading the rest: only what is sealed is vouched for. Of a sealed
// one, whose session `opener` knows, at most the first segment.
[[nodiscard]] Result<Bytes> read_body_start(const crypto::BodyOpener* opener, const format::FrameHeader& header, std::size_t most, const ReadStored& read);

// Const members are thread-safe. Errors carry the source's name and the offset in it.
class FrameReader {
 public:
  FrameReader(PackageExtent extent, const Limits& limits, std::shared_ptr<ReadCounters> counters, std::shared_ptr<Profile> profile = {});

  // The body of the frame a reference names, read at once into `buffer` (grown as needed, contents replaced); the view
  // is into it. `before`: the position of the frame that holds the reference; this one must end at or before it.
  // A sealed body is opened (auth_failed, no_key); the hash is that of the sealed one.
  // corrupt: outside the package or not before, another type, length, body check or hash; truncated: the source is too
  // short.
  [[nodiscard]] Result<ByteView> read_body(format::FrameType type, const format::FrameReference& reference,
                                           std::uint64_t before, Bytes& buffer) const;

  // The header at a position that nothing vouches for; truncated if it or the body it claims does not fit in the
  // package.
  [[nodiscard]] Result<format::FrameHeader> read_header(std::uint64_t position) const;
  // The whole frame there; into.body's capacity is reused.
  [[nodiscard]] Result<void> read_frame(std::uint64_t position, Frame& into) const;
  // As read_body_start, of the body there.
  [[nodiscard]] Result<Bytes> read_start(std::uint64_t position, const format::FrameHeader& header,
                                         std::size_t most) const;

  // An error that has no place yet gets this one: the frame at `position` of this source.
  template <class T>
  [[nodiscard]] Result<T> placed(Result<T>&& result, std::uint64_t position) const {
    if (result) return std::move(result);
    return std::unexpected(std::move(result).error().at(extent_.offset + position).in(extent_.source->name()));
  }

  // Whose body is not wanted: but where it begins with the head of a writing session, later frames of it need that.
  [[nodiscard]] Result<void> pass(std::uint64_t position, const format::FrameHeader& header) const;

  [[nodiscard]] const PackageExtent& extent() const noexcept { return extent_; }
  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
  [[nodiscard]] ReadCounters& counters() const noexcept { return *counters_; }
  [[nodiscard]] Profile* profile() const noexcept { return profile_.get(); }  // may be null

 private:
  template <class Expected>
  [[nodiscard]] auto check(ByteView body, const Expected& expected) const;
  [[nodiscard]] Result<MutableBytes> decrypt(const format::FrameHeader& header, MutableBytes body) const;
  [[nodiscard]] Result<void> fill(std::uint64_t position, MutableBytes out) const;
  [[nodiscard]] Result<ByteView> read_referenced(format::FrameType type, const format::FrameReference& reference,
                                                 std::uint64_t before, Bytes& buffer) const;
  [[nodiscard]] Result<format::FrameHeader> read_header_at(std::uint64_t position) const;
  // Looks for the head of a sealed frame's session, if that has not been met: in the commits, newest first.
  [[nodiscard]] Result<void> meet_session_of(const format::FrameHeader& header) const;
  [[nodiscard]] Result<void> read_frame_at(std::uint64_t position, Frame& into) const;

  PackageExtent extent_;
  Limits limits_;
  std::shared_ptr<ReadCounters> counters_;
  std::shared_ptr<Profile> profile_;
};

}  // namespace npk::reader
