// A small tree in memory that makes a package of several segments, with every kind of frame: for tests that go through a package step by step.
#pragma once

#include <string>

#include "support/test_tree.h"

namespace npk::testing {

// Five segments: each ends behind a hole of 64 MiB, which counts as input and takes no room.
// Without holes, whose zeros verify would hash each time, it is all one segment.
inline TestTree segmented_tree(std::uint64_t seed = 1, bool holes = true) {
  constexpr std::uint64_t kHole = 64ULL << 20;
  TestTree tree;
  for (int segment = 0; segment < 5; ++segment) {
    const std::string directory = "s" + std::to_string(segment);
    tree.add({.path = directory, .kind = format::EntryKind::directory, .mode = 0755});
    for (int i = 0; i < 8; ++i) {
      const DataKind kind = i % 3 == 0 ? DataKind::random : DataKind::text;
      tree.add({.path = directory + "/file" + std::to_string(i), .content = make_data(kind, 400 + 300 * static_cast<std::size_t>(i), seed++)});
    }
    if (!holes) continue;
    TestEntry holey{.path = directory + "/holey"};
    holey.generated_size = kHole + 5000;
    holey.generator = [seed](std::uint64_t offset, MutableBytes out) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = offset + i < kHole ? 0 : static_cast<std::uint8_t>((offset + i) * (seed * 2 + 1) >> 3);
    };
    holey.holes = {{0, kHole}};
    tree.add(std::move(holey));
  }
  tree.add({.path = "link", .kind = format::EntryKind::symlink, .mode = 0777, .target = "s0"});
  tree.sort();
  return tree;
}

// The expected bytes of an entry at an offset.
inline Bytes expected_at(const TestEntry& entry, std::uint64_t offset, std::size_t length) {
  Bytes out(static_cast<std::size_t>(std::min<std::uint64_t>(length, entry.real_size() - std::min(entry.real_size(), offset))));
  if (entry.generator) entry.generator(offset, out);
  else std::copy_n(entry.content.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return out;
}

}  // namespace npk::testing
