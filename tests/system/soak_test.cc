// What takes longer than every day allows: 10 GB, a million files. tests/run --soak.
#include "support/scratch.h"
#include "system/peak_memory.h"

namespace npk {
namespace {

using testing::kBytesPerChunk;
using testing::kBytesPerEntry;
using testing::kMegabyte;
using testing::measure;
using testing::PeakFigures;
using testing::ScratchDirectory;

TEST(Soak, TenGigabytesCostNoMoreThanOne) {
  const PeakFigures g1 = measure("create-data pipe 1000000000 fast 0 1 0"), g10 = measure("create-data pipe 10000000000 fast 0 1 0");
  ASSERT_TRUE(g1.error.empty()) << g1.error;
  ASSERT_TRUE(g10.error.empty()) << g10.error;
  EXPECT_LE(g10.anonymous, g1.anonymous + kBytesPerChunk * (g10.chunks - g1.chunks) + 6 * kMegabyte);
  const std::uint64_t for_standard = 256ULL << 20;
  const PeakFigures standard = measure("create-data pipe 10000000000 standard " + std::to_string(for_standard) + " 2 0");
  ASSERT_TRUE(standard.error.empty()) << standard.error;
  EXPECT_LE(standard.anonymous, for_standard + kBytesPerChunk * standard.chunks);
  const std::uint64_t allowed = 128ULL << 20;
  const PeakFigures kept = measure("create-data file 10000000000 fast " + std::to_string(allowed) + " 2 0");
  ASSERT_TRUE(kept.error.empty()) << kept.error;
  EXPECT_LE(kept.anonymous, allowed + kBytesPerChunk * kept.chunks);
}

// Under 200 bytes an entry all in all, 128 a chunk, and what any run of the program takes.
TEST(Soak, AMillionFiles) {
  constexpr std::uint64_t kCount = 1'000'000, kAnyRun = 8 * kMegabyte;
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(testing::make_files(scratch / "many", kCount));
  const std::string package = scratch / "many.npk";
  for (const PeakFigures& figures : {measure("create-tree " + (scratch / "many") + " 0 " + package), measure("list " + package),
                                     measure("extract " + package + " " + (scratch / "many.out") + " 0 2")}) {
    ASSERT_TRUE(figures.error.empty()) << figures.error;
    EXPECT_EQ(figures.entries, kCount + kCount / 100);
    EXPECT_LE(figures.anonymous, kAnyRun + kBytesPerEntry * figures.entries + kBytesPerChunk * figures.chunks);
  }
}

}  // namespace
}  // namespace npk
