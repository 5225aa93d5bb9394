#include "tree/restore.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <cerrno>

#include "tree/directory_cache.h"
#include "tree/metadata_writer.h"
#include "tree/name_collision.h"
#include "tree/stored_path.h"

namespace npk::tree {
namespace {

using format::EntryKind;

constexpr int kAttempts = 8;  // against someone else's changes meanwhile

std::string_view last_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

std::unexpected<Error> refuse(Errc code, std::string message, std::string_view path) {
  return std::unexpected<Error>(Error{.code = code, .message = std::move(message), .path = std::string(path)});
}

// Every directory of `path` and itself.
Result<void> make_directories(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    const int error = ::mkdir(part.c_str(), 0777) < 0 ? errno : 0;
    struct stat status {};
    if (error != 0 && (::stat(part.c_str(), &status) < 0 || !S_ISDIR(status.st_mode)))
      return io::fail_system(error == EEXIST ? ENOTDIR : error, "can't create the directory", part);
    if (slash == std::string::npos) return {};
  }
}

}  // namespace

class TreeWriter::Implementation {
 public:
  explicit Implementation(RestoreOptions given) : options(std::move(given)), metadata(options) {}

  // Creates the entry by `create(directory descriptor, name)`, which returns 0 or errno, dealing with what is there
  // already. Gives the directory, or nothing if the entry was passed over.
  template <class Create>
  Result<std::optional<Directory>> create_entry(std::string_view path, Create create) {
    NPK_TRY(check_stored_path(path, options.limits));
    NPK_ASSIGN(const Directory parent, directories->parent_of(path));
    const std::string name(last_name(path));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const int error = create(parent->descriptor.get(), name.c_str());
      if (error == 0) return parent;
      if (error != EEXIST) return io::fail_system(error, "can't be created", path);
      NPK_ASSIGN(const bool try_again, make_room(parent->descriptor.get(), name.c_str(), path));
      if (!try_again) return std::nullopt;
    }
    return io::fail_system(EAGAIN, "something keeps changing what is there", path);
  }

  Created describe(const DirectoryHandle& parent, const char* name, EntryKind kind, std::string_view path,
                   std::uint16_t mode) {
    return {.place = {parent.descriptor.get(), name},
            .kind = kind,
            .path = path,
            .mode = metadata.created_mode(mode, parent.inherits_acl),
            .has_own_owner = parent.group == metadata.group(),
            .inherited_acl = parent.inherits_acl};
  }

  Result<bool> create_node(std::string_view path, mode_t type, dev_t device, EntryKind kind, const Metadata& given);

  RestoreOptions options;
  MetadataWriter metadata;
  std::unique_ptr<DirectoryCache> directories;

 private:
  [[nodiscard]] Result<bool> make_room(int parent, const char* name, std::string_view path);
};

// Whether creating is worth another try; if not, the entry is passed over.
Result<bool> TreeWriter::Implementation::make_room(int parent, const char* name, std::string_view path) {
  struct stat status {};
  if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return true;
    return io::fail_system(errno, "can't tell what is there", path);
  }
  if (is_name_collision(parent, name, status))
    return refuse(Errc::exists, "this file system takes its name for that of another entry", path);
  const bool is_own = !S_ISDIR(status.st_mode) && options.own_since && was_made_since(parent, name, *options.own_since);
  if (!is_own && options.existing == Existing::keep) return false;
  if (!is_own && options.existing == Existing::fail_entry) return refuse(Errc::exists, "is there already", path);
  const bool is_directory = S_ISDIR(status.st_mode);
  if (is_directory && directories->knows(path))
    return refuse(Errc::exists, "is a directory of the same package too", path);
  if (::unlinkat(parent, name, is_directory ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT) return true;
  if (errno == ENOTEMPTY || errno == EEXIST)
    return refuse(Errc::exists, "a directory that is not empty is there", path);
  return io::fail_system(errno, "can't replace what is there", path);
}

Result<bool> TreeWriter::Implementation::create_node(std::string_view path, mode_t type, dev_t device, EntryKind kind,
                                                     const Metadata& given) {
  const mode_t mode = given.mode & 0777U;
  bool forbidden = false;
  NPK_ASSIGN(const std::optional<Directory> parent, create_entry(path, [&](int directory, const char* name) {
               if (::mknodat(directory, name, type | mode, device) == 0) return 0;
               forbidden = errno == EPERM;
               return forbidden ? 0 : errno;
             }));
  if (!parent) return false;
  if (forbidden) {
    metadata.warn(EPERM, "not created: only root may make a device", path);
    return false;
  }
  const std::string name(last_name(path));
  metadata.apply(describe(**parent, name.c_str(), kind, path, static_cast<std::uint16_t>(mode)),
                 metadata.resolve(given));
  return true;
}

TreeWriter::TreeWriter(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
TreeWriter::~TreeWriter() = default;

Result<std::unique_ptr<TreeWriter>> TreeWriter::open(const std::string& target, RestoreOptions options) {
  if (target.empty()) return refuse(Errc::misuse, "no target directory", target);
  NPK_TRY(make_directories(target));
  const io::FileDescriptor directory(::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return io::fail_system(errno, "can't open the target directory", target);
  return open_at(directory.get(), std::move(options));
}

Result<std::unique_ptr<TreeWriter>> TreeWriter::open_at(int directory, RestoreOptions options) {
  io::FileDescriptor top(::fcntl(directory, F_DUPFD_CLOEXEC, 0));
  if (!top) return io::fail_system(errno, "can't use the target directory");
  auto implementation = std::make_unique<Implementation>(std::move(options));
  NPK_ASSIGN(implementation->directories,
             DirectoryCache::create(std::move(top), implementation->options, implementation->metadata));
  return std::unique_ptr<TreeWriter>(new TreeWriter(std::move(implementation)));
}

Result<void> TreeWriter::create_directory(std::string_view path, const Metadata& metadata) {
  Implementation& own = *implementation_;
  NPK_TRY(check_stored_path(path, own.options.limits));
  return own.directories->create_directory(path, own.metadata.resolve(metadata));
}

Result<std::optional<NewFile>> TreeWriter::create_file(std::string_view path, std::uint16_t mode) {
  Implementation& own = *implementation_;
  const mode_t wanted = mode & 0777U;
  io::FileDescriptor file;
  NPK_ASSIGN(const std::optional<Directory> parent, own.create_entry(path, [&](int directory, const char* name) {
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
    file.reset(::openat(directory, name, kFlags, wanted));
    return file ? 0 : errno;
  }));
  if (!parent) return std::nullopt;
  return NewFile(*this, std::move(file), *parent, path, static_cast<std::uint16_t>(wanted));
}

bool TreeWriter::is_finished(std::string_view path, std::uint64_t size, const Metadata& metadata) {
  const Implementation& own = *implementation_;
  if (!own.options.own_since || !check_stored_path(path, own.options.limits)) return false;
  const auto parent = own.directories->parent_of(path);
  if (!parent) return false;
  const std::string name(last_name(path));
  struct stat status {};
  const int directory = (*parent)->descriptor.get();
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode)) return false;
  return static_cast<std::uint64_t>(status.st_size) == size && (status.st_mode & 07777U) == (metadata.mode & 07777U) &&
         status.st_mtim.tv_sec == metadata.mtime_seconds && status.st_mtim.tv_nsec == metadata.mtime_nanoseconds &&
         was_made_since(directory, name.c_str(), *own.options.own_since);
}

Result<NewFile> TreeWriter::reopen_file(std::string_view path, const FileIdentity& identity) {
  NPK_ASSIGN(Directory parent, implementation_->directories->parent_of(path));
  const std::string name(last_name(path));
  io::FileDescriptor file(
      ::openat(parent->descriptor.get(), name.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file) return io::fail_system(errno, "can't be opened again", path);
  struct stat status {};
  if (::fstat(file.get(), &status) < 0) return io::fail_system(errno, "can't be opened again", path);
  if (status.st_dev != identity.device || status.st_ino != identity.inode)
    return refuse(Errc::exists, "was replaced while it was written", path);
  return NewFile(*this, std::move(file), std::move(parent), path, identity.created_mode);
}

Result<io::FileDescriptor> TreeWriter::open_for_reading(std::string_view path) {
  NPK_ASSIGN(const Directory parent, implementation_->directories->parent_of(path));
  const std::string name(last_name(path));
  io::FileDescriptor file(
      ::openat(parent->descriptor.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) < 0) return io::fail_system(errno, "can't be read back", path);
  if (!S_ISREG(status.st_mode)) return refuse(Errc::exists, "was replaced by something else", path);
  return file;
}

Result<bool> TreeWriter::create_symlink(std::string_view path, std::string_view target, const Metadata& metadata) {
  Implementation& own = *implementation_;
  NPK_TRY(check_stored_path(path, own.options.limits));
  if (target.empty() || target.find('\0') != std::string_view::npos)
    return refuse(Errc::corrupt, "a symbolic link whose target is no path", path);
  if (own.options.safe_symlinks && !symlink_stays_inside(path, target))
    return refuse(Errc::corrupt, "a symbolic link that leads outside the target directory", path);
  const std::string to(target);
  NPK_ASSIGN(const std::optional<Directory> parent, own.create_entry(path, [&](int directory, const char* name) {
    return ::symlinkat(to.c_str(), directory, name) < 0 ? errno : 0;
  }));
  if (!parent) return false;
  const std::string name(last_name(path));
  own.metadata.apply(own.describe(**parent, name.c_str(), EntryKind::symlink, path, 0777),
                     own.metadata.resolve(metadata));
  return true;
}

Result<bool> TreeWriter::create_hard_link(std::string_view path, std::string_view target) {
  Implementation& own = *implementation_;
  NPK_TRY(check_stored_path(target, own.options.limits));
  if (path == target) return refuse(Errc::corrupt, "a hard link to itself", path);
  NPK_ASSIGN(const Directory from, own.directories->parent_of(target));
  const std::string target_name(last_name(target));
  NPK_ASSIGN(const std::optional<Directory> parent, own.create_entry(path, [&](int directory, const char* name) {
    return ::linkat(from->descriptor.get(), target_name.c_str(), directory, name, 0) < 0 ? errno : 0;
  }));
  return parent.has_value();
}

Result<bool> TreeWriter::create_device(std::string_view path, EntryKind kind, std::uint32_t major, std::uint32_t minor,
                                       const Metadata& metadata) {
  if (kind != EntryKind::character_device && kind != EntryKind::block_device)
    return refuse(Errc::misuse, "not a kind of device", path);
  const mode_t type = kind == EntryKind::character_device ? S_IFCHR : S_IFBLK;
  return implementation_->create_node(path, type, gnu_dev_makedev(major, minor), kind, metadata);
}

Result<bool> TreeWriter::create_fifo(std::string_view path, const Metadata& metadata) {
  return implementation_->create_node(path, S_IFIFO, 0, EntryKind::fifo, metadata);
}

Result<void> TreeWriter::finish() {
  implementation_->directories->apply_metadata();
  return {};
}

NewFile::NewFile(TreeWriter& writer, io::FileDescriptor file, std::shared_ptr<const DirectoryHandle> parent,
                 std::string_view path, std::uint16_t created_mode)
    : writer_(&writer), file_(std::move(file)), parent_(std::move(parent)), path_(path), created_mode_(created_mode) {}

NewFile::NewFile(NewFile&& other) noexcept
    : writer_(other.writer_),
      file_(std::move(other.file_)),
      parent_(std::move(other.parent_)),
      path_(std::move(other.path_)),
      created_mode_(other.created_mode_),
      written_end_(other.written_end_.load(std::memory_order_relaxed)) {}

NewFile::~NewFile() {
  if (file_) ::unlinkat(parent_->descriptor.get(), name(), 0);
}

const char* NewFile::name() const noexcept {
  return path_.c_str() + (path_.rfind('/') + 1);
}

void NewFile::extend_to(std::uint64_t end) noexcept {
  std::uint64_t before = written_end_.load(std::memory_order_relaxed);
  while (before < end && !written_end_.compare_exchange_weak(before, end, std::memory_order_relaxed)) {
  }
}

Result<void> NewFile::write_at(std::uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return {};  // writing nothing does not make the file longer
  NPK_TRY(io::write_fully_at(file_.get(), offset, bytes, path_));
  extend_to(offset + bytes.size());
  return {};
}

Result<FileIdentity> NewFile::identity() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) < 0) return io::fail_system(errno, "can't be told apart", path_);
  return FileIdentity{status.st_dev, status.st_ino, created_mode_};
}

Result<void> NewFile::finish(std::uint64_t size, const Metadata& metadata) {
  if (!file_) return fail(Errc::misuse, "the file is finished already");
  if (size != written_end_.load(std::memory_order_relaxed)) {
    if (size > static_cast<std::uint64_t>(INT64_MAX)) return io::fail_system(EFBIG, "can't have its size", path_);
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) < 0)
      return io::fail_system(errno, "can't have its size", path_);
  }
  TreeWriter::Implementation& own = *writer_->implementation_;
  Created created = own.describe(*parent_, "", EntryKind::regular, path_, created_mode_);
  created.place = {file_.get(), ""};
  own.metadata.apply(created, own.metadata.resolve(metadata));
  // A failed close has closed all the same.
  if (::close(file_.release()) == 0 || errno == EINTR) return {};
  const int error = errno;
  ::unlinkat(parent_->descriptor.get(), name(), 0);
  return io::fail_system(error, "can't write", path_);
}

}  // namespace npk::tree
