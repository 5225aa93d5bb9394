// Packages whose blocks have bases, written anew: what is copied keeps its base, what is not has another or none.
#include "compact_support.h"
#include "npk/ops/recompress.h"
#include "npk/ops/rekey.h"
#include "package/reader/impl.h"

namespace npk::testing {
namespace {

class CompactBases : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (int i = 0; i < 60; ++i) write(i, 0);
    package_.pack();
    for (int i = 0; i < 60; i += 25) write(i, 500);
    for (int i = 100; i < 130; ++i) write(i, 0);
    package_.append();
  }
  void write(int i, std::uint64_t change) {
    package_.write("f" + std::to_string(i),
                   text_of(DataKind::text, 12'000, static_cast<std::uint64_t>(i % 9)) + std::to_string(i) +
                       text_of(DataKind::text, 9'000, 70 + change + static_cast<std::uint64_t>(i)),
                   900 + static_cast<int>(change) + i);
  }
  struct Counts {
    std::uint64_t blocks = 0, based = 0;
  };
  [[nodiscard]] Counts counts() const {
    const auto reader = package_.open();
    EXPECT_TRUE(reader);
    Counts counts;
    EXPECT_TRUE(reader->impl().chunks().for_each_page([&](const format::ChunkPage& page) {
      for (const format::BlockRow& block : page.blocks) {
        ++counts.blocks;
        if (block.base_distance != 0) ++counts.based;
      }
      return Result<void>();
    }));
    return counts;
  }
  void expect_whole(const State& state) const {
    EXPECT_EQ(package_.verified(), "sound");
    EXPECT_TRUE(package_.in_package() == state);
  }

  AppendedPackage package_ = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
};

TEST_P(CompactBases, CopiesThemTogether) {
  const State first = package_.in_package(1), second = package_.in_package();
  const Counts before = counts();
  ASSERT_GT(before.based, 8U);
  const auto report = compacted(package_);
  EXPECT_GE(report.rewrite.copied_blocks, before.based);
  EXPECT_GE(counts().based, before.based - 2);
  expect_whole(second);
  EXPECT_TRUE(package_.in_package(1) == first);
  const Bytes once = package_.bytes();
  (void)compacted(package_);
  EXPECT_EQ(package_.bytes().size(), once.size());
}

TEST_P(CompactBases, WhatIsPackedAnewHasBasesAgain) {
  for (int i = 0; i < 60; i += 2) package_.remove("f" + std::to_string(i));
  package_.append();
  const State state = package_.in_package();
  const auto report = compacted(package_, {.last = 1});
  EXPECT_GT(report.rewrite.rewritten_blocks, 0U);
  EXPECT_GT(counts().based, 3U);
  expect_whole(state);
}

TEST_P(CompactBases, PurgedContentIsInNoBase) {
  State state = package_.in_package();
  const auto report = purged(package_, {"t/f1*"});
  EXPECT_GT(report.purged_entries, 10U);
  std::erase_if(state, [](const auto& entry) { return entry.first.starts_with("t/f1"); });
  expect_whole(state);
}

TEST_P(CompactBases, RecompressedWithAndWithoutThem) {
  const State state = package_.in_package();
  const auto recompress = [&](std::uint64_t block_bytes) {
    const auto report = ops::recompress(package_.path(), {.rewrite = {.identities = package_.keys(), .threads = 2},
                                                          .writer = {.preset = Preset::fast, .block_bytes = block_bytes}});
    ASSERT_TRUE(report) << report.error().to_string();
    expect_whole(state);
  };
  recompress(4U << 20);
  EXPECT_EQ(counts().based, 0U);
  recompress(128U << 10);
  EXPECT_GT(counts().based, 3U);
  recompress(64U << 10);
  EXPECT_GT(counts().based, 8U);
}

TEST_P(CompactBases, RekeyKeepsThem) {
  if (!GetParam()) return;
  const State state = package_.in_package();
  const Counts before = counts();
  ASSERT_TRUE(ops::rekey(package_.path(), {.identities = package_.keys()}));
  EXPECT_EQ(counts().based, before.based);
  expect_whole(state);
}

INSTANTIATE_TEST_SUITE_P(Kinds, CompactBases, ::testing::Bool(), [](const auto& kind) { return std::string(kind.param ? "Sealed" : "Plain"); });

TEST(RecompressBases, ThreadsDoNotChangeTheBytes) {
  AppendedPackage package;
  for (int i = 0; i < 80; ++i) package.write("f" + std::to_string(i), text_of(DataKind::text, 20'000, static_cast<std::uint64_t>(i % 9)) + std::to_string(i));
  package.pack();
  const Bytes before = package.bytes();
  Bytes expected;
  for (const unsigned threads : {1U, 2U, 5U}) {
    package.put_back(before);
    ASSERT_TRUE(ops::recompress(package.path(), {.rewrite = {.threads = threads}, .writer = {.preset = Preset::standard, .block_bytes = 64U << 10}}));
    if (threads == 1) expected = package.bytes();
    EXPECT_TRUE(package.bytes() == expected) << threads;
  }
}

}  // namespace
}  // namespace npk::testing
