// What a pipe's reader keeps of a sealed package stays sealed: in memory, and in the spool file.
#include <filesystem>
#include <functional>

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
      EXPECT_EQ(blocks.copied_bytes(row), row.stored_length) << "to be opened";
      Bytes buffer;
      const auto body = blocks.body(row, buffer);
      ASSERT_TRUE(body) << body.error().to_string();
      EXPECT_TRUE(std::ranges::equal(*body, content));
    }
  }
}

// A package on a pipe whose writer waits before the last bytes: what is spooled by then can be looked at.
class WaitingPipe final : public SequentialSource {
 public:
  WaitingPipe(ByteView bytes, std::function<void()> before_the_end) : bytes_(bytes), before_the_end_(std::move(before_the_end)) {}
  Result<std::size_t> read(MutableBytes out) override {
    constexpr std::size_t kPiece = 100'000, kLast = 1000;
    std::size_t count = std::min(out.size(), bytes_.size());
    if (bytes_.size() > kLast) count = std::min({count, bytes_.size() - kLast, kPiece});
    else if (!std::exchange(waited_, true)) before_the_end_();
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  [[nodiscard]] std::string name() const override { return "<pipe>"; }

 private:
  ByteView bytes_;
  std::function<void()> before_the_end_;
  bool waited_ = false;
};

constexpr std::string_view kMarker = "the plain text of the content";

// Text that is stored as it is, every 100 bytes of it another: none of its blocks is like another.
Bytes marked_text(std::size_t size) {
  Bytes text = make_data(DataKind::random, size, 9);
  for (std::size_t at = 0; at + 100 <= size; at += 100) std::ranges::copy(as_bytes(kMarker), text.begin() + static_cast<std::ptrdiff_t>(at));
  return text;
}

class PipedSpool : public ::testing::TestWithParam<bool> {};

// More than may be in memory (8 MiB at least), of which the first file, not wanted, is what the last one needs again.
TEST_P(PipedSpool, HoldsWhatIsStored) {
  const bool is_sealed = GetParam();
  const TestTree tree({file_entry("a", marked_text(24U << 20)), file_entry("z", marked_text(24U << 20))});
  WriterOptions options = sealed_options(is_sealed ? recipients(recipient()) : nullptr);
  options.codec = "store";
  const Bytes package = pack(tree, options).bytes;
  ASSERT_LT(package.size(), 30U << 20) << "the content of z is that of a";
  std::string stored;
  for (const PackageFrame& frame : frames_of(package).frames)
    if (frame.header.type == FrameType::block) stored += as_text(frame.body);

  const ScratchDirectory scratch;
  const std::string spool_directory = scratch / "spool";
  ASSERT_EQ(::mkdir(spool_directory.c_str(), 0700), 0);
  std::string spooled;
  WaitingPipe pipe(package, [&] { spooled = unlinked_files(spool_directory); });
  ops::ExtractOptions extract{.target_directory = scratch / "out", .globs = {"z"}, .threads = 2, .memory_bytes = 32U << 20, .spool_directory = spool_directory};
  if (is_sealed) extract.identities = identities(identity());
  const auto report = ops::extract_stream(pipe, extract);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->failed_entries, 0U);
  EXPECT_TRUE(read_file(scratch / "out/z") == as_text(tree.entries()[1].content));

  EXPECT_GT(spooled.size(), 5U << 20);
  EXPECT_TRUE(stored.starts_with(spooled)) << "the spool file holds something else than stored blocks";
  EXPECT_EQ(spooled.contains(kMarker), !is_sealed);
}

INSTANTIATE_TEST_SUITE_P(Package, PipedSpool, ::testing::Bool(), [](const auto& shape) { return std::string(shape.param ? "Sealed" : "Clear"); });

}  // namespace
}  // namespace npk::testing
