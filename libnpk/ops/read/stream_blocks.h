// Stored blocks of a package that comes from a pipe, for as long as they may be needed: in memory, then in an unlinked
// file of bounded size.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "io/descriptor.h"
#include "npk/bytes.h"
#include "npk/format/chunk_page.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::ops {

// Const members from any thread while no other member runs. Blocks are known by their frame's position.
class StreamBlocks {
 public:
  // `directory` empty: $TMPDIR or /tmp. The file is made when first needed.
  StreamBlocks(std::string directory, std::uint64_t spool_bytes, std::uint64_t memory_bytes)
      : directory_(std::move(directory)), spool_bytes_(spool_bytes), memory_bytes_(memory_bytes) {}

  // What opens the sealed ones among those that are added.
  void open_with(std::shared_ptr<const crypto::BodyOpener> opener) noexcept { opener_ = std::move(opener); }
  void record_to(Profile* profile) noexcept { profile_ = profile; }
  // Takes the frame's body, as it is stored: sealed it stays, in memory and in the file. The oldest go to the file when memory is full, and
  // are lost when that is.
  void add(reader::Frame& frame);
  void drop(std::uint64_t position);
  void move_to_spool(std::uint64_t position);

  // Whether a block or dictionary like this came by. Of those only found in the file the hash is checked when they are
  // read.
  [[nodiscard]] bool came_by(const format::BlockRow& row) const;
  [[nodiscard]] bool in_memory(std::uint64_t position) const { return held_.contains(position); }
  [[nodiscard]] bool available(std::uint64_t position) const {
    return in_memory(position) || spooled_.contains(position);
  }
  // What body() takes of its buffer: one that is spooled, or sealed, is copied.
  [[nodiscard]] std::uint64_t copied_bytes(const format::BlockRow& row) const;
  // What its body begins with: for counting only, as nothing vouches for a part of what is spooled.
  [[nodiscard]] Result<format::InnerHeader> inner_header(const format::BlockRow& row) const;
  // Its body, checked and opened, perhaps in `buffer`. Errc::not_found: not here any more.
  [[nodiscard]] Result<ByteView> body(const format::BlockRow& row, Bytes& buffer) const;
  // Why blocks have been lost.
  [[nodiscard]] const std::string& loss() const noexcept { return loss_; }

 private:
  struct Held {
    Bytes body;
    format::FrameHeader header;
    Digest hash{};
  };
  struct Spooled {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    format::FrameHeader header;
    Digest hash{};
  };
  using HeldAt = std::map<std::uint64_t, Held>::iterator;

  [[nodiscard]] Result<Bytes> start(const format::BlockRow& row) const;
  void spool(HeldAt block);
  [[nodiscard]] Result<ByteView> opened(const format::FrameHeader& header, MutableBytes body) const;
  [[nodiscard]] Result<void> write(std::uint64_t position, const Held& block);
  [[nodiscard]] Result<void> read_spooled(std::uint64_t offset, MutableBytes out) const;
  void make_room(std::uint64_t length);

  std::string directory_;
  std::uint64_t spool_bytes_;
  std::uint64_t memory_bytes_;
  std::uint64_t held_bytes_ = 0;
  std::map<std::uint64_t, Held> held_;
  std::map<std::uint64_t, Spooled> spooled_;
  std::deque<std::uint64_t> spool_order_;  // positions, oldest first; some may be gone from spooled_
  std::uint64_t spool_head_ = 0;           // where the next one goes: the file is a ring
  std::shared_ptr<const crypto::BodyOpener> opener_;
  Profile* profile_ = nullptr;
  io::FileDescriptor file_;
  std::string loss_;
};

}  // namespace npk::ops
