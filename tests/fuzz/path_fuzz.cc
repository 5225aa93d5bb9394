// links: npk_tree npk_format
// Input: two lengths (1 byte each), then three paths. The order is a total one and the components' own; rules and order
// of npk_tree agree.
#include <string>
#include <vector>

#include "fuzz/fuzz_input.h"
#include "npk/format/path.h"
#include "tree/stored_path.h"

namespace {

using namespace npk;

std::vector<std::string> components_of(std::string_view path) {
  std::vector<std::string> components;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    components.emplace_back(path.substr(start, end - start));
    start = end + 1;
  }
  return components;
}

// std::string compares bytes as unsigned.
bool component_less(std::string_view a, std::string_view b) {
  return components_of(a) < components_of(b);
}

int sign(std::strong_ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}
int sign(int value) {
  return (value > 0) - (value < 0);
}

void check_pair(std::string_view a, std::string_view b) {
  const auto order = format::compare_paths(a, b);
  fuzz::require(sign(order) == -sign(format::compare_paths(b, a)), "the order turned round");
  fuzz::require((order == 0) == (a == b), "equal paths are the same bytes");
  const bool has_zero =
      a.find('\0') != std::string_view::npos || b.find('\0') != std::string_view::npos;  // no path has
  if (!has_zero) fuzz::require(sign(order) == sign(tree::compare_stored(a, b)), "one order everywhere");
  if (!a.empty() && !b.empty()) fuzz::require((order < 0) == component_less(a, b), "component by component");
  if (!a.empty() && format::is_at_or_under(b, a)) fuzz::require(order <= 0, "a directory before what is in it");
}

void check_rules(std::string_view path) {
  constexpr std::size_t kMost = 200;
  const bool good = format::check_path(path, kMost).has_value();
  const auto components = components_of(path);
  const bool expected =
      !path.empty() && path.size() <= kMost && path.find('\0') == std::string_view::npos &&
      std::ranges::none_of(components, [](const std::string& c) { return c.empty() || c == "." || c == ".."; });
  fuzz::require(good == expected, "the rules of section 9");
  Limits limits;
  limits.max_path_bytes = kMost;
  limits.max_name_bytes = 100;
  const bool short_names = std::ranges::all_of(components, [](const std::string& c) { return c.size() <= 100; });
  fuzz::require(tree::check_stored_path(path, limits).has_value() == (good && short_names),
                "the same rules when extracting");
  const tree::StoredPrefix prefix = tree::stored_prefix(path);
  if (path.find('\0') == std::string_view::npos && !prefix.path.empty())
    fuzz::require(format::check_path(prefix.path, path.size()).has_value(), "what is stored for a path given is good");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t first = input.byte(), second = input.byte();
  const std::string_view a = input.text(first), b = input.text(second), c = as_text(input.rest());
  for (const std::string_view path : {a, b, c}) check_rules(path);
  check_pair(a, b);
  check_pair(b, c);
  check_pair(a, c);
  if (format::path_less(a, b) && format::path_less(b, c)) fuzz::require(format::path_less(a, c), "transitive");
  static_cast<void>(tree::symlink_stays_inside(a, b));
  return 0;
}
