// A package cut anywhere within a generation that was being added: the one before answers, whole.
#include "append_support.h"

namespace npk::testing {
namespace {

class Torn : public ::testing::TestWithParam<bool> {};

TEST_P(Torn, TheGenerationBeforeIsThereWhole) {
  AppendedPackage package = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
  for (int i = 0; i < 10; ++i) package.write("f" + std::to_string(i), text_of(DataKind::text, 20'000, static_cast<std::uint64_t>(i)));
  package.pack();
  const State first = package.in_package();
  const std::size_t first_size = package.bytes().size();
  for (int i = 5; i < 15; ++i) package.write("f" + std::to_string(i), text_of(DataKind::text, 30'000, static_cast<std::uint64_t>(i + 100)), 900);
  package.append();
  const State second = package.in_package();
  const Bytes whole = package.bytes();
  const auto positions = frame_positions(whole);
  const PackageFrames frames = frames_of(whole);
  const std::uint64_t commit_end = positions[frames.frames.size() - 1];  // where the last trailer begins
  for (std::size_t i = 0; i + 1 < positions.size(); ++i) {
    for (const std::uint64_t cut : {positions[i], positions[i] + 1, positions[i] + 63, positions[i] + 64, (positions[i] + positions[i + 1]) / 2}) {
      if (cut <= first_size || cut >= whole.size()) continue;
      const auto reader = PackageReader::open(memory_source(ByteView(whole).first(static_cast<std::size_t>(cut))), {.identities = package.keys()});
      ASSERT_TRUE(reader) << cut << ": " << reader.error().to_string();
      EXPECT_TRUE(reader->info().recovered);
      EXPECT_TRUE(AppendedPackage::state_of(*reader) == (cut >= commit_end ? second : first)) << "cut at " << cut;
      package.put_back(ByteView(whole).first(static_cast<std::size_t>(cut)));
      EXPECT_NE(package.verified(), "sound");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sealed, Torn, ::testing::Bool(), [](const auto& test) { return test.param ? "Yes" : "No"; });

}  // namespace
}  // namespace npk::testing
