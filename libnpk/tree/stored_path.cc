#include "tree/stored_path.h"

#include <algorithm>

namespace npk::tree {
namespace {

// Takes the first component off `rest`, which may be empty between two slashes.
std::string_view next_component(std::string_view& rest) noexcept {
  const std::size_t slash = rest.find('/');
  const std::string_view component = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return component;
}

std::unexpected<Error> refuse(Errc code, std::string message, std::string_view path) {
  return std::unexpected<Error>(Error{.code = code, .message = std::move(message), .path = std::string(path)});
}

}  // namespace

StoredPrefix stored_prefix(std::string_view given) {
  StoredPrefix result{.path = {}, .dropped_leading = given.starts_with('/')};
  while (!given.empty()) {
    const std::string_view component = next_component(given);
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      result.path.clear();
      result.dropped_leading = true;
      continue;
    }
    if (!result.path.empty()) result.path += '/';
    result.path += component;
  }
  return result;
}

int compare_stored(std::string_view a, std::string_view b) noexcept {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto rank = [](auto at, auto end) {
    if (at == end) return -1;
    return *at == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(*at));
  };
  return rank(in_a, a.end()) - rank(in_b, b.end());
}

Result<void> check_stored_path(std::string_view path, const Limits& limits) {
  if (path.empty()) return refuse(Errc::corrupt, "an entry without a name", path);
  if (path.size() > limits.max_path_bytes)
    return refuse(Errc::limit, "a path longer than the limit", path.substr(0, 256));
  if (path.find('\0') != std::string_view::npos) return refuse(Errc::corrupt, "a name with a zero byte in it", path);
  if (path.starts_with('/'))
    return refuse(Errc::corrupt, "an absolute path; nothing is written outside the target", path);
  if (path.ends_with('/')) return refuse(Errc::corrupt, "a path that ends in '/'", path);
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view component = next_component(rest);
    if (component.empty()) return refuse(Errc::corrupt, "a path with an empty name in it", path);
    if (component == ".." || component == ".")
      return refuse(Errc::corrupt, "a path with '.' or '..' in it; nothing is written outside the target", path);
    if (component.size() > limits.max_name_bytes) return refuse(Errc::limit, "a name longer than the limit", path);
  }
  return {};
}

bool symlink_stays_inside(std::string_view path, std::string_view target) noexcept {
  if (target.starts_with('/')) return false;
  auto above = std::count(path.begin(), path.end(), '/');
  bool named_something = false;
  while (!target.empty()) {
    const std::string_view component = next_component(target);
    if (component.empty() || component == ".") continue;
    if (component != "..") named_something = true;
    // Behind a name, `..` leads to the parent of what that name links to, which can be anywhere.
    else if (named_something || above-- == 0)
      return false;
  }
  return true;
}

}  // namespace npk::tree
