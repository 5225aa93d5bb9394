#include "io/memory_total.h"

#include <atomic>
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <fstream>

namespace npk::io {
namespace {

// A file with one number in it; "max", or no such file, is no limit.
std::uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::uint64_t value = 0;
  if (!std::getline(file, text)) return UINT64_MAX;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : UINT64_MAX;
}

// A group is bounded by those above it too.
std::uint64_t least_up_from(const std::string& hierarchy, std::string group, const char* limit_file) {
  std::uint64_t least = number_in(hierarchy + "/" + limit_file);
  while (group.size() > 1) {
    least = std::min(least, number_in(hierarchy + group + "/" + limit_file));
    group.resize(group.rfind('/'));
  }
  return least;
}

// "HIERARCHY:CONTROLLERS:PATH"; no controllers: version 2.
std::uint64_t limit_of_line(const std::string& root, const std::string& line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos || line.compare(second + 1, 1, "/") != 0) return UINT64_MAX;
  const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
  const std::string mount = root + "/sys/fs/cgroup";
  if (controllers == ",,") return least_up_from(mount, line.substr(second + 1), "memory.max");
  if (controllers.find(",memory,") == std::string::npos) return UINT64_MAX;
  return least_up_from(mount + "/memory", line.substr(second + 1), "memory.limit_in_bytes");
}

std::uint64_t measure() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGE_SIZE);
  const std::uint64_t limit = control_group_limit_bytes("");
  if (pages <= 0 || page_bytes <= 0) return limit;
  return std::min(limit, static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes));
}

}  // namespace

std::uint64_t control_group_limit_bytes(const std::string& root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  std::uint64_t least = UINT64_MAX;
  for (std::string line; std::getline(groups, line);) least = std::min(least, limit_of_line(root, line));
  return least;
}

std::uint64_t usable_memory_bytes() noexcept {
  // Not a static with an initialiser: a child forked while another thread is in that would wait for it for ever.
  static std::atomic<std::uint64_t> measured = 0;
  std::uint64_t bytes = measured.load(std::memory_order_relaxed);
  if (bytes == 0) measured.store(bytes = measure(), std::memory_order_relaxed);
  return bytes;
}

}  // namespace npk::io
