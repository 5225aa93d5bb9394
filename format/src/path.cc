#include "npk/format/path.h"

#include <algorithm>
#include <string>

namespace npk::format {
namespace {

unsigned rank(char byte) noexcept { return byte == '/' ? 0U : 1U + static_cast<unsigned char>(byte); }

}  // namespace

std::strong_ordering compare_paths(std::string_view a, std::string_view b) noexcept {
  const auto [left, right] = std::ranges::mismatch(a, b);
  if (left == a.end() || right == b.end()) return a.size() <=> b.size();
  return rank(*left) <=> rank(*right);
}

Result<void> check_path(std::string_view path, std::size_t max_bytes) {
  if (path.empty()) return fail_corrupt("an entry's path is empty");
  if (path.size() > max_bytes) return fail(Errc::limit, "an entry's path is longer than " + std::to_string(max_bytes) + " bytes");
  if (path.find('\0') != std::string_view::npos) return fail_corrupt("an entry's path contains a NUL byte");
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view component = path.substr(start, end - start);
    if (component.empty() || component == "." || component == "..")
      return fail_corrupt("an entry's path has an empty, '.' or '..' component");
    start = end + 1;
  }
  return {};
}

bool is_at_or_under(std::string_view path, std::string_view directory) noexcept {
  if (directory.empty()) return true;
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace npk::format
