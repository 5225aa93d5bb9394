// Walking frames: from a pipe, and past damage.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "npk/files.h"
#include "package/reader/frames/frame_walker.h"
#include "support/package_builder.h"

namespace npk::reader {
namespace {

using format::FrameType;
using test::BuiltPackage;

// Gives few bytes at a time, as a pipe may.
class DrippingSource final : public SequentialSource {
 public:
  explicit DrippingSource(ByteView bytes) : bytes_(bytes) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = std::min({out.size(), bytes_.size(), 1 + (calls_++ * 37) % 500});
    std::ranges::copy(bytes_.first(count), out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  std::string name() const override { return "<drip>"; }

 private:
  ByteView bytes_;
  std::size_t calls_ = 0;
};

struct Walk {
  std::map<FrameType, int> frames;
  std::optional<Error> error;
};

Walk walk(ByteView bytes) {
  DrippingSource source(bytes);
  FrameWalker walker(source, {});
  Walk result;
  if (const auto superblock = walker.read_superblock(); !superblock) {
    result.error = superblock.error();
    return result;
  }
  Frame frame;
  for (;;) {
    const auto more = walker.next(frame);
    if (!more) result.error = more.error();
    if (!more || !*more) return result;
    ++result.frames[frame.header.type];
    EXPECT_EQ(frame.end(), walker.position());
  }
}

FrameReader frames_of(const Bytes& bytes) {
  format::PackageTag tag;
  std::copy_n(bytes.begin() + 16, tag.size(), tag.begin());
  return {{memory_source(ByteView(bytes)), 0, bytes.size(), tag}, {}, std::make_shared<ReadCounters>()};
}

TEST(FrameWalker, YieldsEveryFrameOfAPipe) {
  const BuiltPackage built = test::make_package(1);
  const Walk all = walk(built.bytes);
  ASSERT_FALSE(all.error) << all.error->to_string();
  EXPECT_GT(all.frames.at(FrameType::block), 10);
  EXPECT_EQ(all.frames.at(FrameType::commit), 1);
  EXPECT_EQ(all.frames.at(FrameType::trailer), 1);
}

TEST(FrameWalker, EveryCutIsTruncated) {
  const BuiltPackage built = test::make_package(2, {.files = 4, .largest_file = 3000});
  for (std::size_t size = 0; size < built.bytes.size(); size += size < 400 ? 1 : 13) {
    const Walk cut = walk(ByteView(built.bytes).first(size));
    ASSERT_TRUE(cut.error) << size;
    EXPECT_EQ(cut.error->code, Errc::truncated) << size << cut.error->to_string();
  }
}

TEST(FrameWalker, EveryFlippedBitIsNoticed) {
  const BuiltPackage built = test::make_package(2, {.files = 3, .largest_file = 1500, .chunk_bytes = 500});
  for (std::size_t at = 0; at < built.bytes.size(); ++at) {
    Bytes bytes = built.bytes;
    bytes[at] ^= static_cast<std::uint8_t>(1 << (at % 8));
    EXPECT_TRUE(walk(bytes).error) << at;
  }
}

TEST(FrameWalker, BytesBehindTheTrailerAreTrailingData) {
  BuiltPackage built = test::make_package(2, {.files = 3});
  built.bytes.push_back('x');
  EXPECT_EQ(walk(built.bytes).error->code, Errc::trailing_data);
}

TEST(FrameWalker, AFrameLeftOutIsNoticed) {
  const BuiltPackage built = test::make_package(2, {.files = 3});
  const FrameReader frames = frames_of(built.bytes);
  const auto first = frames.read_header(96).value();
  Bytes bytes = built.bytes;
  bytes.erase(bytes.begin() + 96, bytes.begin() + 96 + 64 + static_cast<std::ptrdiff_t>(first.stored_length));
  EXPECT_EQ(walk(bytes).error->code, Errc::corrupt);
}

TEST(FrameScanner, GoesOnBehindADamagedBody) {
  BuiltPackage built = test::make_package(1);
  built.bytes[96 + 64 + 50] ^= 1;
  const FrameReader frames = frames_of(built.bytes);
  FrameScanner scanner(frames);
  Frame frame;
  ASSERT_EQ(scanner.next(frame).error().code, Errc::corrupt);
  ASSERT_TRUE(scanner.resync().value());
  ASSERT_TRUE(scanner.next(frame).value());
  EXPECT_EQ(frame.header.sequence, 1U);
  while (scanner.next(frame).value()) {
  }
  EXPECT_EQ(frame.header.type, FrameType::trailer);
}

TEST(FrameScanner, FindsTheNextHeaderBehindADamagedOne) {
  BuiltPackage built = test::make_package(1);
  built.bytes[96 + 10] ^= 1;
  const FrameReader frames = frames_of(built.bytes);
  FrameScanner scanner(frames);
  Frame frame;
  ASSERT_FALSE(scanner.next(frame));
  ASSERT_TRUE(scanner.resync().value());
  ASSERT_TRUE(scanner.next(frame).value());
  EXPECT_EQ(frame.header.sequence, 1U);
}

TEST(FrameSearch, FindsHeadersAcrossWindows) {
  test::PackageBuilder builder("large");
  std::vector<std::uint64_t> positions;
  const Bytes raw((1 << 20) - 90, 'N');
  for (int i = 0; i < 4; ++i) {
    positions.push_back(builder.bytes().size());
    builder.stored_frame(FrameType::block, raw);
  }
  const Bytes bytes = builder.bytes();
  const FrameReader frames = frames_of(bytes);
  std::uint64_t from = 0;
  for (const std::uint64_t position : positions) {
    EXPECT_EQ(find_next_frame(frames, from).value(), position);
    from = position + 1;
  }
  EXPECT_EQ(find_next_frame(frames, from).value(), std::nullopt);
  EXPECT_EQ(find_last_frame(frames).value(), positions.back());
}

TEST(FrameReader, ReferencesMustLeadBackwardsAndAgree) {
  const BuiltPackage built = test::make_package(1);
  const FrameReader frames = frames_of(built.bytes);
  Frame frame;
  ASSERT_TRUE(frames.read_frame(96, frame));
  const format::FrameReference good{96, frame.header.stored_length, frame.hash};
  Bytes buffer;
  const auto code = [&](FrameType type, const format::FrameReference& reference, std::uint64_t before) {
    const auto body = frames.read_body(type, reference, before, buffer);
    return body ? Errc{} : body.error().code;
  };
  EXPECT_EQ(code(FrameType::block, good, frame.end()), Errc{});
  EXPECT_EQ(code(FrameType::block, good, frame.end() - 1), Errc::corrupt);
  EXPECT_EQ(code(FrameType::dictionary, good, UINT64_MAX), Errc::corrupt);
  EXPECT_EQ(code(FrameType::block, {97, good.stored_length, good.hash}, UINT64_MAX), Errc::corrupt);
  EXPECT_EQ(code(FrameType::block, {0, good.stored_length, good.hash}, UINT64_MAX), Errc::corrupt);
  EXPECT_EQ(code(FrameType::block, {UINT64_MAX - 5, good.stored_length, good.hash}, UINT64_MAX), Errc::corrupt);
  EXPECT_EQ(code(FrameType::block, {96, good.stored_length - 1, good.hash}, UINT64_MAX), Errc::corrupt);
  EXPECT_EQ(code(FrameType::block, {96, UINT64_MAX, good.hash}, UINT64_MAX), Errc::limit);
  format::FrameReference other = good;
  other.hash[20] ^= 1;
  EXPECT_EQ(code(FrameType::block, other, UINT64_MAX), Errc::corrupt);
}

}  // namespace
}  // namespace npk::reader
