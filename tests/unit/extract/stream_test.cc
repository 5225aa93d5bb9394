// From a pipe: the same as from a file, whatever has to be read back or spooled for it; and what there is of a cut
// package.
#include <functional>
#include <random>
#include <utility>

#include "extract_support.h"
#include "hash/hash.h"
#include "npk/ops/create.h"
#include "ops/read/stream_blocks.h"
#include "support/package_builder.h"
#include "support/scratch.h"
#include "tree_description.h"

namespace npk::testing {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;
using test::PackageBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

BuiltEntry file_of(std::string path, const Bytes& content, std::vector<format::Run> runs) {
  BuiltEntry entry;
  entry.path = std::move(path);
  entry.content = content;
  entry.size = content.size();
  entry.runs = std::move(runs);
  if (format::needs_digest(entry.row())) entry.digest = hash::blake3(content);
  return entry;
}

// Where each frame ends.
std::vector<std::uint64_t> frame_ends(ByteView package) {
  std::vector<std::uint64_t> ends;
  for (std::uint64_t at = format::kSuperblockBytes; at < package.size();) {
    at += format::kFrameHeaderBytes + load_le<std::uint64_t>(package.data() + at + 32);
    ends.push_back(at);
  }
  return ends;
}

test::PackageShape small_segments(std::uint64_t seed) {
  test::PackageShape shape;
  shape.files = 50;
  shape.blocks_per_page = 1 + seed % 3;
  shape.bases = seed % 2 == 0;
  shape.codec = seed % 3 == 0 ? format::CodecId::zstd : format::CodecId::store;
  return shape;
}

TEST(ExtractStream, GlobsGiveTheSameAsFromAFile) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const BuiltPackage package = test::make_package(seed, small_segments(seed));
    for (const char* glob : {"dir1", "dir2/*", "*7", "*[02468]"}) {
      const ScratchDirectory scratch;
      const Extracted by_file = extract_bytes(package.bytes, Way::file, scratch / "file", {.globs = {glob}});
      const Extracted by_pipe =
          extract_bytes(package.bytes, Way::pipe, scratch / "pipe", {.globs = {glob}, .threads = 3});
      ASSERT_TRUE(by_file.is_clean()) << by_file.text();
      ASSERT_TRUE(by_pipe.is_clean()) << "seed " << seed << ", " << glob << ": " << by_pipe.text();
      const DescriptionOptions content_only{.metadata =
                                                false};  // directories that no entry describes have the time of now
      EXPECT_EQ(describe_tree(scratch / "pipe", content_only), describe_tree(scratch / "file", content_only));
      EXPECT_EQ(by_pipe.result->entries, by_file.result->entries);
      EXPECT_EQ(by_pipe.result->bytes, by_file.result->bytes);
    }
  }
}

// Three segments: the holder of a chunk, something else, and a file that uses the chunk again.
struct Repeated {
  PackageBuilder builder{"repeated"};
  Bytes chunk = bytes_of(std::string(5000, 'r') + "epeated");
  std::vector<BuiltEntry> entries;

  Bytes finish() {
    segment(file_of("holder", chunk, {{0, 1, chunk.size()}}), chunk);
    const Bytes other = bytes_of(std::string(700, 'o'));
    segment(file_of("other", other, {{1, 1, other.size()}}), other);
    Bytes both = bytes_of("last");
    const Bytes last = both;
    both.insert(both.end(), chunk.begin(), chunk.end());
    segment(file_of("user", both, {{2, 1, last.size()}, {0, 1, chunk.size()}}), last);
    builder.commit(entries);
    builder.trailer();
    return builder.bytes();
  }
  void segment(BuiltEntry entry, const Bytes& content) {
    builder.block({content});
    builder.chunk_page();
    builder.manifest({entry});
    entries.push_back(std::move(entry));
  }
};

TEST(ExtractStream, AnEarlierChunkIsReadBackFromWhatWasExtracted) {
  Repeated repeated;
  const Bytes package = repeated.finish();
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out", {.spool_bytes = 0});
  ASSERT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_EQ(read_file(scratch / "out/user"), as_text(repeated.entries[2].content));
}

TEST(ExtractStream, OrFromTheSpool) {
  Repeated repeated;
  const Bytes package = repeated.finish();
  const ScratchDirectory scratch;
  const Extracted extracted =
      extract_bytes(package, Way::pipe, scratch / "out", {.globs = {"user"}, .spool_directory = scratch.path()});
  ASSERT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_EQ(read_file(scratch / "out/user"), as_text(repeated.entries[2].content));
  EXPECT_EQ(describe_tree(scratch.path()).size(), 2U);  // out, out/user: the spool has no name
}

TEST(ExtractStream, ASpoolTooSmallCostsWhatNeedsIt) {
  Repeated repeated;
  const Bytes package = repeated.finish();
  const ScratchDirectory scratch;
  const Extracted extracted =
      extract_bytes(package, Way::pipe, scratch / "out", {.globs = {"user", "other"}, .spool_bytes = 1000});
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("user"));
  EXPECT_EQ(extracted.problems[0].code, Errc::limit);
  EXPECT_EQ(extracted.result->damaged_entries, 0U);
  EXPECT_EQ(read_file(scratch / "out/other"), std::string(700, 'o'));
}

TEST(ExtractStream, WithoutAPlaceForTheSpoolTheRestGoesOn) {
  Repeated repeated;
  const Bytes package = repeated.finish();
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out",
                                            {.globs = {"user", "other"}, .spool_directory = scratch / "none"});
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("user"));
  EXPECT_THAT(extracted.problems[0].message, ::testing::HasSubstr("none"));
}

// Calls back once so many bytes have been read.
class HookedPipe final : public SequentialSource {
 public:
  HookedPipe(ByteView bytes, std::size_t at, std::function<void()> hook)
      : pipe_(bytes, 100), left_(at), hook_(std::move(hook)) {}
  Result<std::size_t> read(MutableBytes out) override {
    NPK_ASSIGN(const std::size_t count, pipe_.read(out));
    if (hook_ && count > left_) std::exchange(hook_, nullptr)();
    left_ -= std::min(left_, count);
    return count;
  }
  [[nodiscard]] std::string name() const override { return "<hooked>"; }

 private:
  MemoryPipe pipe_;
  std::size_t left_;
  std::function<void()> hook_;
};

TEST(ExtractStream, AFileChangedMeanwhileIsNotBelieved) {
  Repeated repeated;
  const Bytes package = repeated.finish();
  const ScratchDirectory scratch;
  HookedPipe pipe(package, frame_ends(package)[5], [&] { write_file(scratch / "out/holder", std::string(5007, 'x')); });
  std::vector<std::string> problems;
  const auto report = ops::extract_stream(
      pipe,
      {.target_directory = scratch / "out", .problem = [&](const Error& error) { problems.push_back(error.path); }});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_THAT(problems, ElementsAre("user"));
  EXPECT_FALSE(exists(scratch / "out/user"));
}

TEST(ExtractStream, CutAtEveryFrame) {
  test::PackageShape shape = small_segments(11);
  shape.files = 20;
  const BuiltPackage built = test::make_package(11, shape);
  const std::vector<std::uint64_t> ends = frame_ends(built.bytes);
  ASSERT_EQ(ends.back(), built.bytes.size());
  std::size_t before = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    for (const std::uint64_t cut : {ends[i], ends[i + 1] - 1}) {
      const ScratchDirectory scratch;
      const Extracted extracted = extract_bytes(ByteView(built.bytes).first(cut), Way::pipe, scratch / "out");
      EXPECT_EQ(extracted.code(), Errc::truncated) << "cut at " << cut << ": " << extracted.text();
      EXPECT_THAT(extracted.problems, IsEmpty());
      std::size_t found = 0;
      for (const BuiltEntry& entry : built.entries) {
        if (!exists(scratch / "out/" + entry.path)) continue;
        ++found;
        EXPECT_EQ(read_file(scratch / "out/" + entry.path), as_text(entry.content)) << entry.path;
      }
      EXPECT_GE(found, before);
      before = found;
    }
  }
  EXPECT_EQ(before, built.entries.size());
}

TEST(ExtractStream, DamageEndsItAfterWhatCameBefore) {
  const BuiltPackage built = test::make_package(12, small_segments(12));
  const std::vector<std::uint64_t> ends = frame_ends(built.bytes);
  Bytes package = built.bytes;
  package[built.manifests_end / 2] ^= 1;
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out");
  EXPECT_EQ(extracted.code(), Errc::corrupt) << extracted.text();
  std::size_t found = 0;
  for (const BuiltEntry& entry : built.entries) {
    if (!exists(scratch / "out/" + entry.path)) continue;
    ++found;
    EXPECT_EQ(read_file(scratch / "out/" + entry.path), as_text(entry.content)) << entry.path;
  }
  EXPECT_GE(found, 5U);
  EXPECT_LT(found, built.entries.size());
}

TEST(ExtractStream, TheCommitIsComparedWithWhatCame) {
  for (int field = 0; field < 3; ++field) {
    Repeated repeated;
    repeated.builder.edit_commit = [&](format::Commit& commit) {
      format::Totals& totals = commit.placement.totals;
      ++(field == 0 ? totals.entries : field == 1 ? totals.chunks : totals.stored_bytes);
    };
    const Bytes package = repeated.finish();
    const ScratchDirectory scratch;
    const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out");
    EXPECT_EQ(extracted.code(), Errc::corrupt) << extracted.text();
    EXPECT_EQ(read_file(scratch / "out/holder"), as_text(repeated.chunk));
  }
}

TEST(ExtractStream, WhatFollowsThePackageIsSaid) {
  Repeated repeated;
  Bytes package = repeated.finish();
  package.insert(package.end(), 100, 'x');
  const ScratchDirectory scratch;
  EXPECT_EQ(extract_bytes(package, Way::pipe, scratch / "out").code(), Errc::trailing_data);
}

TEST(ExtractStream, SeveralGenerationsAreRefused) {
  Repeated repeated;
  static_cast<void>(repeated.finish());
  repeated.builder.block({bytes_of("more")});
  repeated.builder.commit(repeated.entries);
  repeated.builder.trailer();
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(repeated.builder.bytes(), Way::pipe, scratch / "out");
  EXPECT_EQ(extracted.code(), Errc::unsupported) << extracted.text();
  EXPECT_EQ(read_file(scratch / "out/holder"), as_text(repeated.chunk));
}

TEST(ExtractStream, NoPackageAtAll) {
  const ScratchDirectory scratch;
  EXPECT_EQ(extract_bytes({}, Way::pipe, scratch / "out").code(), Errc::truncated);
  EXPECT_EQ(extract_bytes(Bytes(1000, 'x'), Way::pipe, scratch / "out").code(), Errc::corrupt);
  EXPECT_FALSE(exists(scratch / "out"));
}

reader::Frame frame_at(std::uint64_t position, std::size_t size) {
  reader::Frame frame;
  frame.position = position;
  frame.header.type = format::FrameType::block;
  frame.body = Bytes(size, static_cast<std::uint8_t>(position));
  frame.hash = hash::blake3(frame.body);
  return frame;
}

format::BlockRow row_of(std::uint64_t position, std::size_t size) {
  return {.position = position,
          .stored_length = size,
          .hash = hash::blake3(Bytes(size, static_cast<std::uint8_t>(position)))};
}

TEST(StreamBlocks, MemoryThenTheRing) {
  ops::StreamBlocks blocks("", 1000, 500);
  for (std::uint64_t position = 1; position <= 5; ++position) {
    reader::Frame frame = frame_at(position, 200);
    blocks.add(frame);
  }
  EXPECT_FALSE(blocks.in_memory(3));
  EXPECT_TRUE(blocks.in_memory(4));
  Bytes buffer;
  for (std::uint64_t position = 1; position <= 5; ++position) {
    EXPECT_TRUE(blocks.came_by(row_of(position, 200))) << position;
    const auto body = blocks.body(row_of(position, 200), buffer);
    ASSERT_TRUE(body) << body.error().to_string();
    EXPECT_EQ(hash::blake3(*body), row_of(position, 200).hash);
  }
  EXPECT_FALSE(blocks.came_by(row_of(1, 199)));
  EXPECT_FALSE(blocks.came_by({.position = 1, .stored_length = 200, .hash = row_of(2, 200).hash}));
}

TEST(StreamBlocks, TheOldestGiveWay) {
  ops::StreamBlocks blocks("", 1000, 0);
  Bytes buffer;
  std::mt19937_64 random(5);
  for (std::uint64_t position = 1; position <= 300; ++position) {
    const std::size_t size = 50 + random() % 250;
    reader::Frame frame = frame_at(position, size);
    blocks.add(frame);
    blocks.move_to_spool(position);
    std::uint64_t kept = 0;
    bool gone = false;
    for (std::uint64_t at = position; at >= 1; --at) {
      if (!blocks.available(at)) {
        gone = true;
        continue;
      }
      EXPECT_FALSE(gone) << "an older one stayed longer";
      ++kept;
    }
    EXPECT_GE(kept, position < 3 ? position : 2U);
    const auto body = blocks.body(row_of(position, size), buffer);
    ASSERT_TRUE(body) << body.error().to_string();
  }
  EXPECT_THAT(blocks.loss(), ::testing::HasSubstr("1000 bytes"));
}

TEST(StreamBlocks, WhatIsDroppedIsGone) {
  ops::StreamBlocks blocks("", 1000, 1000);
  for (const std::uint64_t position : {1U, 2U}) {
    reader::Frame frame = frame_at(position, 100);
    blocks.add(frame);
  }
  blocks.move_to_spool(1);
  blocks.drop(1);
  blocks.drop(2);
  Bytes buffer;
  EXPECT_FALSE(blocks.available(1));
  EXPECT_EQ(blocks.body(row_of(2, 100), buffer).error().code, Errc::not_found);
}

}  // namespace
}  // namespace npk::testing
