// Histories of random edits, and what is left of them once they are written anew.
#pragma once

#include <random>

#include "npk/ops/compact.h"
#include "npk/ops/purge.h"
#include "unit/append/append_support.h"

namespace npk::testing {

struct ToldGeneration {
  std::uint64_t number = 0;
  State state;
  Digest content_root{};
};

// A tree, a package of it, and a generation for every few random edits.
class EditedHistory {
 public:
  EditedHistory(std::uint64_t seed, bool sealed)
      : package(sealed ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage()), random_(seed) {}

  void make(int rounds) {
    for (int i = 0; i < 20; ++i) edit();
    package.pack();
    tell();
    for (int round = 0; round < rounds; ++round) {
      for (std::uint64_t i = 1 + random_() % 5; i-- > 0;) edit();
      if (!package.append().changed_nothing) tell();
    }
  }
  void edit() {
    const std::string name = "d" + std::to_string(random_() % 4) + "/f" + std::to_string(random_() % 12);
    const auto kind = kAllDataKinds[random_() % std::size(kAllDataKinds)];
    const int age = 500 + next_age_++;
    switch (random_() % 6) {
      case 0: package.remove(name); break;
      case 1: package.remove("d" + std::to_string(random_() % 4)); break;
      case 2:
        if (std::filesystem::exists(package.in_tree(name))) package.write(name, read_file(package.in_tree(name)) + "more", age);
        break;
      case 3: link(name); break;
      default: package.write(name, text_of(kind, random_() % 60'000, random_() % 5), age);
    }
  }

  AppendedPackage package;
  std::vector<ToldGeneration> told;
  [[nodiscard]] std::uint64_t random() { return random_(); }

 private:
  void link(const std::string& name) const {
    const std::string to = package.in_tree(name + "-link");
    if (!std::filesystem::is_regular_file(package.in_tree(name)) || std::filesystem::exists(to)) return;
    std::filesystem::create_hard_link(package.in_tree(name), to);
  }
  void tell() {
    const auto reader = package.open();
    ASSERT_TRUE(reader) << reader.error().to_string();
    told.push_back({reader->info().commit.statement.generation, package.on_disk(), reader->info().commit.statement.content_root});
  }

  std::mt19937_64 random_;
  int next_age_ = 0;
};

inline ops::CompactReport compacted(const AppendedPackage& package, const ops::KeepRules& keep = {}) {
  const auto report = ops::compact(package.path(), {.rewrite = {.identities = package.keys(), .threads = 2}, .keep = keep});
  EXPECT_TRUE(report) << report.error().to_string();
  return report ? *report : ops::CompactReport();
}

inline ops::PurgeReport purged(const AppendedPackage& package, std::vector<std::string> globs) {
  const auto report = ops::purge(package.path(), {.rewrite = {.identities = package.keys(), .threads = 2}, .globs = std::move(globs)});
  EXPECT_TRUE(report) << report.error().to_string();
  return report ? *report : ops::PurgeReport();
}

inline void expect_as_told(const AppendedPackage& package, const ToldGeneration& told) {
  const auto reader = package.open(told.number);
  ASSERT_TRUE(reader) << reader.error().to_string();
  EXPECT_TRUE(AppendedPackage::state_of(*reader) == told.state) << "generation " << told.number;
  EXPECT_EQ(reader->info().commit.statement.content_root, told.content_root) << "generation " << told.number;
  EXPECT_EQ(package.verified(told.number), "sound") << "generation " << told.number;
}

}  // namespace npk::testing
