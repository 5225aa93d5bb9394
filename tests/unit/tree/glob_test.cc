#include <gtest/gtest.h>
#include <chrono>

#include "tree/glob.h"

namespace npk::tree {
namespace {

TEST(Glob, MatchesAsTarDoes) {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  constexpr Case kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "a", true},
      {"a", "ab", false},
      {"*", "", true},
      {"*", "a/b", true},
      {"*.c", "a/b.c", true},
      {"*.c", "a.cc", false},
      {"a*b*c", "a/xb/yc", true},
      {"a*b*c", "acb", false},
      {"?", "x", true},
      {"?", "", false},
      {"a?b", "a/b", true},
      {"[abc]", "b", true},
      {"[abc]", "d", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]", "b", false},
      {"[^a-c]", "d", true},
      {"[]]", "]", true},
      {"[!]]", "]", false},
      {"[a-]", "-", true},
      {"[\\]]", "]", true},
      {"[ab", "[ab", true},
      {"[", "[", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a\\", "a\\", true},
      {"\xff?", "\xff\xfe", true},
      {"[\x80-\xff]", "\xc3", true},
      {"**a", "bba", true},
      {".*", ".hidden", true},
      {"*", ".hidden", true},
  };
  for (const Case& c : kCases) EXPECT_EQ(glob_matches(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
}

TEST(Glob, TakesNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  const std::string text(5'000, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_matches(pattern + "b", text));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(PatternList, ExcludesFromAnyComponent) {
  const PatternList excludes({"*.o", "build/", "src/x", "/top", "./dot"}, PatternList::Anchor::at_any_component);
  EXPECT_TRUE(excludes.matches("a/b.o"));
  EXPECT_TRUE(excludes.matches("build"));
  EXPECT_TRUE(excludes.matches("a/build"));
  EXPECT_FALSE(excludes.matches("a/rebuild"));
  EXPECT_FALSE(excludes.matches("a/build/c"));  // its directory is what matches
  EXPECT_TRUE(excludes.matches_within("a/build/c"));
  EXPECT_TRUE(excludes.matches("a/src/x"));
  EXPECT_TRUE(excludes.matches("top"));
  EXPECT_FALSE(excludes.matches("a/top"));
  EXPECT_TRUE(excludes.matches("dot"));
}

TEST(PatternList, IncludesFromTheStart) {
  const PatternList includes({"*.c", "src"}, PatternList::Anchor::at_start);
  EXPECT_TRUE(includes.matches("a/b.c"));
  EXPECT_TRUE(includes.matches("src"));
  EXPECT_FALSE(includes.matches("a/src"));
  EXPECT_TRUE(includes.matches_within("src/x/y"));
  EXPECT_TRUE(PatternList({"", "/"}, PatternList::Anchor::at_start).empty());
}

}  // namespace
}  // namespace npk::tree
