#include "tree/scan_filter.h"

#include <algorithm>

#include "tree/record_store.h"

namespace npk::tree {

ScanFilter::ScanFilter(const ScanOptions& options)
    : options_(options),
      exclude_(options.exclude, PatternList::Anchor::at_any_component),
      include_(options.include, PatternList::Anchor::at_start),
      longest_path_(std::min<std::size_t>(options.limits.max_path_bytes, TextArena::kLargestText)) {
  for (const std::string& path : options.leave_out) {
    struct stat status;
    if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) left_out_.push_back({status.st_dev, status.st_ino});
  }
}

Verdict ScanFilter::judge(const struct stat& status, bool included, std::size_t path_bytes) const noexcept {
  const mode_t mode = status.st_mode;
  if (!S_ISDIR(mode) && !included) return Verdict::passed_over;
  const auto is_it = [&](const LeftOut& file) { return file.inode == status.st_ino && file.device == status.st_dev; };
  if (std::ranges::any_of(left_out_, is_it)) return Verdict::own_package;
  if (path_bytes > longest_path_) return Verdict::path_too_long;
  if (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode) || S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode))
    return Verdict::listed;
  return S_ISSOCK(mode) ? Verdict::socket : Verdict::unknown_kind;
}

}  // namespace npk::tree
