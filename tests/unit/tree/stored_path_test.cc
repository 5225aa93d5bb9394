#include <gtest/gtest.h>
#include <algorithm>
#include <vector>

#include "tree/stored_path.h"

namespace npk::tree {
namespace {

TEST(StoredPrefix, IsWhatTarStores) {
  struct Case {
    const char* given;
    const char* stored;
    bool dropped;
  };
  constexpr Case kCases[] = {
      {"a", "a", false},
      {"./a", "a", false},
      {".", "", false},
      {"./", "", false},
      {"a/./b//c/", "a/b/c", false},
      {"/etc/passwd", "etc/passwd", true},
      {"/", "", true},
      {"..", "", true},
      {"../a", "a", true},
      {"a/../b", "b", true},
      {"/a/../../b", "b", true},
      {"a/..", "", true},
      {"...", "...", false},
      {"", "", false},
      {"..a/b..", "..a/b..", false},
  };
  for (const Case& c : kCases) {
    const StoredPrefix prefix = stored_prefix(c.given);
    EXPECT_EQ(prefix.path, c.stored) << c.given;
    EXPECT_EQ(prefix.dropped_leading, c.dropped) << c.given;
  }
}

TEST(CompareStored, PutsTheSlashBelowAll) {
  const std::vector<std::string> sorted{"a", "a/x",  "a/x/y", std::string("a/x\x01"), "a\x01", "a.b", "ab",
                                        "b", "\x7f", "\xff"};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      const int compared = compare_stored(sorted[i], sorted[j]);
      EXPECT_EQ(compared < 0, i < j) << sorted[i] << " and " << sorted[j];
      EXPECT_EQ(compared == 0, i == j);
    }
  }
}

TEST(CheckStoredPath, RefusesWhatLeadsElsewhere) {
  for (const std::string_view bad :
       {"", "/", "/a", "a/", "a//b", ".", "..", "./a", "a/.", "a/..", "../a", "a/../b", "a/./b"})
    EXPECT_EQ(check_stored_path(bad, {}).error().code, Errc::corrupt) << bad;
  EXPECT_EQ(check_stored_path(std::string_view("a\0b", 3), {}).error().code, Errc::corrupt);
  for (const std::string_view good : {"a", "a/b", "...", "..a", "a..", ".a/b", "\xff\xfe", " ", "a\nb", "a\\..\\b"})
    EXPECT_TRUE(check_stored_path(good, {})) << good;
}

TEST(CheckStoredPath, KeepsTheLimits) {
  EXPECT_TRUE(check_stored_path(std::string(255, 'n'), {}));
  EXPECT_EQ(check_stored_path("a/" + std::string(256, 'n'), {}).error().code, Errc::limit);
  std::string deep = "d";
  while (deep.size() < 65'534) deep += "/d";
  EXPECT_TRUE(check_stored_path(deep, {}));
  EXPECT_EQ(check_stored_path(deep + "/d", {}).error().code, Errc::limit);
}

TEST(SymlinkStaysInside, CountsWhatIsAbove) {
  EXPECT_TRUE(symlink_stays_inside("a", "b"));
  EXPECT_TRUE(symlink_stays_inside("a", "./b/c"));
  EXPECT_TRUE(symlink_stays_inside("a/b/c", "../../d"));
  EXPECT_TRUE(symlink_stays_inside("a/b", ".."));
  EXPECT_FALSE(symlink_stays_inside("a/b", "../.."));
  EXPECT_FALSE(symlink_stays_inside("a", ".."));
  EXPECT_FALSE(symlink_stays_inside("a", "/etc"));
  EXPECT_FALSE(symlink_stays_inside("x/y/z", "d/../../../.."));
  EXPECT_FALSE(symlink_stays_inside("x/y/z", "d/.."));  // d may be a link to anywhere in the tree
}

}  // namespace
}  // namespace npk::tree
