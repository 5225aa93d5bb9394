// The walk behind scan(): adds one root's tree to a RecordStore, each directory's entries in name order, a directory
// right before what is in it, so that the records of one root come out sorted.
#pragma once

#include <sys/stat.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tree/glob.h"
#include "tree/record_store.h"
#include "tree/root_table.h"
#include "tree/scan.h"

namespace npk::tree {

class Walker {
 public:
  Walker(const ScanOptions& options, RecordStore& store, RootTable& roots);
  // `base` is an index into the table's bases.
  [[nodiscard]] Result<void> add_root(std::uint32_t base, const std::string& given);

 private:
  struct NameKey {
    std::uint64_t prefix;  // the first eight bytes, big-endian: settles most comparisons
    std::uint64_t offset;  // in `names`
  };
  // A directory being read. Only the innermost ones are kept open, so that depth costs no descriptors.
  struct Level {
    io::FileDescriptor directory;
    std::uint32_t record = 0;
    std::size_t path_length = 0;
    dev_t device = 0;
    ino_t inode = 0;
    bool included = false;
    std::string names;  // each ended by a zero byte
    std::vector<NameKey> order;
    std::size_t next = 0;
  };
  struct Found {
    const char* name;
    std::uint32_t parent;
    bool included;
    struct stat status;
  };

  [[nodiscard]] Result<void> walk();
  [[nodiscard]] Result<void> visit();
  [[nodiscard]] Result<void> visit_found(int directory, const Found& found);
  void enter(int parent, const char* name, std::uint32_t record, bool included);
  void leave();
  void read_names(Level& level);
  static void sort_names(Level& level);

  [[nodiscard]] bool is_listable(const Found& found);
  [[nodiscard]] Result<std::uint32_t> add_record(std::string_view name, const Found& found);
  [[nodiscard]] bool read_details(int directory, const char* name, Record& record, std::uint32_t number);
  [[nodiscard]] bool read_link(int directory, const char* name, Record& record);
  void read_xattrs(int directory, const char* name, std::uint32_t number);
  void collect_xattrs(int directory, const char* name, std::string_view names, std::uint32_t number);
  void keep(std::uint32_t record) noexcept;
  [[nodiscard]] std::uint32_t owner_index(std::uint32_t uid, std::uint32_t gid);
  [[nodiscard]] Result<std::uint16_t> device_index(std::uint64_t device);
  [[nodiscard]] std::string_view interned(std::string_view text);
  [[nodiscard]] io::FileDescriptor open_directory(int parent, const std::string& name);
  void problem(Error error) const;
  void problem(int error_number, std::string_view message) const;
  void note(Errc code, std::string message) const;

  const ScanOptions& options_;
  RecordStore& store_;
  RootTable& roots_;
  PatternList exclude_;
  PatternList include_;
  std::vector<Level> levels_;
  std::string path_;  // stored path of what is being looked at
  dev_t root_device_ = 0;
  dev_t left_out_device_ = 0;
  ino_t left_out_inode_ = 0;  // 0: none
  std::vector<char> directory_buffer_;
  std::string xattr_names_;
  Bytes xattr_value_;
  std::unordered_map<std::uint64_t, std::uint32_t> owner_numbers_;
  std::unordered_map<std::string_view, std::string_view> interned_;
  int no_atime_;
};

}  // namespace npk::tree
