// What a pipe's reader keeps of a sealed package stays sealed: in memory, and in the spool file.
#include <filesystem>

#include "ops/read/stream_blocks.h"
#include "sealed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;

// The unlinked files of a directory that this process has open, one behind another.
std::string unlinked_files(const std::string& directory) {
  std::string content;
  for (const auto& descriptor : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(descriptor.path(), error).string();
    if (!error && target.starts_with(directory) && target.ends_with("(deleted)")) content += read_file(descriptor.path());
  }
  return content;
}

TEST(SealedSpool, BlocksStaySealedInMemoryAndInTheFile) {
  const TestTree tree({file_entry("a", make_data(DataKind::text, 100'000, 1)), file_entry("b", make_data(DataKind::random, 100'000, 2))});
  WriterOptions options = sealed_options();
  options.block_bytes = 64U << 10;
  const Bytes package = pack(tree, options).bytes;

  const ScratchDirectory scratch;
  ops::StreamBlocks blocks(scratch.path(), 1U << 20, 1);
  FrameParser stored({}, identities(identity()), BlockBodies::as_stored), opened({}, identities(identity()));
  ASSERT_TRUE(stored.feed(package));
  ASSERT_TRUE(opened.feed(package));
  FrameEvent event, plain;
  std::vector<std::pair<format::BlockRow, Bytes>> expected;
  std::string sealed;
  while (stored.next(event).value()) {
    ASSERT_TRUE(opened.next(plain).value());
    ASSERT_EQ(plain.hash, event.hash);
    if (event.kind != FrameEvent::Kind::body || event.header.type != FrameType::block) continue;
    EXPECT_EQ(event.body.size(), event.header.stored_length);
    EXPECT_LT(plain.body.size(), event.body.size());
    blocks.open_with(stored.opener());
    expected.push_back({{.position = event.position, .stored_length = event.header.stored_length, .hash = event.hash}, plain.body});
    sealed += as_text(event.body);
    reader::Frame frame{event.position, event.header, std::move(event.body), event.hash};
    blocks.add(frame);
  }
  ASSERT_GE(expected.size(), 3U);
  EXPECT_TRUE(blocks.in_memory(expected.back().first.position));
  EXPECT_FALSE(blocks.in_memory(expected.front().first.position));
  blocks.move_to_spool(expected.back().first.position);
  EXPECT_TRUE(unlinked_files(scratch.path()) == sealed) << "the spool file holds something else than the sealed bodies";
  for (int time = 0; time < 2; ++time) {
    for (const auto& [row, content] : expected) {
      ASSERT_TRUE(blocks.came_by(row));
      Bytes buffer;
      const auto body = blocks.body(row, buffer);
      ASSERT_TRUE(body) << body.error().to_string();
      EXPECT_TRUE(std::ranges::equal(*body, content));
    }
  }
}

TEST(SealedSpool, AFileThatIsSpooledComesOut) {
  // Larger than what is held in memory would be slow: a glob makes what is not wanted go to the spool.
  const Bytes content = make_data(DataKind::random, 300'000, 3);
  TestTree tree({file_entry("a", content), file_entry("z", content)});
  for (unsigned i = 0; i < 30; ++i) tree.add(file_entry("m" + std::to_string(i), make_data(DataKind::random, 200'000, 50 + i)));
  tree.sort();
  WriterOptions options = sealed_options();
  options.block_bytes = 64U << 10;
  const Bytes package = pack(tree, options).bytes;
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out", {.globs = {"z"}, .threads = 2, .spool_directory = scratch.path(), .identities = identities(identity())});
  ASSERT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_TRUE(read_file(scratch / "out/z") == as_text(content));
}

}  // namespace
}  // namespace npk::testing
