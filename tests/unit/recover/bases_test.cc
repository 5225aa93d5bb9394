// Blocks with a base whose base is lost, or that lie behind bytes that are gone.
#include "recover_support.h"

namespace npk::testing {
namespace {

class RecoverBases : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (int i = 0; i < 40; ++i)
      package_.write("f" + std::to_string(i), text_of(DataKind::text, 12'000, static_cast<std::uint64_t>(i % 9)) + std::to_string(i) +
                                                  text_of(DataKind::text, 9'000, 70 + static_cast<std::uint64_t>(i)));
    package_.write("noise", text_of(DataKind::random, 150'000, 1));
    package_.pack();
  }
  AppendedPackage package_ = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
};

TEST_P(RecoverBases, ALostBlockCostsWhatIsOnIt) {
  const Bytes bytes = package_.bytes();
  const State state = package_.in_package();
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  const auto& chunks = reader->impl().chunks();
  std::set<std::uint64_t> bases;
  for (std::uint64_t block = 0; block < chunks.totals().blocks; ++block) {
    const auto located = chunks.block(block);
    ASSERT_TRUE(located);
    if (located->row.base_distance != 0) bases.insert(chunks.block(block - located->row.base_distance)->row.position);
  }
  ASSERT_FALSE(bases.empty());
  std::size_t most = 0, least = SIZE_MAX;
  for (const auto& [position, paths] : needs_of(*reader)) {
    for (const Bytes& damaged : {with_zeros(bytes, position + 80, position + 90), without(bytes, position, position + 1000)}) {
      const Recovered recovered = recover_bytes(damaged, {.output_path = {}, .identities = package_.keys()});
      ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
      EXPECT_EQ(recovered.lost_paths(), paths) << (bases.contains(position) ? "a base" : "a block") << " at " << position;
      expect_true_or_listed(recovered, state);
    }
    most = std::max(most, paths.size());
    least = std::min(least, paths.size());
  }
  EXPECT_GT(most, least);
}
INSTANTIATE_TEST_SUITE_P(Kinds, RecoverBases, ::testing::Bool(), [](const auto& kind) { return std::string(kind.param ? "Sealed" : "Plain"); });

}  // namespace
}  // namespace npk::testing
