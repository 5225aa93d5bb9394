// Options that make no sense are refused before anything is read, naming the field.
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

struct Refused {
  WriterOptions options;
  const char* field;
};

std::vector<Refused> refused() {
  return {
      {{.codec = "deflate"}, "codec"},
      {{.codec = ""}, "codec"},
      {{.level = 23}, "level"},
      {{.level = -101}, "level"},
      {{.codec = "lz4", .level = 13}, "level"},
      {{.codec = "store", .level = 5}, "level"},
      {{.codec = "lzma2", .level = 10}, "level"},
      {{.codec = "lzma2", .level = -1}, "level"},
      {{.block_bytes = (64U << 10) - 1}, "block size"},
      {{.block_bytes = (128U << 20) + 1}, "block size"},
      {{.block_bytes = UINT64_MAX}, "block size"},
      {{.chunk_bytes = 2048}, "chunk size"},
      {{.chunk_bytes = 5000}, "chunk size"},
      {{.chunk_bytes = 8U << 20}, "chunk size"},
      {{.chunk_bytes = UINT64_MAX}, "chunk size"},
      {{.block_bytes = 64U << 10, .chunk_bytes = 64U << 10}, "chunk size"},
      {{.threads = 1025}, "threads"},
      {{.time_nanoseconds = 1'000'000'000}, "time"},
      {{.message = std::string((1U << 20) + 1, 'm')}, "message"},
      {{.message = "not \xff UTF-8"}, "message"},
      {{.message = "cut \xe4\xbd"}, "message"},
      {{.message = "overlong \xc0\xaf"}, "message"},
      {{.message = "surrogate \xed\xa0\x80"}, "message"},
      {{.message = "too high \xf4\x90\x80\x80"}, "message"},
      {{.message = "alone \x80"}, "message"},
  };
}

TEST(Options, NonsenseIsRefusedNamingTheField) {
  ASSERT_EQ(refused().size(), 25U);
  for (const Refused& wrong : refused()) {
    const auto checked = check_writer_options(wrong.options);
    ASSERT_FALSE(checked) << wrong.field;
    EXPECT_EQ(checked.error().code, Errc::misuse) << checked.error().to_string();
    EXPECT_NE(checked.error().message.find(wrong.field), std::string::npos) << checked.error().message << " does not name " << wrong.field;
    const auto packed = testing::try_pack(testing::TestTree(), wrong.options);
    ASSERT_FALSE(packed);
    EXPECT_EQ(packed.error().code, Errc::misuse);
  }
}

TEST(Options, BordersAreAllowed) {
  const WriterOptions allowed[] = {
      {.level = 22},
      {.level = -100},
      {.codec = "lz4", .level = 12},
      {.codec = "lzma2", .level = 9, .block_bytes = 1U << 20},
      {.codec = "store"},
      {.block_bytes = 64U << 10},
      {.codec = "lz4", .block_bytes = 64U << 20, .threads = 1},
      {.chunk_bytes = 4096},
      {.block_bytes = 16U << 20, .chunk_bytes = 4U << 20},
      {.time_seconds = INT64_MIN, .time_nanoseconds = 999'999'999, .message = std::string(1U << 20, 'm')},
      {.message = "grüße 你好 🙂"},
  };
  const testing::TestTree tree({testing::TestEntry{.path = "a", .content = testing::make_data(testing::DataKind::text, 100'000, 1)}});
  for (const WriterOptions& options : allowed) {
    const auto packed = testing::try_pack(tree, options);
    ASSERT_TRUE(packed) << packed.error().to_string();
    expect_entries(packed->bytes, tree.entries());
    const PackageReader reader = open(packed->bytes);
    EXPECT_EQ(reader.info().commit.statement.message, options.message);
    EXPECT_EQ(reader.info().commit.statement.time_seconds, options.time_seconds);
    EXPECT_EQ(reader.info().commit.statement.time_nanoseconds, options.time_nanoseconds);
  }
}

TEST(Options, ChunkingIsRecorded) {
  const testing::TestTree tree({testing::TestEntry{.path = "a", .content = {1}}});
  const auto chunking = [&](const WriterOptions& options) { return testing::audit(testing::pack(tree, options).bytes).commit.placement.chunking; };
  const format::Chunking gear = chunking({.chunk_bytes = 8192});
  EXPECT_EQ(gear.method, format::ChunkingMethod::gear);
  EXPECT_EQ(gear.average_bytes, 8192U);
  EXPECT_LT(gear.minimum_bytes, 8192U);
  EXPECT_GT(gear.maximum_bytes, 8192U);
  EXPECT_EQ(chunking({.deduplication = Deduplication::files}).method, format::ChunkingMethod::fixed);
}

}  // namespace
}  // namespace npk::writer
