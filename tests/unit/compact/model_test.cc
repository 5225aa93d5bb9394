// Random histories, thinned at random: what is kept stays what it was.
#include "compact_support.h"

namespace npk::testing {
namespace {

struct Case {
  std::uint64_t seed;
  bool sealed;
};

class CompactModel : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override { history_.make(8); }

  ops::KeepRules some() {
    ops::KeepRules keep;
    for (const ToldGeneration& told : history_.told)
      if (history_.random() % 2 == 0) keep.generations.push_back(told.number);
    keep.generations.push_back(history_.told.back().number);
    return keep;
  }
  static bool is_among(const ops::KeepRules& keep, std::uint64_t number) { return std::ranges::find(keep.generations, number) != keep.generations.end(); }

  EditedHistory history_{GetParam().seed, GetParam().sealed};
  AppendedPackage& package_ = history_.package;
};

TEST_P(CompactModel, KeptGenerationsStayAndOthersAreGone) {
  const std::size_t bytes_before = package_.bytes().size();
  const ops::KeepRules keep = some();
  const ops::CompactReport report = compacted(package_, keep);
  EXPECT_LE(package_.bytes().size(), bytes_before);
  EXPECT_EQ(report.rewrite.package_bytes, package_.bytes().size());
  std::size_t kept = 0;
  for (const ToldGeneration& told : history_.told) {
    if (is_among(keep, told.number)) {
      ++kept;
      expect_as_told(package_, told);
    } else {
      const auto gone = package_.open(told.number);
      ASSERT_FALSE(gone);
      EXPECT_EQ(gone.error().code, Errc::misuse) << gone.error().to_string();
    }
  }
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  const auto shown = reader->history();
  ASSERT_TRUE(shown) << shown.error().to_string();
  EXPECT_EQ(shown->size(), kept);
}

TEST_P(CompactModel, AllGenerationsStayWithoutARule) {
  compacted(package_);
  for (const ToldGeneration& told : history_.told) expect_as_told(package_, told);
}

TEST_P(CompactModel, DoneTwiceIsDoneOnce) {
  compacted(package_, some());
  const Bytes once = package_.bytes();
  const ops::CompactReport report = compacted(package_);
  EXPECT_EQ(report.rewrite.rewritten_blocks, 0U);
  EXPECT_EQ(report.rewrite.dropped_chunks, 0U);
  EXPECT_EQ(package_.bytes().size(), once.size());
  EXPECT_EQ(package_.bytes() == once, !GetParam().sealed);
}

TEST_P(CompactModel, ThreadsDoNotChangeTheBytes) {
  if (GetParam().sealed) GTEST_SKIP() << "a sealed package has a random salt";
  const Bytes before = package_.bytes();
  compacted(package_, {.last = 3});
  const Bytes with_two = package_.bytes();
  package_.put_back(before);
  ASSERT_TRUE(ops::compact(package_.path(), {.rewrite = {.threads = 7}, .keep = {.last = 3}}));
  EXPECT_TRUE(package_.bytes() == with_two);
}

TEST_P(CompactModel, WhatIsAddedLaterFindsWhatIsThere) {
  compacted(package_, some());
  EXPECT_TRUE(package_.append().changed_nothing);
  const std::uint64_t last = history_.told.back().number;
  const std::string name = "d9/again";
  package_.write(name, text_of(DataKind::random, 50'000, 77));
  EXPECT_GT(package_.append().added_bytes, 50'000U);
  package_.remove(name);
  package_.append();
  compacted(package_, {.last = 3});
  package_.write(name, text_of(DataKind::random, 50'000, 77));
  EXPECT_LT(package_.append().added_bytes, 20'000U);
  EXPECT_EQ(package_.open().value().info().commit.statement.generation, last + 3);
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
}

// All of it, also the last commit, comes out of a pipe: manifests are those of the newest generation.
TEST_P(CompactModel, CanBeReadFromAPipe) {
  compacted(package_, some());
  const ScratchDirectory to;
  const auto source = sequential_source(open_file_source(package_.path()).value());
  ops::ExtractOptions options;
  options.target_directory = to.path();
  options.identities = package_.keys();
  const auto report = ops::extract_stream(*source, options);
  ASSERT_TRUE(report) << report.error().to_string();
  State state;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(to.path()))
    state[std::filesystem::relative(entry.path(), to.path()).string()] = entry.is_directory() ? "" : read_file(entry.path().string());
  EXPECT_TRUE(state == history_.told.back().state);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CompactModel, ::testing::Values(Case{1, false}, Case{2, false}, Case{3, false}, Case{4, true}, Case{5, true}),
                         [](const auto& test) { return (test.param.sealed ? "Sealed" : "Clear") + std::to_string(test.param.seed); });

}  // namespace
}  // namespace npk::testing
