#include "tree/scan_filter.h"

#include <algorithm>

#include "tree/record_store.h"

namespace npk::tree {

ScanFilter::ScanFilter(const ScanOptions& options)
    : options_(options),
      exclude_(options.exclude, PatternList::Anchor::at_any_component),
      include_(options.include, PatternList::Anchor::at_start),
      longest_path_(std::min<std::size_t>(options.limits.max_path_bytes, TextArena::kLargestText)) {
  struct stat status;
  if (options.leave_out.empty() || ::stat(options.leave_out.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  left_out_device_ = status.st_dev;
  left_out_inode_ = status.st_ino;
}

Verdict ScanFilter::judge(const struct stat& status, bool included, std::size_t path_bytes) const noexcept {
  const mode_t mode = status.st_mode;
  if (!S_ISDIR(mode) && !included) return Verdict::passed_over;
  if (left_out_inode_ != 0 && status.st_ino == left_out_inode_ && status.st_dev == left_out_device_)
    return Verdict::own_package;
  if (path_bytes > longest_path_) return Verdict::path_too_long;
  if (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode) || S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode))
    return Verdict::listed;
  return S_ISSOCK(mode) ? Verdict::socket : Verdict::unknown_kind;
}

}  // namespace npk::tree
