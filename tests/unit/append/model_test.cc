// Random edits of a tree, a generation after each: every generation stays what the tree was, and is, whatever was reused,
// the same content as a package made from nothing.
#include <random>

#include "append_support.h"

namespace npk::testing {
namespace {

struct Case {
  std::uint64_t seed;
  bool sealed;
};

class AppendModel : public ::testing::TestWithParam<Case> {
 protected:
  void edit() {
    const std::string name = "d" + std::to_string(random_() % 4) + "/f" + std::to_string(random_() % 12);
    const auto kind = kAllDataKinds[random_() % std::size(kAllDataKinds)];
    const int age = static_cast<int>(random_() % 3) == 0 ? -1000 : 500 + next_age_++;  // some look newer than the generation
    switch (random_() % 6) {
      case 0: package_.remove(name); break;
      case 1: package_.remove("d" + std::to_string(random_() % 4)); break;
      case 2:
        if (exists(package_.in_tree(name))) package_.write(name, read_file(package_.in_tree(name)) + "more", age);
        break;
      default: package_.write(name, text_of(kind, random_() % 60'000, random_() % 5), age);
    }
  }

  AppendedPackage package_ = GetParam().sealed ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
  std::mt19937_64 random_{GetParam().seed};
  int next_age_ = 0;
};

TEST_P(AppendModel, EveryGenerationIsWhatTheTreeWas) {
  for (int i = 0; i < 20; ++i) edit();
  package_.pack();
  std::vector<State> states = {package_.on_disk()};
  for (int round = 0; round < 8; ++round) {
    for (std::uint64_t i = random_() % 6; i-- > 0;) edit();
    const ops::AppendReport report = package_.append();
    EXPECT_EQ(report.write.content_root, package_.fresh_content_root());
    if (!report.changed_nothing) states.push_back(package_.on_disk());
    EXPECT_EQ(report.generation, states.size());
  }
  ASSERT_GT(states.size(), 2U);
  for (std::uint64_t generation = 1; generation <= states.size(); ++generation) {
    EXPECT_TRUE(package_.in_package(generation) == states[generation - 1]) << "generation " << generation;
    EXPECT_EQ(package_.verified(generation), "sound") << "generation " << generation;
  }
  EXPECT_TRUE(package_.in_package() == states.back());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AppendModel, ::testing::Values(Case{1, false}, Case{2, false}, Case{3, false}, Case{4, true}, Case{5, true}),
                         [](const auto& test) { return (test.param.sealed ? "Sealed" : "Clear") + std::to_string(test.param.seed); });

}  // namespace
}  // namespace npk::testing
