// What encode_stream does when something fails, and from a source of random access.
#include "npk/reader.h"
#include "support/fault_io.h"
#include "unit/stream_codec/streams.h"

namespace npk::testing {
namespace {

WriterOptions fast() {
  return {.preset = Preset::fast, .threads = 2};
}

TEST(EncodeStream, ASourceThatFailsCommitsNothing) {
  const Bytes content = make_data(DataKind::text, 3U << 20, 1);
  for (const std::uint64_t byte : {std::uint64_t{0}, std::uint64_t{100}, std::uint64_t{2} << 20}) {
    FaultSequentialSource source(std::make_unique<SlicedSource>(content), FaultPlan{.fail_at_byte = byte});
    TellingSink package;
    std::vector<Error> problems;
    WriterOptions options = fast();
    options.problem = [&](const Error& error) { problems.push_back(error); };
    const auto report = ops::encode_stream(source, {.path = "entry"}, package, options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::io);
    EXPECT_EQ(report.error().path, "entry");
    EXPECT_FALSE(package.committed());
    EXPECT_EQ(problems.size(), 1U);
  }
}

TEST(EncodeStream, MisuseIsSaidBeforeAnythingIsRead) {
  const Bytes content(100);
  FaultSequentialSource source(std::make_unique<SlicedSource>(content), FaultPlan{.fail_at_call = 1});
  TellingSink package;
  EXPECT_EQ(ops::encode_stream(source, {.path = "/entry"}, package, fast()).error().code, Errc::misuse);
  EXPECT_EQ(ops::encode_stream(source, {.path = "d", .kind = EntryKind::directory}, package, fast()).error().code,
            Errc::misuse);
  EXPECT_EQ(ops::encode_stream(source, {.path = "entry"}, package, {.threads = 2000}).error().code, Errc::misuse);
  EXPECT_TRUE(package.bytes().empty());
}

TEST(EncodeStream, MetadataIsKept) {
  SlicedSource source(as_bytes("content"));
  TellingSink package;
  ASSERT_TRUE(ops::encode_stream(source, {.path = "a/b", .mode = 0640, .mtime_seconds = 77, .size = 1}, package, fast()));
  const auto reader = PackageReader::open(memory_source(ByteView(package.bytes()))).value();
  const EntryRow row = reader.find("a/b").value()->row();
  EXPECT_EQ(std::tuple(row.mode, row.mtime_seconds, row.size), std::tuple(0640, 77, 7U));
}

TEST(EncodeStream, ASourceOfRandomAccessIsReadInOrder) {
  const Bytes content = make_data(DataKind::mixed, 2'500'000, 3);
  const auto source = sequential_source(memory_source(ByteView(content)));
  TellingSink package;
  ASSERT_TRUE(ops::encode_stream(*source, {.path = "entry"}, package, fast()));
  EXPECT_TRUE(package.bytes() == encoded(content, fast()));
}

}  // namespace
}  // namespace npk::testing
