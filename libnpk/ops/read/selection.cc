#include "ops/read/selection.h"

#include <algorithm>

#include "npk/format/path.h"

namespace npk::ops {
namespace {

// Those not at or under another of them, in path order.
std::vector<std::string> outermost(std::vector<std::string> paths) {
  std::ranges::sort(paths, format::path_less);
  std::vector<std::string> kept;
  for (std::string& path : paths) {
    if (kept.empty() || !format::is_at_or_under(path, kept.back())) kept.push_back(std::move(path));
  }
  return kept;
}

// "./" in front and '/' at either end are dropped; what is left of "." or "/" is nothing.
std::string pattern_of(std::string_view text) {
  while (text.starts_with("./")) text.remove_prefix(2);
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text == "." ? std::string() : std::string(text);
}

}  // namespace

Selection::Selection(const std::vector<std::string>& globs, unsigned strip_components)
    : strip_components_(strip_components) {
  std::vector<std::string> literal;
  for (const std::string& text : globs) {
    const std::string pattern = pattern_of(text);
    globs_.push_back({text, tree::PatternList({pattern.empty() ? "*" : pattern}, tree::PatternList::Anchor::at_start)});
    if (!pattern.empty() && pattern.find_first_of("*?[\\") == std::string::npos) literal.push_back(pattern);
  }
  if (!globs.empty() && literal.size() == globs.size()) literal_paths_ = outermost(std::move(literal));
}

std::optional<std::string_view> Selection::place_of(std::string_view path) {
  bool selected = globs_.empty();
  for (Glob& glob : globs_) {
    if (!glob.pattern.matches_within(path)) continue;
    glob.matched = true;
    selected = true;
  }
  if (!selected) return std::nullopt;
  for (unsigned stripped = 0; stripped < strip_components_; ++stripped) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    path.remove_prefix(slash + 1);
  }
  return path;
}

std::vector<std::string> Selection::unmatched() const {
  std::vector<std::string> texts;
  for (const Glob& glob : globs_) {
    if (!glob.matched) texts.push_back(glob.text);
  }
  return texts;
}

}  // namespace npk::ops
