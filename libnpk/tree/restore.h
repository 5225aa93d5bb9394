// Writes entries of a package into a directory and never outside it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/descriptor.h"
#include "npk/limits.h"
#include "npk/result.h"
#include "tree/entry.h"
#include "tree/file_age.h"

namespace npk::tree {

// What to do where something is there already. Directories are merged with directories in every case.
enum class Existing : std::uint8_t {
  fail_entry,  // Errc::exists for the entry; what is there, also a directory's metadata, stays as it is
  overwrite,   // anything but a directory is removed first, and an empty directory where a file is to come;
               // a directory that was there gets the entry's metadata
  keep,        // as fail_entry, but without an error: the entry is passed over. Where something else holds the place of
               // a directory that is still Errc::exists: nothing could be created in it
};

struct RestoreOptions {
  Existing existing = Existing::fail_entry;
  // What was made since then is a stopped run's own: anything but a directory is replaced, and a directory gets the entry's
  // metadata, whatever `existing` says.
  std::optional<Moment> own_since = {};
  // Owners are restored when running as root: by name where the name is known here, else by number.
  std::optional<bool> owners = {};  // unset: only as root
  bool numeric_owners = false;      // by number only
  bool modes = true;                // else new files and directories get theirs less the umask, without special bits
  bool times = true;
  bool xattrs = true;                        // ACLs among them
  bool safe_symlinks = false;                // refuse (Errc::corrupt) links that could lead outside the target
  bool checked_walk = false;                 // don't use openat2 even where there is one
  std::uint32_t max_open_directories = 256;  // kept open between calls; at least 1
  Limits limits = {};
  // What could not be restored though the entry itself was: an owner (as root), an attribute, an ACL, a device that
  // only root may make. May be called from any thread that calls the writer, one at a time.
  std::function<void(const Error&)> on_warning = {};
};

class TreeWriter;
struct DirectoryHandle;

// Which file it is that was created under a path, whatever is there later.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint16_t created_mode = 0;
};

// A new regular file being written. Everything until finish() may be called from several threads at once; the file
// appears under its name from the start and is removed again if destroyed without a successful finish().
// Must not outlive its TreeWriter.
class NewFile {
 public:
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  // Errc::io with the errno (ENOSPC, EDQUOT, EFBIG, …). Ranges never written are holes.
  [[nodiscard]] Result<void> write_at(std::uint64_t offset, ByteView bytes);
  // For copy_file_range and the like; tell extend_to() how far it wrote.
  [[nodiscard]] int descriptor() const noexcept { return file_.get(); }
  void extend_to(std::uint64_t end) noexcept;
  // Gives the file its size and metadata and closes it. The file is removed if its size can't be set.
  [[nodiscard]] Result<void> finish(std::uint64_t size, const Metadata& metadata);
  // For keeping few files open: what reopen_file() needs; and closing the file as it is, unfinished, without removing
  // it.
  [[nodiscard]] Result<FileIdentity> identity() const;
  void leave() noexcept { file_.reset(); }

 private:
  friend class TreeWriter;
  NewFile(TreeWriter& writer, io::FileDescriptor file, std::shared_ptr<const DirectoryHandle> parent,
          std::string_view path, std::uint16_t created_mode);
  [[nodiscard]] const char* name() const noexcept;

  TreeWriter* writer_;
  io::FileDescriptor file_;  // none: finished or moved from
  std::shared_ptr<const DirectoryHandle> parent_;
  std::string path_;
  std::uint16_t created_mode_;
  std::atomic<std::uint64_t> written_end_{0};
};

// Creates entries below one directory. Paths are stored paths: what check_stored_path refuses (`..`, absolute, …) is
// refused here with the same codes. No symbolic link is ever followed on the way to an entry, whether it was there
// before, came from the package or is planted meanwhile: such an entry is Errc::exists, naming the link; with
// Existing::overwrite the link is replaced by a directory. Missing parents are created (0777 less the umask).
// A name that on this file system is the same as another one's (upper and lower case) is Errc::exists whatever the
// policy, and says so. Other refusals of the system are Errc::io with errno.
//
// All members but finish() may be called from several threads at once for different entries. finish() is called once,
// when everything else is done; directories get their metadata only then, deepest first. The process's umask must
// not change while a TreeWriter lives.
//
// Modes come back exactly (as tar -p), also for an ordinary user; set-user-id and set-group-id only where the file has
// ended up with the owner, or group, that the entry names. Not being root and so not restoring owners is no warning.
class TreeWriter {
 public:
  // The target directory and those above it are created if missing. A link given as the target is followed.
  [[nodiscard]] static Result<std::unique_ptr<TreeWriter>> open(const std::string& target, RestoreOptions options = {});
  // `directory` stays the caller's.
  [[nodiscard]] static Result<std::unique_ptr<TreeWriter>> open_at(int directory, RestoreOptions options = {});
  TreeWriter(const TreeWriter&) = delete;
  TreeWriter& operator=(const TreeWriter&) = delete;
  ~TreeWriter();

  // The metadata (copied) is applied by finish(). May come before or after what is in the directory.
  [[nodiscard]] Result<void> create_directory(std::string_view path, const Metadata& metadata);
  // `mode` is the one finish() will be given, so that it need not be set again; any other does no harm.
  // Nothing if passed over (Existing::keep).
  [[nodiscard]] Result<std::optional<NewFile>> create_file(std::string_view path, std::uint16_t mode);
  // Whether the regular file of this path is a stopped run's own (RestoreOptions::own_since), and finished: it has this
  // size, mode and time, and the time is what a file gets last.
  [[nodiscard]] bool is_finished(std::string_view path, std::uint64_t size, const Metadata& metadata);
  // A file left unfinished, or still open, once more. Its mode must have let the owner write. Errc::exists if another
  // is there now.
  [[nodiscard]] Result<NewFile> reopen_file(std::string_view path, const FileIdentity& identity);
  // What is there now, if a regular file, for reading: to be believed no further than a hash goes.
  [[nodiscard]] Result<io::FileDescriptor> open_for_reading(std::string_view path);
  // These return whether the entry was created: false if passed over, and for devices also when that is not permitted,
  // which is a warning.
  [[nodiscard]] Result<bool> create_symlink(std::string_view path, std::string_view target, const Metadata& metadata);
  // `target` is the stored path of an entry created before; it has the metadata. Errc::not_found if it is not there.
  [[nodiscard]] Result<bool> create_hard_link(std::string_view path, std::string_view target);
  [[nodiscard]] Result<bool> create_device(std::string_view path, format::EntryKind kind, std::uint32_t major,
                                           std::uint32_t minor, const Metadata& metadata);
  [[nodiscard]] Result<bool> create_fifo(std::string_view path, const Metadata& metadata);
  // Applies the directories' metadata. A failure for one directory is a warning; the rest goes on.
  [[nodiscard]] Result<void> finish();

 private:
  friend class NewFile;
  class Implementation;
  explicit TreeWriter(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace npk::tree
