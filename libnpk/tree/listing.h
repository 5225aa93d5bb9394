// What a directory holds, read from the file system ahead of the walk that makes records of it.
#pragma once

#include <sys/stat.h>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/descriptor.h"
#include "npk/bytes.h"
#include "tree/scan_filter.h"

namespace npk::tree {

// What few entries have.
struct FoundDetails {
  std::string target;    // of a symbolic link
  int target_error = 0;  // errno
  std::vector<std::pair<std::string, Bytes>> xattrs;
  std::vector<std::pair<int, std::string>> problems;  // errno (0: beyond the limit) and what could not be read
};

struct FoundEntry {
  std::uint64_t name = 0;     // offset in Listing::names
  std::uint32_t details = 0;  // 1 + index in Listing::details; 0: none
  int error_number = 0;       // of an unreadable one
  Verdict verdict = Verdict::listed;
  bool included = false;
  struct stat status {};
};

// A directory. One thread at a time: what reads it, then what walks it.
struct Listing {
  enum class State : std::uint8_t { waiting, being_read, read };

  struct NameKey {
    std::uint64_t prefix;  // the first eight bytes, big-endian: settles most comparisons
    std::uint64_t offset;  // in `names`
  };

  const Listing* parent = nullptr;  // is there as long as this one
  const char* name = "";            // in the parent; of a root: its stored path
  int root = -1;                    // the root's descriptor, the walk's
  dev_t root_device = 0;
  dev_t device = 0;                // its own
  ino_t inode = 0;
  bool included = false;
  State state = State::waiting;    // under the lock of ListingQueue

  bool ran_out_of_memory = false;  // nothing of what follows holds
  int open_error = 0;              // errno: nothing was read
  int read_error = 0;              // errno: not all names were read
  std::string names;               // each ended by a zero byte
  std::vector<NameKey> order;
  std::size_t read_to = 0;         // in `order`
  // Of the names read last, in order:
  std::vector<FoundEntry> found;
  std::vector<FoundDetails> details;
  std::vector<std::unique_ptr<Listing>> children;  // of the directories among them that are entered

  [[nodiscard]] const char* name_of(const FoundEntry& entry) const noexcept { return names.c_str() + entry.name; }
};

// Reads directories. A thread has its own.
class ListingReader {
 public:
  explicit ListingReader(const ScanFilter& filter);

  // All names, and the state of the first ones. Trouble goes into the listing; no descriptor stays open.
  void read(Listing& listing);
  // The state of the next names. False if the directory is not there any more.
  [[nodiscard]] bool read_further(Listing& listing);
  // Link target and attributes of one entry.
  void read_details(int directory, const char* name, FoundEntry& entry, std::vector<FoundDetails>& details);

 private:
  [[nodiscard]] io::FileDescriptor open(const Listing& listing) const;
  void read_names(int directory, Listing& listing);
  static void sort_names(Listing& listing);
  void read_entries(int directory, Listing& listing);
  void read_entry(int directory, Listing& listing, std::uint64_t name_offset);
  static void read_target(int directory, const char* name, FoundDetails& found);
  void read_xattrs(int directory, const char* name, FoundDetails& found);

  const ScanFilter& filter_;
  std::vector<char> buffer_;
  std::string path_;  // stored: of the directory and a '/', then of the entry
  std::size_t directory_bytes_ = 0;
  std::string xattr_names_;
};

}  // namespace npk::tree
