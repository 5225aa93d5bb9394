#include "tree/glob.h"

#include <optional>
#include <utility>

namespace npk::tree {
namespace {

struct SetMatch {
  bool matched;
  std::size_t length;  // of the set in the pattern, brackets included
};

// `set` starts behind the '['. Nothing if the set is never closed.
std::optional<SetMatch> match_set(std::string_view set, unsigned char byte) noexcept {
  std::size_t at = 0;
  const bool negated = !set.empty() && (set[0] == '!' || set[0] == '^');
  if (negated) ++at;
  bool found = false;
  for (const std::size_t first = at; at < set.size(); ++at) {
    if (set[at] == ']' && at != first) return SetMatch{.matched = found != negated, .length = at + 2};
    if (set[at] == '\\' && at + 1 < set.size()) ++at;
    const auto low = static_cast<unsigned char>(set[at]);
    auto high = low;
    if (at + 2 < set.size() && set[at + 1] == '-' && set[at + 2] != ']') {
      at += 2;
      if (set[at] == '\\' && at + 1 < set.size()) ++at;
      high = static_cast<unsigned char>(set[at]);
    }
    found = found || (low <= byte && byte <= high);
  }
  return std::nullopt;
}

// The length of the pattern's first element if it matches `byte`, else 0. The element is not a star.
std::size_t match_one(std::string_view pattern, char byte) noexcept {
  if (pattern.empty()) return 0;
  if (pattern[0] == '?') return 1;
  if (pattern[0] == '[') {
    if (const auto set = match_set(pattern.substr(1), static_cast<unsigned char>(byte)))
      return set->matched ? set->length : 0;
  }
  if (pattern[0] == '\\' && pattern.size() > 1) return pattern[1] == byte ? 2 : 0;
  return pattern[0] == byte ? 1 : 0;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  // Only the last star seen ever needs another try: an earlier one could do no better.
  std::size_t at = 0;
  std::size_t in_text = 0;
  std::size_t behind_star = std::string_view::npos;
  std::size_t star_text = 0;
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      behind_star = ++at;
      star_text = in_text;
    } else if (const std::size_t length = match_one(pattern.substr(at), text[in_text]); length > 0) {
      at += length;
      ++in_text;
    } else if (behind_star != std::string_view::npos) {
      at = behind_star;
      in_text = ++star_text;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

PatternList::PatternList(const std::vector<std::string>& patterns, Anchor anchor) {
  for (std::string text : patterns) {
    const bool rooted = text.starts_with('/');
    if (rooted) text.erase(0, text.find_first_not_of('/'));
    if (text.starts_with("./")) text.erase(0, 2);
    while (text.ends_with('/')) text.pop_back();
    if (!text.empty()) patterns_.push_back({std::move(text), rooted || anchor == Anchor::at_start});
  }
}

bool PatternList::matches(std::string_view path) const noexcept {
  for (const Pattern& pattern : patterns_) {
    if (glob_matches(pattern.text, path)) return true;
    if (pattern.at_start) continue;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      if (glob_matches(pattern.text, path.substr(slash + 1))) return true;
    }
  }
  return false;
}

bool PatternList::matches_within(std::string_view path) const noexcept {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (matches(path.substr(0, slash))) return true;
  }
  return matches(path);
}

}  // namespace npk::tree
