// File name patterns as GNU tar reads them: `*` any bytes; `?` any one byte; `[a-z]`, `[!a-z]` and `[^a-z]` one byte of
// a set; '/' is a byte like any other; `\x` is the byte x itself. Bytes, not characters; no locale. An unclosed '['
// stands for itself. Matching takes at most pattern length times text length steps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace npk::tree {

// Whether the whole of `text` matches.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// A list of patterns that is asked about stored paths. Immutable; any thread.
//
// Excludes: a pattern may match from the start of the path or from behind any '/', as tar's do: "*.o", "build" and
// "src/build" all match "a/src/build/x.o" or a part of it. A pattern that starts with '/' matches from the start only.
// Includes: a pattern matches from the start of the path only: "*.c" (whose star matches '/') and "src" match
// "src/a.c". Either way what matches a directory holds for all that is in it. A '/' at the end of a pattern is dropped.
class PatternList {
 public:
  enum class Anchor : bool { at_any_component, at_start };

  PatternList() = default;
  PatternList(const std::vector<std::string>& patterns, Anchor anchor);

  [[nodiscard]] bool empty() const noexcept { return patterns_.empty(); }
  // Whether the path itself, a whole number of components, matches.
  [[nodiscard]] bool matches(std::string_view path) const noexcept;
  // Whether the path or a directory above it matches.
  [[nodiscard]] bool matches_within(std::string_view path) const noexcept;

 private:
  struct Pattern {
    std::string text;
    bool at_start;
  };
  std::vector<Pattern> patterns_;
};

}  // namespace npk::tree
