// Packages that were changed or cut: every change is noticed, every cut is an error or a recovered listing.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "npk/files.h"
#include "npk/reader.h"
#include "support/package_builder.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;

Result<Bytes> content_of(const PackageReader& reader, const Entry& entry) {
  NPK_ASSIGN(FileStream stream, reader.open_stream(entry));
  Bytes content(static_cast<std::size_t>(entry.row().size));
  if (content.empty()) return content;
  NPK_ASSIGN(const std::size_t count, stream.read(content));
  content.resize(count);
  return content;
}

// Opens, lists and reads all; the error of the first that fails, or of a package that had to be recovered.
Result<void> read_everything(const PackageReader& reader) {
  std::vector<Entry> entries;
  NPK_TRY(reader.for_each([&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  }));
  for (const Entry& entry : entries) {
    NPK_TRY(content_of(reader, entry));
    NPK_TRY(reader.digest(entry));
  }
  if (reader.info().recovered) return std::unexpected(reader.info().warnings.front());
  return {};
}

Result<void> read_everything(const Bytes& bytes) {
  NPK_ASSIGN(const PackageReader reader, PackageReader::open(memory_source(ByteView(bytes))));
  return read_everything(reader);
}

class Damage : public testing::TestWithParam<format::CodecId> {
 protected:
  BuiltPackage built_ = test::make_package(11, {.files = 9,
                                                .largest_file = 2500,
                                                .chunk_bytes = 400,
                                                .chunks_per_block = 3,
                                                .blocks_per_page = 3,
                                                .leaf_rows = 3,
                                                .fanout = 2,
                                                .codec = GetParam(),
                                                .bases = true});

  // Manifests are read by recovery and by walking frames only.
  [[nodiscard]] std::vector<bool> bytes_of_manifests() const {
    std::vector<bool> inside(built_.bytes.size());
    for (std::size_t at = 96; at < built_.bytes.size();) {
      const std::size_t end = at + 64 + static_cast<std::size_t>(load_le<std::uint64_t>(&built_.bytes[at + 32]));
      if (built_.bytes[at + 4] == static_cast<std::uint8_t>(format::FrameType::manifest))
        std::fill(inside.begin() + static_cast<std::ptrdiff_t>(at), inside.begin() + static_cast<std::ptrdiff_t>(end),
                  true);
      at = end;
    }
    return inside;
  }
};

TEST_P(Damage, TheWholePackageReads) {
  const auto done = read_everything(built_.bytes);
  EXPECT_TRUE(done) << done.error().to_string();
}

TEST_P(Damage, EveryFlippedBitIsNoticed) {
  const std::vector<bool> manifest = bytes_of_manifests();
  for (std::size_t at = 0; at < built_.bytes.size(); ++at) {
    if (manifest[at]) continue;
    Bytes bytes = built_.bytes;
    bytes[at] ^= static_cast<std::uint8_t>(1 << (at % 8));
    EXPECT_FALSE(read_everything(bytes)) << at;
  }
}

TEST_P(Damage, EveryCutIsAnErrorOrARecoveredListing) {
  std::set<std::size_t> counts;
  for (std::size_t size = 0; size < built_.bytes.size(); ++size) {
    const auto reader = PackageReader::open(memory_source(ByteView(built_.bytes).first(size)));
    if (!reader) {
      EXPECT_EQ(reader.error().code, Errc::truncated) << size;
      continue;
    }
    EXPECT_TRUE(reader->info().recovered);
    EXPECT_FALSE(reader->info().warnings.empty());
    const auto list = [&](const Entry& entry) {
      const auto original = std::ranges::find(built_.entries, entry.path(), &BuiltEntry::path);
      EXPECT_NE(original, built_.entries.end());
      const auto content = content_of(*reader, entry);
      EXPECT_TRUE(content && *content == original->content) << entry.path();
      return true;
    };
    EXPECT_TRUE(reader->for_each(list)) << size;
    counts.insert(static_cast<std::size_t>(reader->entry_count()));
  }
  EXPECT_GT(counts.size(), 2U);
  EXPECT_EQ(*counts.rbegin(), built_.entries.size());
}

TEST_P(Damage, WithoutLeaveToRecoverACutIsAnError) {
  const auto reader =
      PackageReader::open(memory_source(ByteView(built_.bytes).first(built_.bytes.size() - 1)),
                          {.limits = {}, .block_cache_bytes = 0, .page_cache_bytes = 0, .accept_recovered = false});
  EXPECT_FALSE(reader);
}

TEST_P(Damage, ADamagedTrailerLeavesTheCommit) {
  Bytes bytes = built_.bytes;
  bytes[bytes.size() - 30] ^= 1;
  const auto reader = PackageReader::open(memory_source(ByteView(bytes))).value();
  EXPECT_TRUE(reader.info().recovered);
  EXPECT_EQ(reader.info().commit.statement.generation, 1U);
  EXPECT_EQ(reader.entry_count(), built_.entries.size());
}

INSTANTIATE_TEST_SUITE_P(Codecs, Damage, testing::Values(format::CodecId::store, format::CodecId::zstd));

BuiltEntry file(std::string path, std::uint64_t chunk, Bytes content) {
  BuiltEntry entry;
  entry.path = std::move(path);
  entry.size = content.size();
  entry.runs = {{chunk, 1, entry.size}};
  entry.content = std::move(content);
  return entry;
}

TEST(Recovery, OfEqualPathsTheLaterManifestCounts) {
  test::PackageBuilder builder("twice");
  const Bytes first(100, 'a'), second(50, 'b');
  builder.block({first});
  builder.chunk_page();
  builder.manifest({file("x", 0, first), file("a", 0, first)});
  builder.block({second});
  builder.chunk_page();
  builder.manifest({file("x", 1, second)});
  const auto reader = PackageReader::open(memory_source(ByteView(builder.bytes()))).value();
  ASSERT_EQ(reader.entry_count(), 2U);
  EXPECT_EQ(content_of(reader, reader.find("x").value().value()).value(), second);
  EXPECT_EQ(reader.info().commit.placement.totals.content_bytes, 150U);
}

TEST(Recovery, AManifestThatNamesLaterChunksEndsTheListing) {
  test::PackageBuilder builder("early");
  const Bytes first(100, 'a');
  builder.block({first});
  builder.chunk_page();
  builder.manifest({file("a", 0, first)});
  builder.manifest({file("b", 1, first)});
  builder.block({first});
  builder.chunk_page();
  const auto reader = PackageReader::open(memory_source(ByteView(builder.bytes()))).value();
  EXPECT_EQ(reader.entry_count(), 1U);
}

TEST(Recovery, ATornSecondGenerationLeavesTheFirst) {
  test::PackageBuilder builder("two");
  const Bytes first(100, 'a'), second(70, 'b');
  builder.block({first});
  builder.chunk_page();
  builder.commit({file("a", 0, first)});
  builder.trailer();
  const std::size_t whole = builder.bytes().size();
  builder.block({second});
  builder.chunk_page();
  builder.commit({file("a", 0, first), file("b", 1, second)});
  const std::size_t before_trailer = builder.bytes().size();
  builder.trailer();
  for (const std::size_t size : {whole + 80, before_trailer - 1}) {
    const auto reader = PackageReader::open(memory_source(ByteView(builder.bytes()).first(size))).value();
    EXPECT_TRUE(reader.info().recovered);
    EXPECT_EQ(reader.info().commit.statement.generation, 1U);
    EXPECT_EQ(content_of(reader, reader.find("a").value().value()).value(), first);
  }
  const auto reader = PackageReader::open(memory_source(ByteView(builder.bytes()))).value();
  EXPECT_FALSE(reader.info().recovered);
  EXPECT_EQ(content_of(reader, reader.find("b").value().value()).value(), second);
}

// Several generations' manifests may be among these: none is named.
TEST(Recovery, OfManifestsTellsNoGeneration) {
  test::PackageBuilder builder("manifests");
  const Bytes content(100, 'a');
  builder.block({content});
  builder.chunk_page();
  builder.manifest({file("a", 0, content)});
  const std::size_t size = builder.bytes().size();
  const auto cut = memory_source(ByteView(builder.bytes()).first(size));
  const auto reader = PackageReader::open(cut);
  ASSERT_TRUE(reader) << reader.error().to_string();
  EXPECT_TRUE(reader->info().recovered);
  EXPECT_EQ(reader->info().commit.statement.generation, 0U);
}

// A source that is shorter than it says, as a file cut under its reader.
class ShrinkingSource final : public RandomAccessSource {
 public:
  explicit ShrinkingSource(const Bytes& bytes) : bytes_(bytes), size_(bytes.size()) {}
  Result<std::uint64_t> size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (offset >= size_) return std::size_t{0};
    const std::size_t count = std::min(out.size(), size_ - static_cast<std::size_t>(offset));
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return count;
  }
  std::string name() const override { return "shrinking"; }
  void cut(std::size_t size) { size_ = size; }

 private:
  const Bytes& bytes_;
  std::size_t size_;
};

TEST(Recovery, AFileCutUnderItsReaderIsTruncated) {
  const BuiltPackage built = test::make_package(4, {.files = 5, .largest_file = 20'000});
  const auto source = std::make_shared<ShrinkingSource>(built.bytes);
  const auto reader = PackageReader::open(source).value();
  source->cut(120);
  const auto done = read_everything(reader);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::truncated);
  EXPECT_EQ(done.error().path, "shrinking");
}

}  // namespace
}  // namespace npk
