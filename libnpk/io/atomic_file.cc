#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>

#include "io/descriptor.h"
#include "io/placed_sink.h"
#include "io/target_path.h"
#include "io/temporary_name.h"
#include "npk/files.h"

namespace npk {
namespace io {
namespace {

constexpr int kNameAttempts = 100;

// /dev/stdout and its like name an open descriptor: opening them anew would lose its position and append mode.
std::optional<int> descriptor_named_by(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    int number = -1;
    if (!path.starts_with(prefix)) continue;
    const char* end = path.data() + path.size();
    if (const auto [rest, error] = std::from_chars(path.data() + prefix.size(), end, number);
        error == std::errc{} && rest == end && number >= 0)
      return number;
  }
  return std::nullopt;
}

// Keep in step with DescriptorSink: this one owns its descriptor.
class DirectFile final : public Sink {
 public:
  DirectFile(FileDescriptor opened, const std::string& path)
      : opened_(std::move(opened)), sink_(fd_sink(opened_.get(), path)) {}
  Result<void> write(ByteView bytes) override { return sink_->write(bytes); }
  Result<void> commit() override { return sink_->commit(); }
  std::string name() const override { return sink_->name(); }

 private:
  FileDescriptor opened_;
  std::unique_ptr<Sink> sink_;
};

class AtomicFile final : public PlacedSink {
 public:
  AtomicFile(FileDescriptor directory, SplitPath target, std::string shown, PageCache cache)
      : directory_(std::move(directory)), target_(std::move(target)), shown_(std::move(shown)), cache_(cache), creator_(::getpid()) {}
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() override { discard(); }

  Result<void> create();
  Result<void> write(ByteView bytes) override;
  Result<void> write_at(std::uint64_t position, ByteView bytes) override;
  Result<void> sync() override { return sync_if_possible(file_.get(), shown_); }
  const std::shared_ptr<RandomAccessSource>& source() const noexcept override { return source_; }
  Result<void> commit() override;
  std::string name() const override { return shown_; }

 private:
  Result<void> take_over_permissions();
  Result<void> use_page_cache();
  Result<void> publish();
  void discard() noexcept;

  FileDescriptor directory_;
  SplitPath target_;
  std::string shown_;
  PageCache cache_;
  std::string temporary_;  // empty: nothing to remove
  FileDescriptor file_;
  std::shared_ptr<RandomAccessSource> source_;
  pid_t creator_;  // a forked child must not remove its parent's file
};

Result<void> AtomicFile::create() {
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    std::string candidate = temporary_name(target_.name);
    const int direct = cache_ == PageCache::bypass ? O_DIRECT : 0;
    file_.reset(::openat(directory_.get(), candidate.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | direct, 0666));
    if (file_) {
      temporary_ = std::move(candidate);  // copying may run out of memory and leave the file
      NPK_ASSIGN(source_, fd_random_access_source(file_.get(), shown_));
      return take_over_permissions();
    }
    if (direct != 0 && errno == EINVAL) {
      ::unlinkat(directory_.get(), candidate.c_str(), 0);  // made before the flag was refused
      return std::unexpected(Error{.code = Errc::unsupported, .message = "its file system has no direct I/O", .path = shown_});
    }
    if (errno != EEXIST) break;
  }
  return fail_system(errno, "can't create a file in its directory", shown_);
}

Result<void> AtomicFile::take_over_permissions() {
  struct stat old {};
  if (::fstatat(directory_.get(), target_.name.c_str(), &old, AT_SYMLINK_NOFOLLOW) < 0) return {};
  return take_over_owner_and_mode(file_.get(), old, shown_);
}

Result<void> AtomicFile::use_page_cache() {
  cache_ = PageCache::use;
  const int flags = ::fcntl(file_.get(), F_GETFL);
  if (flags >= 0 && ::fcntl(file_.get(), F_SETFL, flags & ~O_DIRECT) == 0) return {};
  return fail_system(errno, "can't end direct I/O", shown_);
}

Result<void> AtomicFile::write(ByteView bytes) {
  if (!file_) return fail(Errc::misuse, "written to after commit or a failure");
  if (cache_ == PageCache::bypass && bytes.size() % kDirectAlignment != 0) NPK_TRY(use_page_cache());
  auto written = write_fully(file_.get(), bytes, shown_);
  if (!written) discard();
  return written;
}

Result<void> AtomicFile::write_at(std::uint64_t position, ByteView bytes) {
  if (!file_) return fail(Errc::misuse, "written to after commit or a failure");
  return write_fully_at(file_.get(), position, bytes, shown_);  // others may be writing: who commits no failed file lets go of it
}

Result<void> AtomicFile::commit() {
  if (!file_) return fail(Errc::misuse, "committed twice or after a failure");
  auto published = publish();
  discard();
  return published;
}

Result<void> AtomicFile::publish() {
  NPK_TRY(sync_if_possible(file_.get(), shown_));
  if (::close(file_.release()) < 0) return fail_system(errno, "can't write", shown_);
  if (::renameat(directory_.get(), temporary_.c_str(), directory_.get(), target_.name.c_str()) < 0)
    return fail_system(errno, "can't put the new file in place", shown_);
  temporary_.clear();
  return sync_if_possible(directory_.get(), shown_);
}

void AtomicFile::discard() noexcept {
  file_.reset();
  if (!temporary_.empty() && creator_ == ::getpid()) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
  temporary_.clear();
}

Result<std::unique_ptr<Sink>> direct_file(FileDescriptor opened, const std::string& path) {
  if (!opened) return fail_system(errno, "can't open for writing", path);
  return std::make_unique<DirectFile>(std::move(opened), path);
}

Result<std::unique_ptr<PlacedSink>> placed_file(const std::string& path, PageCache cache) {
  NPK_ASSIGN(const std::string resolved, follow_links(path));
  SplitPath target = split_path(resolved);
  if (target.name.empty()) return fail_system(path.empty() ? ENOENT : EISDIR, "can't be written as a file", path);
  FileDescriptor directory(::open(target.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return fail_system(errno, "can't open its directory", path);
  auto file = std::make_unique<AtomicFile>(std::move(directory), std::move(target), path, cache);
  NPK_TRY(file->create());
  return file;
}

}  // namespace

Result<std::unique_ptr<PlacedSink>> create_placed_file(const std::string& path, PageCache cache) {
  struct stat status {};
  const bool present = ::stat(path.c_str(), &status) == 0;
  if (present && S_ISDIR(status.st_mode)) return fail_system(EISDIR, "can't be written as a file", path);
  if (descriptor_named_by(path) || (present && !S_ISREG(status.st_mode)))
    return std::unexpected(Error{.code = Errc::misuse, .message = "not a regular file: it can't be read back while it is written", .path = path});
  return placed_file(path, cache);
}

}  // namespace io

Result<std::unique_ptr<Sink>> create_atomic_file(const std::string& path) {
  if (const auto number = io::descriptor_named_by(path))
    return io::direct_file(io::FileDescriptor(::fcntl(*number, F_DUPFD_CLOEXEC, 0)), path);
  struct stat status {};
  const bool present = ::stat(path.c_str(), &status) == 0;
  if (present && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
    return io::direct_file(io::FileDescriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)), path);
  return io::create_placed_file(path);
}

}  // namespace npk
