#include "io/partial_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "io/file_lock.h"
#include "io/overwriting.h"
#include "io/resume_record.h"
#include "npk/files.h"

namespace npk::io {
namespace {

constexpr std::string_view kPartial = ".npk-partial", kRecord = ".npk-resume", kApart = ".npk-earlier";

Result<struct stat> status_of(int file, const std::string& path) {
  struct stat status {};
  if (::fstat(file, &status) < 0) return fail_system(errno, "can't look at", path);
  return status;
}

bool is_named(const struct stat& locked, const std::string& path) {
  struct stat named {};
  return ::lstat(path.c_str(), &named) == 0 && named.st_ino == locked.st_ino && named.st_dev == locked.st_dev;
}

// In a directory that others write to, a file of theirs could change under the writer's hands.
Result<void> check_is_own(const struct stat& status, const std::string& path) {
  if (S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && status.st_nlink == 1) return {};
  return std::unexpected(Error{.code = Errc::io, .message = "is in the way: not a file that was left by this user", .path = path});
}

std::uint64_t size_of(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Result<SplitPath> target_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return std::unexpected(Error{.code = Errc::misuse, .message = "only a regular file can be gone on with: write it without --resume", .path = path});
  NPK_ASSIGN(const std::string resolved, follow_links(path));
  SplitPath target = split_path(resolved);
  if (target.name.empty()) return fail_system(path.empty() ? ENOENT : EISDIR, "can't be written as a file", path);
  return target;
}

}  // namespace

PartialFile::PartialFile(SplitPath target, std::string shown)
    : target_(std::move(target)),
      shown_(std::move(shown)),
      partial_(target_.path_of(hidden_name(target_.name, kPartial))),
      record_(target_.path_of(hidden_name(target_.name, kRecord))),
      apart_(target_.path_of(hidden_name(target_.name, kApart))) {}

// What is empty is worth nothing to anyone.
PartialFile::~PartialFile() {
  if (!file_ || end_ != 0 || old_end_ != 0 || apart_file_) return;
  ::unlink(record_.c_str());
  ::unlink(partial_.c_str());
}

std::vector<std::string> PartialFile::paths_beside(const std::string& path) {
  const auto target = target_of(path);
  if (!target) return {};
  const PartialFile file(*target, path);
  return {file.partial_, file.record_, file.apart_};
}

Result<std::unique_ptr<PartialFile>> PartialFile::open(const std::string& path, std::string_view made_by, Earlier earlier) {
  NPK_ASSIGN(SplitPath target, target_of(path));
  std::unique_ptr<PartialFile> opened(new PartialFile(std::move(target), path));
  auto taken = opened->open_locked();
  if (taken) taken = opened->take_over(made_by, earlier);
  if (taken) return opened;
  opened->file_.reset();  // it may be another's: all stays as it is
  return pass_on(std::move(taken));
}

// Who had the lock before may have put the file in place: then it is another's by now.
Result<void> PartialFile::open_locked() {
  struct stat status {};
  do {
    constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    file_.reset(::open(partial_.c_str(), kFlags, 0666));
    if (!file_) return fail_system(errno, "can't create a file in its directory", shown_);
    NPK_ASSIGN(status, status_of(file_.get(), partial_));
    NPK_TRY(check_is_own(status, partial_));
    NPK_TRY(lock_for_writing(file_.get(), shown_));
  } while (!is_named(status, partial_));
  NPK_ASSIGN(status, status_of(file_.get(), partial_));
  old_end_ = static_cast<std::uint64_t>(status.st_size);
  return hide_as_target();
}

// As little to be read by others as the file it is to replace.
Result<void> PartialFile::hide_as_target() const {
  struct stat old {};
  if (::lstat(target_.path_of(target_.name).c_str(), &old) < 0) return {};
  NPK_ASSIGN(const struct stat status, status_of(file_.get(), partial_));
  if (::fchmod(file_.get(), status.st_mode & old.st_mode & 0777U) < 0)
    return fail_system(errno, "can't keep the permissions of the file replaced", shown_);
  return {};
}

Result<void> PartialFile::take_over(std::string_view made_by, Earlier earlier) {
  const bool is_there = old_end_ != 0 || size_of(apart_) != 0;
  const std::optional<std::string> before = read_resume_record(record_);
  if (!is_there || !before) return begin(made_by);
  if (*before != made_by) {
    return std::unexpected(Error{.code = Errc::misuse,
                                 .message = "was begun with other options (" + *before + "; now " + std::string(made_by) +
                                            "): give the same again, or remove it to start anew",
                                 .path = partial_});
  }
  if (earlier == Earlier::apart) return set_apart();
  if (old_end_ == 0) return {};
  NPK_ASSIGN(earlier_, fd_random_access_source(file_.get(), partial_));
  return {};
}

Result<void> PartialFile::begin(std::string_view made_by) {
  if (::ftruncate(file_.get(), 0) < 0) return fail_system(errno, "can't shorten", partial_);
  old_end_ = 0;
  ::unlink(apart_.c_str());
  return write_resume_record(record_, made_by);
}

// Of what two runs left the longer one counts.
Result<void> PartialFile::set_apart() {
  if (old_end_ > size_of(apart_)) {
    if (::rename(partial_.c_str(), apart_.c_str()) < 0) return fail_system(errno, "can't rename", partial_);
    apart_file_ = std::move(file_);  // with its lock
    NPK_TRY(open_locked());
  } else {
    apart_file_.reset(::open(apart_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!apart_file_) return fail_system(errno, "can't open", apart_);
    NPK_ASSIGN(const struct stat status, status_of(apart_file_.get(), apart_));
    NPK_TRY(check_is_own(status, apart_));
    if (::ftruncate(file_.get(), 0) < 0) return fail_system(errno, "can't shorten", partial_);
    old_end_ = 0;
  }
  NPK_ASSIGN(earlier_, fd_random_access_source(apart_file_.get(), apart_));
  return {};
}

Result<void> PartialFile::write(ByteView bytes) {
  if (!file_) return fail(Errc::misuse, "written to after commit or a failure");
  NPK_TRY(overwrite_at(file_.get(), end_, bytes, old_end_, shown_));
  end_ += bytes.size();
  return {};
}

Result<void> PartialFile::take_over_permissions() const {
  struct stat old {};
  if (::lstat(target_.path_of(target_.name).c_str(), &old) < 0) return {};
  return take_over_owner_and_mode(file_.get(), old, shown_);
}

Result<void> PartialFile::publish() {
  if (old_end_ > end_ && ::ftruncate(file_.get(), static_cast<off_t>(end_)) < 0)
    return fail_system(errno, "can't shorten", partial_);
  NPK_TRY(take_over_permissions());
  NPK_TRY(sync_if_possible(file_.get(), shown_));
  if (::rename(partial_.c_str(), target_.path_of(target_.name).c_str()) < 0)
    return fail_system(errno, "can't put the new file in place", shown_);
  ::unlink(apart_.c_str());
  ::unlink(record_.c_str());
  const FileDescriptor directory(::open(target_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory ? sync_if_possible(directory.get(), shown_) : Result<void>();
}

Result<void> PartialFile::commit() {
  if (!file_) return fail(Errc::misuse, "committed twice or after a failure");
  NPK_TRY(publish());
  file_.reset();
  return {};
}

}  // namespace npk::io
