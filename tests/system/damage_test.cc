// Packages cut short or with changed bytes: an error, or what is complete, and never wrong bytes (N2, N13, S9, F1, F4).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "block/open.h"
#include "npk/files.h"
#include "npk/ops/verify.h"
#include "npk/reader.h"
#include "support/package_audit.h"
#include "system/small_tree.h"

namespace npk {
namespace {

using testing::TestEntry;
using testing::TestTree;

constexpr std::size_t kRead = 6000;  // of each end of a file: its data lies there

// What a package of the tree gives must be the tree's, whatever else is missing. Counts what could not be read.
class Checker {
 public:
  explicit Checker(const TestTree& tree) {
    for (const TestEntry& entry : tree.entries()) entries_[entry.path] = &entry;
  }

  void check(const PackageReader& reader) {
    listed.clear();
    errors = 0;
    const auto done = reader.for_each([&](const Entry& entry) {
      check(reader, entry);
      return true;
    });
    if (!done) ++errors;
  }

  std::vector<std::string> listed;
  std::uint64_t errors = 0;

 private:
  void check(const PackageReader& reader, const Entry& entry) {
    const auto expected = entries_.find(std::string(entry.path()));
    ASSERT_NE(expected, entries_.end()) << "an entry that was never packed: " << entry.path();
    listed.emplace_back(entry.path());
    EXPECT_EQ(entry.row().kind, expected->second->kind);
    EXPECT_EQ(entry.row().mode, expected->second->mode);
    EXPECT_EQ(entry.row().target, expected->second->target);
    if (entry.row().kind != EntryKind::regular) return;
    ASSERT_EQ(entry.row().size, expected->second->real_size());
    const auto stream = reader.open_stream(entry);
    if (!stream) {
      ++errors;
      return;
    }
    for (const std::uint64_t offset : {std::uint64_t{0}, entry.row().size - std::min<std::uint64_t>(entry.row().size, kRead)}) {
      Bytes out(kRead);
      const auto count = stream->read_at(offset, out);
      if (!count) {
        ++errors;
        continue;
      }
      out.resize(*count);
      ASSERT_TRUE(out == testing::expected_at(*expected->second, offset, kRead)) << "wrong bytes of " << entry.path();
    }
  }

  std::map<std::string, const TestEntry*> entries_;
};

// Paths of the manifests that end at or before a position.
std::vector<std::string> paths_complete_at(ByteView package, const testing::PackageAudit& found, std::uint64_t end) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i + 1 < found.frame_positions.size() && found.frame_positions[i + 1] <= end; ++i) {
    const std::uint64_t at = found.frame_positions[i];
    if (package[at + 4] != static_cast<std::uint8_t>(format::FrameType::manifest)) continue;
    const ByteView body = package.subspan(at + format::kFrameHeaderBytes, found.frame_positions[i + 1] - at - format::kFrameHeaderBytes);
    const auto page = format::CatalogPage::decode(block::open_page(body, {}).value(), format::PageKind::manifest, {}).value();
    for (std::size_t row = 0; row < page.row_count(); ++row) paths.emplace_back(page.path(row));
  }
  std::ranges::sort(paths, format::path_less);
  return paths;
}

class CutPackage : public ::testing::Test {
 protected:
  void expect_cut(std::uint64_t length) {
    SCOPED_TRACE("cut at " + std::to_string(length) + " of " + std::to_string(packed_.bytes.size()));
    const auto reader = PackageReader::open(memory_source(ByteView(packed_.bytes).first(length)));
    const bool has_commit = length >= found_.frame_positions[found_.frame_positions.size() - 2];
    const std::vector<std::string> complete = paths_complete_at(packed_.bytes, found_, length);
    if (!reader) {
      EXPECT_TRUE(reader.error().code == Errc::truncated || reader.error().code == Errc::corrupt) << reader.error().to_string();
      EXPECT_TRUE(complete.empty()) << complete.size() << " entries are complete and none is given: " << reader.error().to_string();
      ++refused_;
      return;
    }
    ++recovered_;
    EXPECT_TRUE(reader->info().recovered);
    EXPECT_FALSE(reader->info().warnings.empty());
    checker_.check(*reader);
    EXPECT_EQ(checker_.errors, 0U);
    EXPECT_EQ(checker_.listed.size(), has_commit ? tree_.entry_count() : complete.size());
    EXPECT_TRUE(has_commit || checker_.listed == complete);
  }

  TestTree tree_ = testing::segmented_tree();
  testing::Packed packed_ = testing::pack(tree_, {.preset = Preset::fast});
  testing::PackageAudit found_ = testing::audit(packed_.bytes);
  Checker checker_{tree_};
  std::uint64_t refused_ = 0, recovered_ = 0;
};

TEST_F(CutPackage, AtEveryFrameBoundary) {
  ASSERT_GE(found_.frames.at(format::FrameType::manifest), 5U);
  for (const std::uint64_t position : found_.frame_positions) {
    for (const std::int64_t by : {-1, 0, 1, 63, 64, 65}) {
      const std::uint64_t length = position + static_cast<std::uint64_t>(by);
      if (length < packed_.bytes.size()) expect_cut(length);
    }
  }
  EXPECT_GE(recovered_, 60U);
  EXPECT_GE(refused_, 6U);
}

TEST_F(CutPackage, AtRandomBytes) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 300; ++i) expect_cut(random() % packed_.bytes.size());
  EXPECT_GE(recovered_, 200U);
}

TEST_F(CutPackage, WithoutLeaveNothingIsRecovered) {
  for (const std::uint64_t position : found_.frame_positions) {
    if (position == packed_.bytes.size()) continue;
    const auto reader = PackageReader::open(memory_source(ByteView(packed_.bytes).first(position)), {.accept_recovered = false});
    EXPECT_FALSE(reader) << position;
  }
}

// Every changed byte is reported by verify, and by whatever reads it; no reader ever gets other bytes.
TEST(FlippedBits, AreReportedAndNeverReadAsGood) {
  const TestTree tree = testing::segmented_tree(1, false);
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast});
  Checker checker(tree);
  {
    const auto sound = ops::verify(memory_source(ByteView(packed.bytes)));
    ASSERT_TRUE(sound) << sound.error().to_string();
    ASSERT_TRUE(sound->is_sound());
  }
  std::mt19937_64 random(11);
  std::uint64_t flips = 0;
  for (std::uint64_t at = 0; at < packed.bytes.size(); at += 1 + random() % 60, ++flips) {
    SCOPED_TRACE("byte " + std::to_string(at));
    Bytes damaged = packed.bytes;
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << (random() % 8)));
    const auto report = ops::verify(memory_source(ByteView(damaged)), {.threads = 1});
    EXPECT_TRUE(!report || !report->is_sound()) << "verify finds nothing";
    const auto reader = PackageReader::open(memory_source(ByteView(damaged)));
    if (reader) checker.check(*reader);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GE(flips, 1000U);
}

// F4: one bad block costs the files in it, and no other.
TEST(FlippedBits, InABlockCostOnlyTheFilesInIt) {
  const TestTree tree = testing::segmented_tree();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  ASSERT_GE(found.blocks.size(), 5U);
  for (std::size_t block = 0; block < found.blocks.size(); ++block) {
    Bytes damaged = packed.bytes;
    damaged[found.blocks[block].position + format::kFrameHeaderBytes + found.blocks[block].stored_length / 2] ^= 0x10;
    const auto reader = PackageReader::open(memory_source(ByteView(damaged)));
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_FALSE(reader->info().recovered);
    for (const auto& [path, runs] : found.runs) {
      bool hit = false;
      for (const format::Run& run : runs) {
        for (std::uint64_t i = 0; i < run.chunk_count; ++i) hit = hit || found.chunk_blocks[run.first_chunk + i] == block;
      }
      const Entry entry = reader->find(path).value().value();
      if (entry.row().kind != EntryKind::regular || entry.row().size == 0) continue;
      Bytes out(kRead);
      const auto read = reader->open_stream(entry).value().read_at(entry.row().size - std::min<std::uint64_t>(entry.row().size, kRead), out);
      EXPECT_EQ(read.has_value(), !hit) << path << (hit ? " lies" : " does not lie") << " in damaged block " << block;
      EXPECT_TRUE(read || read.error().code == Errc::corrupt);
    }
  }
}

}  // namespace
}  // namespace npk
