#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "unit/chunk/test_data.h"

namespace npk::chunk {
namespace {

constexpr ChunkParameters kSmall{.minimum = 64, .average = 256, .maximum = 1024, .seed = 0};
constexpr ChunkParameters kMedium{.minimum = 2048, .average = 8192, .maximum = 65'536, .seed = 77};
constexpr std::size_t kSliceSizes[] = {1, 2, 63, 64, 65, 100, 1000, 4096, 16'383, 16'384, 16'391, 100'003, 1U << 20};

class Kernel : public testing::TestWithParam<std::string_view> {
 protected:
  static CandidateScanner scanner(const ChunkParameters& parameters) {
    return *CandidateScanner::make(parameters, GetParam());
  }
};

TEST_P(Kernel, IsTheOneAskedFor) { EXPECT_EQ(scanner(kSmall).kernel_name(), GetParam()); }

TEST_P(Kernel, CutsAsTheReferenceHoweverTheFileIsSliced) {
  for (const ChunkParameters& parameters : {kSmall, kMedium, ChunkParameters{}}) {
    const Bytes file = mixed_bytes(600'011, 5);
    const auto expected = reference_chunk_lengths(file, parameters);
    for (const std::size_t slice : kSliceSizes) {
      EXPECT_EQ(sliced_chunk_lengths(scanner(parameters), parameters, file, slice), expected) << slice;
    }
  }
}

TEST_P(Kernel, FindsWhatTheDefinitionSays) {
  const Bytes file = random_bytes(200'000, 6);
  const GearTable table = make_gear_table(kMedium.seed);
  std::vector<Candidate> expected;
  std::uint64_t hash = 0;
  for (std::uint32_t i = 0; i < file.size(); ++i) {
    hash = 2 * hash + table[file[i]];
    if (hash >> (64 - 11) == 0) expected.push_back({i + 1, hash >> (64 - 15) == 0});
  }
  std::vector<Candidate> found;
  ASSERT_TRUE(scanner(kMedium).scan({}, file, found));
  EXPECT_GT(found.size(), 50U);
  EXPECT_EQ(found, expected);
}

TEST_P(Kernel, LooksAtNoMoreThanTheLast63BytesBefore) {
  const Bytes file = random_bytes(100'000, 8);
  std::vector<Candidate> with_all;
  std::vector<Candidate> with_63;
  ASSERT_TRUE(scanner(kSmall).scan(ByteView(file).first(50'000), ByteView(file).subspan(50'000), with_all));
  ASSERT_TRUE(scanner(kSmall).scan(ByteView(file).subspan(50'000 - 63, 63), ByteView(file).subspan(50'000), with_63));
  EXPECT_EQ(with_all, with_63);
}

TEST_P(Kernel, CopesWithACandidateAtEveryPosition) {
  const ChunkParameters parameters = all_candidates(0);
  const Bytes file(100'000);
  std::vector<Candidate> found;
  ASSERT_TRUE(scanner(parameters).scan({}, file, found));
  EXPECT_GT(found.size(), file.size() - 100);
  EXPECT_EQ(sliced_chunk_lengths(scanner(parameters), parameters, file, 30'000), reference_chunk_lengths(file, parameters));
}

TEST_P(Kernel, CanBeForcedByTheEnvironment) {
  ASSERT_EQ(setenv("NPK_CHUNK_KERNEL", std::string(GetParam()).c_str(), 1), 0);
  const auto forced = CandidateScanner::make(kSmall);
  unsetenv("NPK_CHUNK_KERNEL");
  ASSERT_TRUE(forced);
  EXPECT_EQ(forced->kernel_name(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Available, Kernel, testing::ValuesIn(kernel_names()),
                         [](const auto& each) { return std::string(each.param); });

TEST(CandidateScanner, TakesAnAvailableKernelUnlessToldOtherwise) {
  EXPECT_THAT(kernel_names(), testing::Contains(CandidateScanner::make(kSmall)->kernel_name()));
  EXPECT_EQ(kernel_names().back(), "scalar");
}

TEST(CandidateScanner, RefusesAKernelItDoesNotHave) {
  EXPECT_EQ(CandidateScanner::make(kSmall, "mmx").error().code, Errc::misuse);
  ASSERT_EQ(setenv("NPK_CHUNK_KERNEL", "mmx", 1), 0);
  const auto scanner = CandidateScanner::make(kSmall);
  unsetenv("NPK_CHUNK_KERNEL");
  ASSERT_FALSE(scanner);
  EXPECT_THAT(scanner.error().message, testing::HasSubstr("'mmx'"));
}

}  // namespace
}  // namespace npk::chunk
