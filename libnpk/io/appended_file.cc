#include "io/appended_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "io/descriptor.h"
#include "io/file_lock.h"
#include "io/overwriting.h"
#include "io/volume_path.h"
#include "io/volume_sink.h"
#include "io/volume_source.h"
#include "io/writer_mark.h"
#include "npk/files.h"

namespace npk::io {
namespace {

Result<FileDescriptor> open_locked(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail_system(errno, "can't open for writing", path);
  struct stat status {};
  if (::fstat(file.get(), &status) < 0) return fail_system(errno, "can't look at", path);
  if (!S_ISREG(status.st_mode))
    return std::unexpected(Error{.code = Errc::unsupported, .message = "only a regular file can be added to", .path = path});
  NPK_TRY(lock_for_writing(file.get(), path));
  mark_as_added_to(file.get());
  return file;
}

// By who had the lock before: another file has the name now.
bool was_replaced(const struct stat& locked, const std::string& path) {
  struct stat named {};
  return ::stat(path.c_str(), &named) == 0 && (named.st_ino != locked.st_ino || named.st_dev != locked.st_dev);
}

// With the lock, and still the file of that name.
Result<FileDescriptor> open_alone(const std::string& path) {
  for (;;) {
    NPK_ASSIGN(FileDescriptor file, open_locked(path));
    struct stat status {};
    if (::fstat(file.get(), &status) < 0) return fail_system(errno, "can't look at", path);
    if (!was_replaced(status, path)) return file;
  }
}

class OneFile final : public AppendedFile {
 public:
  OneFile(FileDescriptor file, std::string path, std::shared_ptr<RandomAccessSource> source, std::uint64_t size)
      : AppendedFile(std::move(source)), file_(std::move(file)), path_(std::move(path)), first_end_(size), end_(size) {}
  OneFile(const OneFile&) = delete;
  OneFile& operator=(const OneFile&) = delete;
  ~OneFile() override {
    if (keeps_) return;
    if (end_ != first_end_ && ::ftruncate(file_.get(), static_cast<off_t>(first_end_)) < 0) return;  // a torn tail: readers see it
  }

  Result<void> cut_to(std::uint64_t size) override {
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) < 0) return fail_system(errno, "can't shorten", path_);
    first_end_ = end_ = size;
    old_end_ = 0;
    return {};
  }
  Result<void> keep_behind(std::uint64_t end) override {
    NPK_TRY(show_up_to(end));
    old_end_ = end_;
    first_end_ = end_ = end;
    keeps_ = true;
    return {};
  }
  std::uint64_t volume_bytes() const noexcept override { return 0; }
  Result<void> write(ByteView bytes) override {
    const std::uint64_t at = end_;
    end_ += bytes.size();  // also if only some of it is written
    NPK_TRY(overwrite_at(file_.get(), at, bytes, old_end_, path_));
    return {};
  }
  Result<void> write_at(std::uint64_t position, ByteView bytes) override {
    if (position < first_end_) return fail(Errc::misuse, "what was there is not written over");
    end_ = std::max(end_, position + bytes.size());
    return write_fully_at(file_.get(), position, bytes, path_);
  }
  // What was kept and has not been written again must not lie behind a trailer.
  Result<void> sync() override {
    if (old_end_ > end_ && ::ftruncate(file_.get(), static_cast<off_t>(end_)) < 0)
      return fail_system(errno, "can't shorten", path_);
    old_end_ = std::min(old_end_, end_);
    if (::fdatasync(file_.get()) < 0) return fail_system(errno, "can't make it durable", path_);
    return {};
  }
  Result<void> commit() override {
    NPK_TRY(sync());
    first_end_ = end_;
    return {};
  }
  std::string name() const override { return path_; }

 private:
  FileDescriptor file_;
  std::string path_;
  std::uint64_t first_end_, end_;
  std::uint64_t old_end_ = 0;  // of what keep_behind() kept
  bool keeps_ = false;
};

// Who writes holds the lock of the first part.
class FurtherVolumes final : public AppendedFile {
 public:
  FurtherVolumes(FileDescriptor first, const VolumeSet& volumes, std::unique_ptr<VolumeSink> sink)
      : AppendedFile(volumes.source), first_(std::move(first)), volume_bytes_(volumes.last.volume_bytes), sink_(std::move(sink)) {}

  Result<void> cut_to(std::uint64_t) override {
    return std::unexpected(
        Error{.code = Errc::unsupported, .message = "a package in several files can't be cut off behind its last whole generation", .path = name()});
  }
  Result<void> keep_behind(std::uint64_t) override {
    return std::unexpected(
        Error{.code = Errc::unsupported, .message = "a package in several files can't be gone on with: append without --resume", .path = name()});
  }
  std::uint64_t volume_bytes() const noexcept override { return volume_bytes_; }
  Result<void> keep_together(std::uint64_t bytes) override { return sink_->keep_together(bytes); }
  Result<void> write(ByteView bytes) override { return sink_->write(bytes); }
  Result<void> write_at(std::uint64_t, ByteView) override {
    return std::unexpected(
        Error{.code = Errc::misuse,
              .message = "parity is written at many places of its range at once, and a part from its beginning to its end: protect a package in one file",
              .path = name()});
  }
  Result<void> sync() override { return sink_->sync(); }
  Result<void> commit() override { return sink_->commit(); }
  std::string name() const override { return sink_->name(); }

 private:
  FileDescriptor first_;
  std::uint64_t volume_bytes_;
  std::unique_ptr<VolumeSink> sink_;
};

Result<std::unique_ptr<AppendedFile>> open_for_volumes(const std::string& package) {
  NPK_ASSIGN(FileDescriptor first, open_alone(volume_path(package, 1)));
  NPK_ASSIGN(const VolumeSet volumes, open_volumes(package));
  NPK_ASSIGN(auto sink, VolumeSink::behind(package, volumes.last));
  return std::make_unique<FurtherVolumes>(std::move(first), volumes, std::move(sink));
}

}  // namespace

Result<std::unique_ptr<AppendedFile>> AppendedFile::open(const std::string& path) {
  if (is_in_volumes(path)) return open_for_volumes(is_there(path) ? *package_of_volume(path) : path);
  NPK_ASSIGN(FileDescriptor file, open_alone(path));
  NPK_ASSIGN(auto source, fd_random_access_source(file.get(), path));
  NPK_ASSIGN(const std::uint64_t size, source->size());
  return std::make_unique<OneFile>(std::move(file), path, std::move(source), size);
}

}  // namespace npk::io
