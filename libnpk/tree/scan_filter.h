// What of a tree is listed. Immutable: any number of threads.
#pragma once

#include <sys/stat.h>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tree/glob.h"
#include "tree/scan.h"

namespace npk::tree {

enum class Verdict : std::uint8_t {
  listed,
  passed_over,  // excluded, or not included: not a word about it
  unreadable,   // its state can't be read
  own_package,  // ScanOptions::leave_out
  path_too_long,
  socket,
  unknown_kind,
};

class ScanFilter {
 public:
  // `options` must outlive the filter.
  explicit ScanFilter(const ScanOptions& options);

  [[nodiscard]] const ScanOptions& options() const noexcept { return options_; }
  [[nodiscard]] bool excludes(std::string_view path) const { return !exclude_.empty() && exclude_.matches(path); }
  [[nodiscard]] bool excludes_within(std::string_view path) const { return exclude_.matches_within(path); }
  [[nodiscard]] bool includes(std::string_view path) const { return include_.matches(path); }
  [[nodiscard]] bool includes_within(std::string_view path) const {
    return include_.empty() || (!path.empty() && include_.matches_within(path));
  }
  [[nodiscard]] Verdict judge(const struct stat& status, bool included, std::size_t path_bytes) const noexcept;
  // Whether a directory is entered.
  [[nodiscard]] bool enters(const struct stat& status, dev_t root_device) const noexcept {
    return S_ISDIR(status.st_mode) && (!options_.one_file_system || status.st_dev == root_device);
  }

 private:
  const ScanOptions& options_;
  PatternList exclude_;
  PatternList include_;
  std::size_t longest_path_;
  struct LeftOut {
    dev_t device;
    ino_t inode;
  };
  std::vector<LeftOut> left_out_;
};

}  // namespace npk::tree
