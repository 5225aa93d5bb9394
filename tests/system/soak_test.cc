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
  for (const char* preset : {"fast", "standard"}) {
    const PeakFigures g1 = measure(std::string("create-data pipe 1000000000 ") + preset + " 0 2 0");
    const PeakFigures g10 = measure(std::string("create-data pipe 10000000000 ") + preset + " 0 2 0");
    ASSERT_TRUE(g10.error.empty()) << g10.error;
    EXPECT_LE(g10.anonymous, g1.anonymous + kBytesPerChunk * (g10.chunks - g1.chunks) + 12 * kMegabyte);
  }
  const std::uint64_t allowed = 128ULL << 20;
  const PeakFigures kept = measure("create-data file 10000000000 fast " + std::to_string(allowed) + " 2 0");
  ASSERT_TRUE(kept.error.empty()) << kept.error;
  EXPECT_LE(kept.anonymous, allowed + kBytesPerChunk * kept.chunks);
}

TEST(Soak, AMillionFiles) {
  constexpr std::uint64_t kCount = 1'000'000;
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(testing::make_files(scratch / "few", 1000));
  ASSERT_NO_FATAL_FAILURE(testing::make_files(scratch / "many", kCount));
  const std::string few = scratch / "few.npk", many = scratch / "many.npk";
  const auto expect_bound = [&](const PeakFigures& base, const PeakFigures& all) {
    ASSERT_TRUE(base.error.empty()) << base.error;
    ASSERT_TRUE(all.error.empty()) << all.error;
    EXPECT_EQ(all.entries, kCount + kCount / 1000);
    EXPECT_LE(all.anonymous, base.anonymous + kBytesPerEntry * kCount + kBytesPerChunk * all.chunks);
  };
  expect_bound(measure("create-tree " + (scratch / "few") + " 0 " + few), measure("create-tree " + (scratch / "many") + " 0 " + many));
  expect_bound(measure("list " + few), measure("list " + many));
  expect_bound(measure("extract " + few + " " + (scratch / "few.out") + " 0 2"), measure("extract " + many + " " + (scratch / "many.out") + " 0 2"));
}

}  // namespace
}  // namespace npk
