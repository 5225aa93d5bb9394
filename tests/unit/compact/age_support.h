// A small tree that changes a little every day, for many days.
#pragma once

#include "compact_support.h"

namespace npk::testing {

class AgedPackage {
 public:
  void live(int days) {
    for (int i = 0; i < 60; ++i) change(i);
    package.pack();
    for (int day = 0; day < days; ++day) {
      for (int i = 0; i < 3; ++i) change(static_cast<int>(random_() % 60));
      if (day % 10 == 0) package.write("new/" + std::to_string(day), text_of(DataKind::text, 3'000, random_()), -day);
      EXPECT_FALSE(package.append().changed_nothing);
    }
  }
  // Bytes of a package of the newest tree, made from nothing.
  [[nodiscard]] std::uint64_t fresh_bytes() const {
    const ScratchDirectory scratch;
    ops::CreateOptions create = package.options();
    create.package_path = scratch / "fresh.npk";
    return ops::create(create).value().write.package_bytes;
  }
  // Frames read to open the package and find a file.
  [[nodiscard]] std::uint64_t frames_to_find() const {
    const PackageReader reader = package.open().value();
    EXPECT_TRUE(reader.find("t/d3/f33").value());
    return reader.statistics().frames_read;
  }

  AppendedPackage package;

 private:
  void change(int file) {
    const std::string name = "d" + std::to_string(file / 10) + "/f" + std::to_string(file);
    package.write(name, text_of(DataKind::text, 2'000 + random_() % 3'000, random_()), 100 - ++changes_);
  }

  std::mt19937_64 random_{5};
  int changes_ = 0;
};

// The figures: within 5 % of a fresh package once compacted, and opened as quickly.
inline void expect_mended(int days) {
  AgedPackage aged;
  aged.live(days);
  const State newest = aged.package.in_package();
  const std::uint64_t appended_bytes = aged.package.bytes().size(), appended_frames = aged.frames_to_find();
  compacted(aged.package);
  const std::uint64_t all_bytes = aged.package.bytes().size(), all_frames = aged.frames_to_find();
  EXPECT_EQ(aged.package.open().value().history()->size(), static_cast<std::size_t>(days) + 1);
  EXPECT_LT(all_bytes, appended_bytes);
  EXPECT_LE(all_frames, appended_frames);
  compacted(aged.package, {.last = 1});
  const std::uint64_t bytes = aged.package.bytes().size(), fresh = aged.fresh_bytes();
  EXPECT_LE(bytes * 100, fresh * 105);
  EXPECT_LE(aged.frames_to_find(), 4U);  // trailer apart: commit, catalog pages
  EXPECT_TRUE(aged.package.in_package() == newest);
  EXPECT_EQ(aged.package.verified(), "sound");
  ::testing::Test::RecordProperty("appended_bytes", std::to_string(appended_bytes));
  ::testing::Test::RecordProperty("compacted_bytes", std::to_string(all_bytes));
  ::testing::Test::RecordProperty("newest_only_bytes", std::to_string(bytes));
  ::testing::Test::RecordProperty("fresh_bytes", std::to_string(fresh));
  std::printf("%d days: %llu appended (%llu frames to find), %llu compacted (%llu), %llu the newest only, %llu fresh\n", days,
              static_cast<unsigned long long>(appended_bytes), static_cast<unsigned long long>(appended_frames), static_cast<unsigned long long>(all_bytes),
              static_cast<unsigned long long>(all_frames), static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(fresh));
}

}  // namespace npk::testing
