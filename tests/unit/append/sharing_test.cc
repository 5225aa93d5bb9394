// Trees of several catalog pages: what is appended costs the pages that change, and every generation is still the same
// content as a package made from nothing.
#include <random>

#include "append_support.h"
#include "package/reader/impl.h"
#include "package/reader/tree_leaves.h"
#include "support/package_frames.h"

namespace npk::testing {
namespace {

constexpr int kDirectories = 10;
constexpr int kFilesEach = 250;

class LargeTree : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int directory = 0; directory < kDirectories; ++directory) {
      for (int file = 0; file < kFilesEach; ++file) write(directory, file, std::to_string(directory * file % 97));
    }
    calm();
    package_.pack();
  }

  static std::string directory_name(int number) { return "d" + std::to_string(number); }
  static std::string file_name(int directory, int file) { return directory_name(directory) + "/f" + std::to_string(file); }
  void write(int directory, int file, std::string_view content) { package_.write(file_name(directory, file), content, 5000 + next_age_++); }

  // Directories look as if nothing had been done in them.
  void calm() const {
    for (const auto& entry : std::filesystem::directory_iterator(package_.in_tree(""))) {
      if (entry.is_directory()) package_.set_age(entry.path().filename().string(), 9000);
    }
    package_.set_age("", 9000);
  }

  ops::AppendReport append_only(const std::vector<std::string>& names) {
    ops::AppendOptions options = package_.append_options();
    const std::string base = options.create.inputs[0].base_directory;
    options.create.inputs.clear();
    for (const std::string& name : names) options.create.inputs.push_back({.path = "t/" + name, .base_directory = base});
    return AppendedPackage::run(options);
  }

  ops::AppendReport change(const std::function<void(ops::AppendOptions&)>& set) {
    ops::AppendOptions options = package_.append_options();
    options.create.inputs.clear();
    set(options);
    return AppendedPackage::run(options);
  }

  void expect_as_fresh(const ops::AppendReport& report) const {
    EXPECT_EQ(report.write.content_root, package_.fresh_content_root());
    EXPECT_TRUE(package_.in_package() == package_.on_disk());
    EXPECT_EQ(package_.verified(), "sound");
  }

  [[nodiscard]] std::size_t frames_of(format::FrameType type, std::size_t from) const {
    constexpr std::size_t kTypeOffset = 4;
    const Bytes bytes = package_.bytes();
    std::size_t count = 0;
    for (const std::uint64_t position : frame_positions(bytes)) {
      if (position >= from && position < bytes.size() && bytes[position + kTypeOffset] == static_cast<std::uint8_t>(type)) ++count;
    }
    return count;
  }

  AppendedPackage package_;
  int next_age_ = 0;
};

TEST_F(LargeTree, OneFileCostsTheLeafAndTheNodesAboveIt) {
  for (const bool whole : {true, false}) {
    const std::size_t before = package_.bytes().size();
    write(4, 100, whole ? "one" : "other");
    calm();
    const ops::AppendReport report = whole ? package_.append() : append_only({file_name(4, 100)});
    EXPECT_LE(frames_of(format::FrameType::catalog_page, before), 3U) << "a leaf and a node, or two leaves";
    EXPECT_LE(report.added_bytes, 16'000U);
    EXPECT_EQ(report.kept_files, kDirectories * kFilesEach - 1U);
    expect_as_fresh(report);
  }
}

TEST_F(LargeTree, AnUnchangedTreeOrPartOfItIsNoGeneration) {
  const Bytes before = package_.bytes();
  EXPECT_TRUE(package_.append().changed_nothing);
  EXPECT_TRUE(append_only({directory_name(3), directory_name(7)}).changed_nothing);
  EXPECT_TRUE(package_.bytes() == before);
}

// Rows move from page to page, over the ends of groups.
TEST_F(LargeTree, WhatIsPutInAtTheFrontMovesPagesUntilAGroupEndsAsBefore) {
  for (int round = 0; round < 3; ++round) {
    for (int file = 0; file < 60; ++file) package_.write("d0/e" + std::to_string(round) + "-" + std::to_string(file), "new", 4000);
    calm();
    expect_as_fresh(append_only({directory_name(0)}));
  }
}

TEST_F(LargeTree, PartsRenamesAndRemovals) {
  std::mt19937_64 random(7);
  const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<std::uint64_t>(bound)); };
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    ops::AppendReport report;
    const int directory = below(kDirectories);
    const std::string name = directory_name(directory);
    switch (below(4)) {
      case 0: {
        if (!exists(package_.in_tree(name))) continue;
        const std::string renamed = "r" + std::to_string(round);
        std::filesystem::rename(package_.in_tree(name), package_.in_tree(renamed));
        calm();
        report = change([&](ops::AppendOptions& options) { options.renamed = {{"t/" + name, "t/" + renamed}}; });
        break;
      }
      case 1: {
        const std::string file = file_name(directory, below(kFilesEach));
        if (!exists(package_.in_tree(file))) continue;
        package_.remove(file);
        calm();
        report = change([&](ops::AppendOptions& options) { options.removed = {"t/" + file}; });
        break;
      }
      default:
        for (int i = below(20); i-- > 0;) write(directory, below(2 * kFilesEach), std::to_string(random()));
        if (!exists(package_.in_tree(name))) continue;
        calm();
        report = append_only({name});
    }
    expect_as_fresh(report);
  }
}

// The first name of a linked file goes; the other, pages away, is then the first.
TEST_F(LargeTree, HardLinksAreFollowedFromPageToPage) {
  package_.remove(file_name(9, 200));
  std::filesystem::create_hard_link(package_.in_tree(file_name(0, 1)), package_.in_tree(file_name(9, 200)));
  std::filesystem::create_hard_link(package_.in_tree(file_name(0, 1)), package_.in_tree(file_name(9, 201) + "x"));
  calm();
  expect_as_fresh(package_.append());
  package_.remove(file_name(0, 1));
  calm();
  expect_as_fresh(change([](ops::AppendOptions& options) { options.removed = {"t/" + file_name(0, 1)}; }));
}

TEST_F(LargeTree, SmallGenerationsLeaveFewChunkLeaves) {
  constexpr int kGenerations = 40;
  for (int i = 0; i < kGenerations; ++i) {
    write(2, i, "generation " + std::to_string(i));
    append_only({file_name(2, i)});
  }
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  const auto leaves = reader::chunk_leaves(reader->impl().frames(), reader->info().commit.placement.chunk_root, reader->info().commit_place.position);
  ASSERT_TRUE(leaves);
  EXPECT_LE(leaves->size(), 8U) << "the first generation's, and about log2(40)";
  calm();
  for (const std::uint64_t generation : {1U, 2U, 20U, 41U}) EXPECT_EQ(package_.verified(generation), "sound") << generation;
}

}  // namespace
}  // namespace npk::testing
