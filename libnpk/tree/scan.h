// Scans trees of a file system into a compact, sorted list from which a package is made.
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "io/descriptor.h"
#include "npk/limits.h"
#include "npk/result.h"
#include "tree/entry.h"

namespace npk::tree {

// One path to scan. It is stored as tar stores it: without a leading '/', without `.` components, and without anything
// up to and including a `..`. A place whose stored path comes out empty ("." or "/" or "..") has no entry itself: only
// what is in it is stored. A symbolic link given as the path is stored as a link, unless it is followed by a '/'.
struct ScanRoot {
  std::string path;
  std::string base = ".";  // the directory `path` is relative to (-C)
  int base_fd = -1;        // what `base` is relative to; -1: the current directory. Not closed, used during scan() only
};

struct ScanOptions {
  std::vector<std::string> exclude = {};  // glob.h; an excluded directory is not entered
  std::vector<std::string> include = {};  // not empty: only what matches, and the directories above it, is listed
  std::vector<std::string> leave_out = {};  // paths: the files they name now are not listed (an archive in its own tree)
  bool one_file_system = false;           // directories on another device are listed, not entered
  bool xattrs = true;                     // read extended attributes, ACLs among them
  bool owner_names = true;                // look up user and group names
  Limits limits = {};
  std::stop_token stop = {};
  // Directories are read by so many threads at once, at most 8, if there is something to run them: a function that calls
  // job(0) to job(count - 1), each once, at the same time where it can, and returns when all have. What is found, its
  // order and the order of problems and notes do not depend on it. One open directory a thread.
  unsigned threads = 1;
  std::function<Result<void>(unsigned count, const std::function<void(unsigned)>& job)> run_jobs = {};
  // Called by one thread, the caller's or one of run_jobs. A problem: something asked for is missing from the list (can't be read, vanished,
  // named beyond the limits). A note: nothing of the user's data is missing (a socket left out, part of a given path
  // not stored).
  std::function<void(const Error&)> on_problem = {};
  std::function<void(const Error&)> on_note = {};
};

// One entry as views into the ScannedTree; valid as long as that lives.
struct Entry {
  format::EntryKind kind;
  Metadata metadata;
  std::uint64_t size;               // of a regular file's content; else 0
  std::string_view symlink_target;  // of a symbolic link
  std::uint32_t device_major;       // of a device
  std::uint32_t device_minor;
  std::uint32_t link_group;   // regular and other non-directories: the same number, from 1 in order of first
                              // appearance, for all entries of this list that are one file; 0: no other name here
  bool sparse;                // fewer blocks allocated than the size needs: data_extents is worth asking
  std::uint64_t file_system;  // st_dev
  std::uint64_t inode;
  std::int64_t ctime_seconds;
  std::uint32_t ctime_nanoseconds;
};

struct OpenedFile {
  io::FileDescriptor descriptor;  // for reading; the caller's
  std::uint64_t size;             // when it was opened
  timespec modified;              // when it was opened
  bool changed;                   // is another file than the one scanned, or one written to since (size, mtime, ctime)

  // Whether its size or time is another by now, or can't be told.
  [[nodiscard]] bool is_written_to() const noexcept;
};

struct RecordStore;
struct RootTable;

// The sorted list: by path as compare_stored orders, each path once. Immutable: any number of threads. Numbers run from
// 0 to size(). Costs 64 + 5 bytes and the name for an entry. Keeps one descriptor open for each distinct base
// directory.
class ScannedTree {
 public:
  ScannedTree(std::unique_ptr<RecordStore> store, std::unique_ptr<RootTable> roots, std::vector<std::uint32_t> order);
  ScannedTree(ScannedTree&&) noexcept;
  ScannedTree& operator=(ScannedTree&&) noexcept;
  ~ScannedTree();

  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  [[nodiscard]] std::uint32_t link_group_count() const noexcept { return link_groups_; }
  [[nodiscard]] Entry entry(std::size_t index) const;
  // The stored path; `out` is replaced. Needs no more memory than out's own.
  void path(std::size_t index, std::string& out) const;
  [[nodiscard]] std::string path(std::size_t index) const;
  // Only the last component (of a scanned root: its whole stored path).
  [[nodiscard]] std::string_view name(std::size_t index) const noexcept;
  // Opens a regular file for reading: no link in its last component is followed, nothing is waited for, the access time
  // stays where that is permitted. Errc::not_found if it has vanished, Errc::io if something else has taken its place.
  [[nodiscard]] Result<OpenedFile> open(std::size_t index) const;

 private:
  friend class FileOpener;
  [[nodiscard]] Result<OpenedFile> open_record(std::uint32_t record, int directory, const char* name) const;
  void number_link_groups();

  std::unique_ptr<RecordStore> store_;
  std::unique_ptr<RootTable> roots_;
  std::vector<std::uint32_t> order_;
  std::uint32_t link_groups_ = 0;
};

// Scans all roots. Fails as a whole only with Errc::not_found or Errc::io if a base directory can't be opened,
// Errc::limit beyond max_entries (4,294,967,294 at most) and Errc::cancelled; whatever else goes wrong goes to
// on_problem and the rest is scanned. A path reached twice is listed once, as the later root has it.
[[nodiscard]] Result<ScannedTree> scan(const std::vector<ScanRoot>& roots, const ScanOptions& options = {});

// Opens files of a ScannedTree, faster where they come in order: it keeps the last file's directory open.
// One thread at a time; the tree must outlive it.
class FileOpener {
 public:
  explicit FileOpener(const ScannedTree& tree) noexcept : tree_(&tree) {}
  // As ScannedTree::open.
  [[nodiscard]] Result<OpenedFile> open(std::size_t index);

 private:
  const ScannedTree* tree_;
  io::FileDescriptor directory_;
  std::uint32_t directory_record_ = 0xffff'ffff;
};

}  // namespace npk::tree
