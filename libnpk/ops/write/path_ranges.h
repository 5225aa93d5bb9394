// Which paths a change names, asked of single paths and of stretches of a catalog.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace npk::ops {

// From `first` (none: from the start) up to, and without, `end` (none: to the end), in path order.
struct PathInterval {
  std::optional<std::string_view> first, end;
};

// Paths with all that is under them. Immutable.
class Subtrees {
 public:
  Subtrees() = default;
  explicit Subtrees(std::vector<std::string> roots);

  [[nodiscard]] bool hold(std::string_view path) const noexcept;
  // Whether some path of the interval may be at or under one of them.
  [[nodiscard]] bool meet(const PathInterval& interval) const noexcept;

 private:
  std::vector<std::string> roots_;  // in path order; none under another
};

// What lies above given paths.
class Ancestors {
 public:
  Ancestors() = default;
  explicit Ancestors(const std::vector<std::string>& paths);

  [[nodiscard]] bool hold(std::string_view path) const noexcept;
  [[nodiscard]] bool meet(const PathInterval& interval) const noexcept;

 private:
  std::vector<std::string> paths_;  // in path order
};

}  // namespace npk::ops
