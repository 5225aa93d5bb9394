#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "unit/chunk/test_data.h"

namespace npk::chunk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr ChunkParameters kSmallSeeded{.minimum = 64, .average = 256, .maximum = 1024, .seed = 1};

TEST(GearTable, IsSplitMix64) {
  // The generator's published outputs for seed 1234567, and for seed 0.
  EXPECT_EQ(make_gear_table(1234567)[0], 6457827717110365317ULL);
  EXPECT_EQ(make_gear_table(1234567)[1], 3203168211198807973ULL);
  EXPECT_EQ(make_gear_table(1234567)[2], 9817491932198370423ULL);
  EXPECT_EQ(make_gear_table(0)[0], 0xE220A8397B1DCDAFULL);
}

TEST(ChunkParameters, OutOfRangeValuesAreNamed) {
  const auto message = [](ChunkParameters parameters) {
    const auto result = check_parameters(parameters);
    return result ? std::string() : result.error().message;
  };
  EXPECT_EQ(message({}), "");
  EXPECT_EQ(message({.minimum = 64, .average = 256, .maximum = 256}), "");
  EXPECT_EQ(message({.minimum = 256, .average = 256, .maximum = 256}), "");
  EXPECT_THAT(message({.minimum = 63}), HasSubstr("minimum is 63"));
  EXPECT_THAT(message({.minimum = 65'537}), HasSubstr("minimum"));
  EXPECT_THAT(message({.average = 128}), HasSubstr("average is 128"));
  EXPECT_THAT(message({.average = 65'535}), HasSubstr("power of two"));
  EXPECT_THAT(message({.average = 128U << 20, .maximum = 1U << 30}), HasSubstr("average"));
  EXPECT_THAT(message({.maximum = 65'535}), HasSubstr("maximum"));
  EXPECT_THAT(message({.maximum = (1U << 30) + 1}), HasSubstr("maximum"));
  EXPECT_EQ(CandidateScanner::make({.minimum = 1}).error().code, Errc::misuse);
  EXPECT_EQ(CutSelector::content_defined({.minimum = 1}).error().code, Errc::misuse);
}

TEST(ReferenceChunkLengths, KeepTheirBoundsAndAddUp) {
  for (const ChunkParameters& parameters : {kSmallSeeded, ChunkParameters{}}) {
    const Bytes file = mixed_bytes(3'000'000, 1);
    const auto lengths = reference_chunk_lengths(file, parameters);
    EXPECT_EQ(std::accumulate(lengths.begin(), lengths.end(), 0ULL), file.size());
    for (std::size_t i = 0; i + 1 < lengths.size(); ++i) EXPECT_GE(lengths[i], parameters.minimum);
    EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), parameters.maximum);
  }
}

TEST(ReferenceChunkLengths, AverageAboutWhatWasAskedFor) {
  const ChunkParameters parameters{.minimum = 1024, .average = 4096, .maximum = 16'384};
  const auto lengths = reference_chunk_lengths(random_bytes(8U << 20, 3), parameters);
  const std::size_t mean = (8U << 20) / lengths.size();
  EXPECT_GT(mean, 4096U * 3 / 4);
  EXPECT_LT(mean, 4096U * 3 / 2);
}

TEST(ReferenceChunkLengths, TinyFilesAreOneChunkAndEmptyFilesNone) {
  EXPECT_THAT(reference_chunk_lengths({}, kSmallSeeded), ElementsAre());
  for (const std::uint32_t size : {1U, 63U, 64U}) {
    EXPECT_THAT(reference_chunk_lengths(random_bytes(size, 1), kSmallSeeded), ElementsAre(size));
  }
}

TEST(ReferenceChunkLengths, ResynchroniseAfterAnInsertion) {
  const Bytes file = random_bytes(1'000'000, 4);
  Bytes edited = file;
  edited.insert(edited.begin() + 500, 3, 0x77);
  const auto before = reference_chunk_lengths(file, kSmallSeeded);
  const auto after = reference_chunk_lengths(edited, kSmallSeeded);
  std::size_t same = 0;
  while (same < before.size() && same < after.size() && before.rbegin()[static_cast<std::ptrdiff_t>(same)] == after.rbegin()[static_cast<std::ptrdiff_t>(same)])
    ++same;
  EXPECT_GT(same + 20, before.size());
}

}  // namespace
}  // namespace npk::chunk
