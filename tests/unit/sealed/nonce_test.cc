// A nonce never comes twice, two packages have nothing in common, and every frame says of itself what it must.
#include <tuple>

#include "sealed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;

TestTree many_blocks() {
  TestTree tree;
  for (unsigned i = 0; i < 60; ++i) tree.add(file_entry("f" + std::to_string(i), make_data(DataKind::mixed, 70'000, i)));
  tree.sort();
  return tree;
}

WriterOptions small_blocks() {
  WriterOptions options = sealed_options();
  options.block_bytes = 64U << 10;
  options.threads = 4;
  return options;
}

TEST(Nonces, NeverComeTwice) {
  const PackageFrames package = frames_of(pack(many_blocks(), small_blocks()).bytes);
  std::set<std::tuple<FrameType, std::uint32_t, std::uint32_t, std::uint32_t>> seen;
  std::map<FrameType, std::uint32_t> counts;
  bool head_seen = false;
  for (const PackageFrame& frame : package.frames) {
    const format::FrameHeader& header = frame.header;
    if (!format::has_inner_header(header.type)) {
      EXPECT_EQ(header.flags, 0);
      EXPECT_EQ(header.key_epoch | header.writer_salt_id | header.seal_counter, 0U);
      continue;
    }
    ASSERT_NE(header.flags & format::kFrameSealed, 0);
    EXPECT_EQ(header.key_epoch, 1U);
    EXPECT_TRUE(seen.emplace(header.type, header.writer_salt_id, header.key_epoch, header.seal_counter).second)
        << "type " << static_cast<int>(header.type) << ", counter " << header.seal_counter;
    ++counts[header.type];
    head_seen = head_seen || (header.flags & format::kFrameCarriesSalt) != 0;
    EXPECT_TRUE(head_seen) << "a sealed frame before the session's head";
  }
  EXPECT_GT(counts[FrameType::block], 20U);
  for (const auto& [type, count] : counts)
    EXPECT_TRUE(seen.contains({type, 1, 1, count - 1})) << "the counters of type " << static_cast<int>(type) << " have gaps";
}

TEST(Nonces, TwoPackagesOfTheSameShareNothing) {
  const TestTree tree = many_blocks();
  const PackageFrames one = frames_of(pack(tree, small_blocks()).bytes), two = frames_of(pack(tree, small_blocks()).bytes);
  EXPECT_NE(one.superblock.package_id, two.superblock.package_id);
  EXPECT_NE(one.superblock.key_commitment, two.superblock.key_commitment);
  std::set<std::string> pieces;
  const auto each_piece = [](const PackageFrames& package, const auto& visit) {
    for (const PackageFrame& frame : package.frames) {
      if ((frame.header.flags & format::kFrameSealed) == 0) continue;
      for (std::size_t at = 0; at + 16 <= frame.body.size(); at += 16) visit(std::string(as_text(ByteView(frame.body).subspan(at, 16))));
    }
  };
  std::size_t heads = 0, count = 0;
  each_piece(one, [&](std::string piece) {
    ++count;
    if (!pieces.insert(std::move(piece)).second) ++heads;
  });
  EXPECT_GT(count, 10'000U);
  EXPECT_EQ(heads, 4U);  // the session's 64 bytes come with the first block, and again with the commit
  each_piece(two, [&](const std::string& piece) { EXPECT_FALSE(pieces.contains(piece)); });
}

}  // namespace
}  // namespace npk::testing
