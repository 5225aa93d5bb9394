#include "io/volume_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>

#include "io/temporary_name.h"
#include "io/volume_path.h"
#include "npk/files.h"

namespace npk::io {
namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

std::string name_of(const std::string& path) { return path.substr(directory_of(path).size()); }

Result<void> sync_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const FileDescriptor opened(::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return fail_system(errno, "can't open its directory", path);
  return sync_if_possible(opened.get(), path);
}

std::unexpected<Error> occupied(const std::string& path) {
  return std::unexpected(Error{.code = Errc::exists, .message = "is there already: parts of a package replace no file, remove it first", .path = path});
}

// A file that would be taken for a part behind the new ones: of a writer that was stopped while it named its parts, or of a package whose
// next part is somewhere else. Only its owner knows.
Result<void> check_free(const std::string& package, std::uint32_t first_number) {
  const std::string directory = directory_of(package);
  std::error_code error;
  for (std::filesystem::directory_iterator file(directory.empty() ? "." : directory, error), end; !error && file != end; file.increment(error)) {
    const std::string path = directory + file->path().filename().string();
    if (package_of_volume(path) != package || std::stoul(path.substr(package.size() + 1)) < first_number) continue;
    const std::string missing = "part " + std::to_string(first_number) + " is not there, but this one behind it is: put that back, or remove this";
    return std::unexpected(Error{.code = Errc::exists, .message = missing, .path = path});
  }
  return {};
}

}  // namespace

VolumeSink::VolumeSink(std::string package, const format::VolumeHeader& first, bool is_new)
    : package_(std::move(package)), ending_(temporary_name(name_of(package_))), next_(first), first_number_(first.number),
      temporary_end_(first.number), creator_(::getpid()), knows_id_(!is_new) {}

Result<std::unique_ptr<VolumeSink>> VolumeSink::create(const std::string& package, std::uint64_t volume_bytes) {
  for (const std::string& path : {package, volume_path(package, 1)})
    if (is_there(path)) return occupied(path);
  NPK_TRY(check_free(package, 1));
  return std::unique_ptr<VolumeSink>(new VolumeSink(package, {.volume_bytes = volume_bytes}, true));
}

Result<std::unique_ptr<VolumeSink>> VolumeSink::behind(const std::string& package, const format::VolumeHeader& last) {
  NPK_TRY(check_free(package, last.number + 1));
  const format::VolumeHeader first{.package_id = last.package_id, .number = last.number + 1, .start = last.start + last.length,
                                   .volume_bytes = last.volume_bytes};
  return std::unique_ptr<VolumeSink>(new VolumeSink(package, first, false));
}

VolumeSink::~VolumeSink() { discard(); }

std::string VolumeSink::temporary_path(std::uint32_t number) const { return directory_of(package_) + volume_path(ending_, number); }

Result<void> VolumeSink::begin_volume() {
  if (next_.number > format::kMostVolumes) return fail(Errc::limit, "the package needs more than 65,535 parts: give a larger --volume-size");
  const std::string path = temporary_path(next_.number);
  file_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file_) return fail_system(errno, "can't create a file in its directory", volume_path(package_, next_.number));
  temporary_end_ = next_.number + 1;
  if (::lseek(file_.get(), format::kVolumeHeaderBytes, SEEK_SET) < 0) return fail_system(errno, "can't write", volume_path(package_, next_.number));
  return {};
}

Result<void> VolumeSink::end_volume(bool is_last) {
  next_.is_last = is_last;
  const std::string path = volume_path(package_, next_.number);
  NPK_TRY(write_fully_at(file_.get(), 0, format::encode_volume_header(next_), path));
  NPK_TRY(sync_if_possible(file_.get(), path));
  if (::close(file_.release()) < 0) return fail_system(errno, "can't write", path);
  next_.start += next_.length;
  next_.length = 0;
  ++next_.number;
  return {};
}

Result<void> VolumeSink::keep_together(std::uint64_t bytes) {
  if (bytes > room())
    return fail(Errc::limit, "a part of " + std::to_string(next_.volume_bytes) + " bytes has no room for a frame of " + std::to_string(bytes) +
                                 ": give a larger --volume-size");
  if (file_ && next_.length + bytes > room()) NPK_TRY(end_volume(false));
  return {};
}

Result<void> VolumeSink::write(ByteView bytes) {
  if (is_done_) return fail(Errc::misuse, "written to after commit or a failure");
  if (!knows_id_) {
    NPK_ASSIGN(const format::Superblock superblock, format::decode_superblock(bytes));
    next_.package_id = superblock.package_id;
    knows_id_ = true;
  }
  if (!file_) NPK_TRY(begin_volume());
  if (bytes.size() > room() - next_.length) NPK_TRY(keep_together(bytes.size()));
  if (!file_) NPK_TRY(begin_volume());
  NPK_TRY(write_fully(file_.get(), bytes, volume_path(package_, next_.number)));
  next_.length += bytes.size();
  return {};
}

// Parts that are ended are synced then.
Result<void> VolumeSink::sync() {
  return file_ ? sync_if_possible(file_.get(), volume_path(package_, next_.number)) : Result<void>();
}

Result<void> VolumeSink::commit() {
  if (is_done_) return fail(Errc::misuse, "committed twice or after a failure");
  auto published = publish();
  if (!published) discard();
  is_done_ = true;
  return published;
}

Result<void> VolumeSink::publish() {
  if (file_) NPK_TRY(end_volume(true));
  const std::uint32_t end = temporary_end_;
  for (std::uint32_t number = end; number-- > first_number_;) {
    auto placed = put_in_place(number);
    if (placed) continue;
    for (std::uint32_t later = number + 1; later < end; ++later) ::unlink(volume_path(package_, later).c_str());
    return placed;
  }
  temporary_end_ = first_number_;
  return sync_directory_of(package_);
}

// What is behind the first part must be on the disk under its name before that is: directories are not written in order.
Result<void> VolumeSink::put_in_place(std::uint32_t number) {
  const std::string from = temporary_path(number), to = volume_path(package_, number);
  if (is_there(to)) return occupied(to);
  if (number == first_number_ && temporary_end_ > first_number_ + 1) NPK_TRY(sync_directory_of(package_));
  if (::rename(from.c_str(), to.c_str()) < 0) return fail_system(errno, "can't put the new part in place", to);
  return {};
}

void VolumeSink::discard() noexcept {
  file_.reset();
  is_done_ = true;
  if (creator_ != ::getpid()) return;
  for (std::uint32_t number = first_number_; number < temporary_end_; ++number) ::unlink(temporary_path(number).c_str());
  temporary_end_ = first_number_;
}

}  // namespace npk::io

namespace npk {

Result<std::unique_ptr<Sink>> create_volumes(const std::string& path, std::uint64_t volume_bytes) {
  if (volume_bytes < io::kLeastVolumeBytes) return fail(Errc::misuse, "volume size: must be at least 4 MiB");
  return io::VolumeSink::create(path, volume_bytes);
}

}  // namespace npk
