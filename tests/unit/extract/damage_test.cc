// What is damaged costs itself, no more; and is said.
#include <sys/stat.h>

#include <random>

#include "extract_support.h"
#include "support/package_builder.h"
#include "support/scratch.h"
#include "support/test_tree.h"
#include "tree_description.h"

namespace npk::testing {
namespace {

using test::BuiltEntry;
using test::PackageBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Bytes noise(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// A file of consecutive chunks.
BuiltEntry file_of(std::string path, const std::vector<Bytes>& chunks, std::uint64_t first, std::uint64_t count) {
  BuiltEntry entry;
  entry.path = std::move(path);
  for (std::uint64_t i = first; i < first + count; ++i)
    entry.content.insert(entry.content.end(), chunks[i].begin(), chunks[i].end());
  entry.size = entry.content.size();
  entry.runs = {{first, count, entry.size}};
  if (count != 1) entry.digest = Digest{};  // extraction leaves it to verification
  return entry;
}

// Positions of the frames of a type.
std::vector<std::uint64_t> frames_of(ByteView package, format::FrameType type) {
  std::vector<std::uint64_t> found;
  for (std::uint64_t at = format::kSuperblockBytes; at < package.size();) {
    const std::uint8_t* header = package.data() + at;
    if (header[4] == static_cast<std::uint8_t>(type)) found.push_back(at);
    at += format::kFrameHeaderBytes + load_le<std::uint64_t>(header + 32);
  }
  return found;
}

// Six chunks in three blocks; files in one block, over two, and sharing.
struct Sample {
  std::vector<Bytes> chunks;
  std::vector<BuiltEntry> entries;
  PackageBuilder builder{"damage"};
  std::vector<std::size_t> block_ends;

  explicit Sample(std::size_t chunk_bytes = 3000) {
    for (std::uint64_t i = 0; i < 6; ++i) chunks.push_back(noise(chunk_bytes, i));
    for (std::size_t i = 0; i < 6; i += 2) {
      builder.block({chunks[i], chunks[i + 1]});
      block_ends.push_back(builder.bytes().size());
    }
    entries = {file_of("a-in-0", chunks, 0, 1), file_of("b-in-1", chunks, 2, 2), file_of("c-in-2", chunks, 5, 1),
               file_of("d-in-0-and-1", chunks, 1, 2), file_of("e-in-all", chunks, 0, 6)};
  }
  Bytes finish() {
    builder.chunk_page();
    builder.manifest(entries);
    builder.commit(entries);
    builder.trailer();
    return builder.bytes();
  }
};

void expect_contents(const std::string& target, const std::vector<BuiltEntry>& entries,
                     const std::vector<std::string>& missing) {
  for (const BuiltEntry& entry : entries) {
    const bool is_missing = std::ranges::find(missing, entry.path) != missing.end();
    EXPECT_EQ(exists(target + "/" + entry.path), !is_missing) << entry.path;
    if (is_missing) continue;
    EXPECT_EQ(read_file(target + "/" + entry.path), as_text(entry.content)) << entry.path;
  }
}

TEST(ExtractDamage, ABlockCostsTheFilesInIt) {
  for (const unsigned threads : {1U, 3U}) {
    Sample sample;
    Bytes package = sample.finish();
    package[sample.block_ends[1] - 10] ^= 1;
    const ScratchDirectory scratch;
    const Extracted extracted = extract_bytes(package, Way::file, scratch / "out", {.threads = threads});
    ASSERT_TRUE(extracted.result) << extracted.text();
    EXPECT_THAT(extracted.problem_paths(), ElementsAre("b-in-1", "d-in-0-and-1", "e-in-all"));
    EXPECT_EQ(extracted.result->damaged_entries, 3U);
    EXPECT_EQ(extracted.result->failed_entries, 3U);
    EXPECT_EQ(extracted.result->entries, 2U);
    expect_contents(scratch / "out", sample.entries, {"b-in-1", "d-in-0-and-1", "e-in-all"});
  }
}

TEST(ExtractDamage, ABlockThatCanNotBeReadCostsTheFilesInIt) {
  Sample sample(200'000);
  const Bytes package = sample.finish();
  class BadSector final : public RandomAccessSource {
   public:
    BadSector(ByteView bytes, std::uint64_t bad) : inner_(memory_source(bytes)), bad_(bad) {}
    Result<std::uint64_t> size() const override { return inner_->size(); }
    Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
      if (offset <= bad_ && bad_ < offset + out.size())
        return std::unexpected(Error{.code = Errc::io, .message = "bad sector", .path = "x", .system_errno = 121});
      return inner_->read_at(offset, out);
    }
    std::string name() const override { return "x"; }

   private:
    std::shared_ptr<RandomAccessSource> inner_;
    std::uint64_t bad_;
  };
  const ScratchDirectory scratch;
  const auto reader = PackageReader::open(std::make_shared<BadSector>(package, sample.block_ends[0] - 100));
  ASSERT_TRUE(reader) << reader.error().to_string();
  const auto report = ops::extract(*reader, {.target_directory = scratch / "out"});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->failed_entries, 3U);
  EXPECT_EQ(report->damaged_entries, 0U);
  expect_contents(scratch / "out", sample.entries, {"a-in-0", "d-in-0-and-1", "e-in-all"});
}

TEST(ExtractDamage, APageOfTheCatalogCostsTheEntriesInIt) {
  const test::BuiltPackage built = test::make_package(3, {.files = 40, .leaf_rows = 4});
  Bytes package = built.bytes;
  const auto pages = frames_of(package, format::FrameType::catalog_page);
  ASSERT_GE(pages.size(), 10U);
  package[pages[4] + format::kFrameHeaderBytes + 100] ^= 1;
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::file, scratch / "out");
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_GE(extracted.problems.size(), 1U);
  EXPECT_EQ(extracted.result->entries + extracted.result->failed_entries, 40U);
  EXPECT_GE(extracted.result->entries, 30U);
  EXPECT_EQ(extracted.result->damaged_entries, extracted.result->failed_entries);
}

TEST(ExtractDamage, AChunkPageCostsTheFilesWithChunksInIt) {
  const test::BuiltPackage built = test::make_package(4, {.files = 60, .blocks_per_page = 2});
  const auto pages = frames_of(built.bytes, format::FrameType::chunk_page);
  ASSERT_GE(pages.size(), 6U);
  Bytes package = built.bytes;
  package[pages[2] + format::kFrameHeaderBytes + 60] ^= 1;
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::file, scratch / "out");
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_GE(extracted.result->damaged_entries, 1U);
  EXPECT_GE(extracted.result->entries, 30U);
  std::vector<BuiltEntry> files = built.entries;
  expect_contents(scratch / "out", files, extracted.problem_paths());
}

TEST(ExtractDamage, RunsThatLieCostTheirFile) {
  for (const Way way : {Way::file, Way::pipe}) {
    Sample sample;
    sample.entries[1].runs[0].first_chunk = 40;  // no such chunk
    sample.entries[3].runs = {{1, 2, 5999}};     // shorter than its chunks
    sample.entries[3].size = 5999;
    sample.entries[4].runs = {{0, 5, sample.entries[4].size}};  // longer than its chunks
    const Bytes package = sample.finish();
    const ScratchDirectory scratch;
    const Extracted extracted = extract_bytes(package, way, scratch / "out");
    ASSERT_TRUE(extracted.result) << extracted.text();
    EXPECT_THAT(extracted.problem_paths(), ElementsAre("b-in-1", "d-in-0-and-1", "e-in-all"));
    EXPECT_EQ(extracted.result->damaged_entries, 3U);
    expect_contents(scratch / "out", sample.entries, {"b-in-1", "d-in-0-and-1", "e-in-all"});
  }
}

TEST(ExtractDamage, FromAPipeABlockThatIsNotItsPagesCostsTheFilesInIt) {
  Sample sample;
  sample.builder.edit_chunk_page = [](format::ChunkPage& page) { page.blocks[2].hash[0] ^= 1; };
  const Bytes package = sample.finish();
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out");
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("c-in-2", "e-in-all"));
  EXPECT_EQ(extracted.result->damaged_entries, 2U);
  expect_contents(scratch / "out", sample.entries, {"c-in-2", "e-in-all"});
}

TEST(ExtractDamage, ABlockOfAnotherLengthCostsTheFilesInIt) {
  for (const Way way : {Way::file, Way::pipe}) {
    Sample sample;
    sample.builder.edit_chunk_page = [](format::ChunkPage& page) { page.blocks[0].raw_length += 1; };
    sample.entries = {sample.entries[0], sample.entries[2]};
    const Bytes package = sample.finish();
    const ScratchDirectory scratch;
    const Extracted extracted = extract_bytes(package, way, scratch / "out");
    ASSERT_TRUE(extracted.result) << extracted.text();
    EXPECT_THAT(extracted.problem_paths(), ElementsAre("a-in-0"));
    expect_contents(scratch / "out", sample.entries, {"a-in-0"});
  }
}

TEST(ExtractDamage, LinksOfADamagedFileAreNamedToo) {
  TestEntry first;
  first.path = "first";
  first.content = noise(5000, 1);
  first.link_group = 1;
  TestEntry second = first;
  second.path = "second";
  Bytes package = pack(TestTree({first, second})).bytes;
  package[format::kSuperblockBytes + format::kFrameHeaderBytes + 1000] ^= 1;
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::file, scratch / "out");
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("first", "second"));
  EXPECT_EQ(extracted.result->damaged_entries, 2U);
  EXPECT_THAT(describe_tree(scratch / "out"), IsEmpty());
}

TEST(ExtractDamage, APackageWithoutItsEndIsExtractedFromItsManifests) {
  const test::BuiltPackage built = test::make_package(5, {.files = 40});
  const ScratchDirectory scratch;
  const Extracted extracted =
      extract_bytes(ByteView(built.bytes).first(built.manifests_end), Way::file, scratch / "out");
  ASSERT_TRUE(extracted.is_clean()) << extracted.text();
  expect_contents(scratch / "out", built.entries, {});
}

}  // namespace
}  // namespace npk::testing
