// A package as the frames it consists of, for tests that rearrange them as someone without its keys can: everything in
// the clear is then made to fit again.
#pragma once

#include <vector>

#include "npk/bytes.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"
#include "npk/format/superblock.h"

namespace npk::testing {

struct PackageFrame {
  format::FrameHeader header;
  Bytes body;  // as it is stored
};

struct PackageFrames {
  format::Superblock superblock;
  std::vector<PackageFrame> frames;

  // The number-th frame of a type. A test failure and an exception if there is none.
  [[nodiscard]] std::size_t index_of(format::FrameType type, std::size_t number = 0) const;
  [[nodiscard]] PackageFrame& of(format::FrameType type, std::size_t number = 0) { return frames[index_of(type, number)]; }
};

// A package that a writer made.
[[nodiscard]] PackageFrames frames_of(ByteView package);
// Where each frame begins, and the end of the package last.
[[nodiscard]] std::vector<std::uint64_t> frame_positions(ByteView package);

// With each header's tag, sequence number, stored length, last commit, body check and checksum recomputed, and a trailer
// at the end, if there is one, that names the last commit, the last signature and every envelope where they are now.
[[nodiscard]] Bytes forge(PackageFrames package);

}  // namespace npk::testing
