// What the program does to the files of one directory, recorded call by call, and made to fail on purpose. The test is linked with the
// system calls wrapped (ld --wrap): the code under test is the one that ships.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace npk::testing {

using FileNumber = std::uint64_t;  // its inode

struct FileOperation {
  enum class Kind { create, write, truncate, sync, sync_directory, rename, unlink };
  Kind kind;
  FileNumber file = 0;
  std::uint64_t offset = 0;  // of a write; the size for truncate
  std::string bytes;         // written
  std::string name;          // create, rename (the new one), unlink
};

// The files of a directory: names, and what they hold.
struct Disk {
  std::map<std::string, FileNumber> names;
  std::map<FileNumber, std::string> contents;

  static Disk of(const std::string& directory);
  void apply(const FileOperation& operation);
  // What a name leads to; empty if to nothing.
  [[nodiscard]] std::string content(const std::string& name) const;
};

// What happens to the `at`-th operation, from 1, and to those behind it.
struct Trouble {
  enum class Kind { none, error, interrupted, short_write };
  Kind kind = Kind::none;
  std::uint64_t at = std::numeric_limits<std::uint64_t>::max();
  int error_number = 0;    // of `error`: of this call and all later ones, but for unlink and truncate, which clean up
};

// While one lives, operations below `directory` are recorded. One at a time; any thread of the process.
class RecordedIo {
 public:
  explicit RecordedIo(const std::string& directory, Trouble trouble = {});
  RecordedIo(const RecordedIo&) = delete;
  RecordedIo& operator=(const RecordedIo&) = delete;
  ~RecordedIo();
  [[nodiscard]] const std::vector<FileOperation>& operations() const noexcept;
};

}  // namespace npk::testing
