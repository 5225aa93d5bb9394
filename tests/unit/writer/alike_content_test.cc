// What blocks of unlike kinds have in common: as much as it takes, no more bytes than fit, and the same groups whenever asked.
#include "package/writer/alike_content.h"

#include <gtest/gtest.h>

#include "support/test_tree.h"

namespace npk::writer {
namespace {

using Groups = std::vector<std::vector<std::size_t>>;

constexpr std::size_t kBytes = 400'000;

// The first `common` bytes of what all have, then its own.
Bytes content(std::size_t common, std::uint64_t seed, std::size_t bytes = kBytes) {
  Bytes made = testing::make_data(testing::DataKind::random, common, 1);
  const Bytes own = testing::make_data(testing::DataKind::random, bytes - common, seed);
  made.insert(made.end(), own.begin(), own.end());
  return made;
}

Groups groups_of(const std::vector<Bytes>& contents, std::size_t most_bytes = SIZE_MAX) {
  const std::vector<ByteView> views(contents.begin(), contents.end());
  return alike_groups(views, most_bytes);
}

TEST(AlikeContent, ThatHasAFifthInCommonIsOneGroup) {
  EXPECT_EQ(groups_of({content(kBytes / 4, 2), content(kBytes / 4, 3)}), Groups({{0, 1}}));
  EXPECT_EQ(groups_of({content(kBytes / 6, 2), content(kBytes / 6, 3)}), Groups());
  EXPECT_EQ(groups_of({content(kBytes / 2, 2), content(0, 3), content(kBytes / 2, 4)}), Groups({{0, 2}}));
}

// All of a small one may be in a large one: that saves little of both.
TEST(AlikeContent, IsAFifthOfBoth) {
  EXPECT_EQ(groups_of({content(kBytes / 20, 2, kBytes / 20), content(kBytes / 20, 3)}), Groups());
  EXPECT_EQ(groups_of({content(kBytes / 5, 2, kBytes / 5), content(kBytes / 5, 3)}), Groups({{0, 1}}));
}

// Wherever it lies.
TEST(AlikeContent, MayBeginAnywhere) {
  const Bytes all = content(0, 2);
  for (const std::ptrdiff_t skipped : {1, 2, 3, 17, 70'001}) EXPECT_EQ(groups_of({all, Bytes(all.begin() + skipped, all.end())}), Groups({{0, 1}})) << skipped;
}

TEST(AlikeContent, MostAlikeComesFirstAndFits) {
  const std::vector<Bytes> contents = {content(kBytes / 3, 2), content(kBytes * 2 / 3, 3), content(kBytes * 2 / 3, 4)};
  EXPECT_EQ(groups_of(contents), Groups({{0, 1, 2}}));
  EXPECT_EQ(groups_of(contents, 3 * kBytes), Groups({{0, 1, 2}}));
  EXPECT_EQ(groups_of(contents, 3 * kBytes - 1), Groups({{1, 2}}));
  EXPECT_EQ(groups_of(contents, 2 * kBytes - 1), Groups());
}

TEST(AlikeContent, TwoGroupsStayApart) {
  const Bytes other = content(0, 9);
  EXPECT_EQ(groups_of({content(kBytes, 2), other, content(kBytes, 3), other}), Groups({{0, 2}, {1, 3}}));
}

// Few bytes again and again are sampled everywhere or nowhere.
TEST(AlikeContent, OfHardlyAnyContentIsNone) {
  EXPECT_EQ(groups_of({}), Groups());
  EXPECT_EQ(groups_of({Bytes(), Bytes()}), Groups());
  EXPECT_EQ(groups_of({Bytes(31, 'a'), Bytes(31, 'a')}), Groups());
  for (unsigned byte = 0; byte < 256; ++byte)
    EXPECT_EQ(groups_of({Bytes(2'000, static_cast<std::uint8_t>(byte)), content(0, 2)}), Groups()) << byte;
}

}  // namespace
}  // namespace npk::writer
