// What differs between generations and packages, against two states held side by side.
#include <random>

#include "npk/ops/diff.h"

#include "append_support.h"

namespace npk::testing {
namespace {

using Changes = std::map<std::string, ops::ChangeKind>;

Changes changes_between(const PackageReader& before, const PackageReader& after) {
  Changes changes;
  std::string last;
  const auto done = ops::diff(before, after, [&](const ops::EntryChange& change) {
    const std::string path((change.after != nullptr ? change.after : change.before)->path());
    EXPECT_TRUE(last.empty() || format::path_less(last, path));
    EXPECT_EQ(change.before == nullptr, change.kind == ops::ChangeKind::added);
    EXPECT_EQ(change.after == nullptr, change.kind == ops::ChangeKind::removed);
    changes.emplace(path, change.kind);
    last = path;
    return true;
  });
  EXPECT_TRUE(done) << done.error().to_string();
  return changes;
}

// Directories' times are left out: whatever is put into one changes it.
Changes expected_between(const State& before, const State& after) {
  Changes changes;
  for (const auto& [path, content] : after) {
    const auto there = before.find(path);
    if (there == before.end()) changes.emplace(path, ops::ChangeKind::added);
    else if (there->second != content) changes.emplace(path, ops::ChangeKind::content);
  }
  for (const auto& [path, content] : before)
    if (!after.contains(path)) changes.emplace(path, ops::ChangeKind::removed);
  return changes;
}
Changes without_metadata(Changes changes) {
  std::erase_if(changes, [](const auto& change) { return change.second == ops::ChangeKind::metadata; });
  return changes;
}

TEST(Diff, IsWhatTwoStatesSay) {
  std::mt19937_64 random(11);
  AppendedPackage package;
  for (int i = 0; i < 30; ++i) package.write("d" + std::to_string(i % 3) + "/f" + std::to_string(i), text_of(DataKind::text, random() % 9000, random()));
  package.pack();
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 4; ++i)
      package.write("d" + std::to_string(random() % 3) + "/f" + std::to_string(random() % 40), text_of(DataKind::text, random() % 9000, random()), 500 - round);
    package.remove("d" + std::to_string(random() % 3) + "/f" + std::to_string(random() % 40));
    package.append();
  }
  std::vector<State> states;
  for (std::uint64_t i = 1; i <= 6; ++i) states.push_back(package.in_package(i));
  for (std::uint64_t one = 1; one <= 6; ++one) {
    for (std::uint64_t other = 1; other <= 6; ++other) {
      const Changes found = changes_between(package.open(one).value(), package.open(other).value());
      EXPECT_EQ(without_metadata(found), expected_between(states[one - 1], states[other - 1])) << one << " and " << other;
      EXPECT_TRUE(one != other || found.empty());
    }
  }
}

TEST(Diff, TellsMetadataFromContent) {
  AppendedPackage package;
  package.write("a", "alpha");
  package.write("b", "beta");
  package.pack();
  ASSERT_EQ(::chmod(package.in_tree("a").c_str(), 0600), 0);
  package.write("b", "betb", 900);
  package.append();
  const Changes changes = changes_between(package.open(1).value(), package.open().value());
  EXPECT_EQ(changes.at("t/a"), ops::ChangeKind::metadata);
  EXPECT_EQ(changes.at("t/b"), ops::ChangeKind::content);
}

// Shared leaves are not looked into, and shift by what comes before them.
TEST(Diff, OfManyEntriesReadsFewPages) {
  AppendedPackage package;
  for (int i = 0; i < 12'000; ++i) package.write("many/f" + std::to_string(i), "");
  package.pack();
  package.write("many/f6000x", "new");
  package.remove("many/f77");
  package.append();
  const PackageReader before = package.open(1).value(), after = package.open().value();
  const auto frames = [&] { return before.statistics().frames_read + after.statistics().frames_read; };
  const auto read_before = frames();
  const Changes found = changes_between(before, after);
  EXPECT_EQ(without_metadata(found), (Changes{{"t/many/f6000x", ops::ChangeKind::added}, {"t/many/f77", ops::ChangeKind::removed}}));
  EXPECT_LE(frames() - read_before, 11U);
}

// Two copies of a package were given a file each, alike but for its content: pages and places are the same.
TEST(Diff, TellsForksApart) {
  AppendedPackage package;
  package.write("old", "there before");
  package.pack();
  const Bytes before = package.bytes();
  std::vector<Bytes> forks;
  for (const std::uint64_t seed : {1U, 2U}) {
    package.put_back(before);
    package.write("new", text_of(DataKind::random, 3000, seed));
    package.append();
    forks.push_back(package.bytes());
  }
  ASSERT_EQ(forks[0].size(), forks[1].size());
  const auto one = PackageReader::open(memory_source(ByteView(forks[0])));
  const auto other = PackageReader::open(memory_source(ByteView(forks[1])));
  EXPECT_EQ(without_metadata(changes_between(one.value(), other.value())), Changes({{"t/new", ops::ChangeKind::content}}));
  EXPECT_EQ(changes_between(one.value(), one.value()), Changes());
}

TEST(Diff, StopsWhenTold) {
  AppendedPackage package;
  for (const char* name : {"a", "b", "c"}) package.write(name, name);
  package.pack();
  for (const char* name : {"a", "b", "c"}) package.write(name, std::string(name) + "2", 900);
  package.append();
  int visits = 0;
  ASSERT_TRUE(ops::diff(package.open(1).value(), package.open().value(), [&](const ops::EntryChange&) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2);
}

}  // namespace
}  // namespace npk::testing
