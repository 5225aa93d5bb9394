// The walk behind scan(): adds one root's tree to a RecordStore, each directory's entries in name order, a directory
// right before what is in it, so that the records of one root come out sorted.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tree/listing_queue.h"
#include "tree/record_store.h"
#include "tree/root_table.h"
#include "tree/scan.h"

namespace npk::tree {

// One thread. What it makes does not depend on who reads the directories.
class Walker {
 public:
  Walker(const ScanFilter& filter, ListingQueue& queue, RecordStore& store, RootTable& roots)
      : options_(filter.options()), filter_(filter), queue_(queue), store_(store), roots_(roots) {}
  // `base` is an index into the table's bases.
  [[nodiscard]] Result<void> add_root(std::uint32_t base, const std::string& given);

 private:
  // A directory being walked.
  struct Level {
    std::unique_ptr<Listing> listing;
    std::uint32_t record = 0;
    std::size_t path_bytes = 0;
    std::size_t next = 0;        // in the listing's `found`
    std::size_t next_child = 0;  // in its `children`
  };

  [[nodiscard]] Result<void> walk();
  [[nodiscard]] Result<void> visit(Level& level);
  [[nodiscard]] bool go_on(Level& level);
  [[nodiscard]] Result<void> enter(std::unique_ptr<Listing> listing, std::uint32_t record);
  [[nodiscard]] Result<void> enter_root(io::FileDescriptor directory, std::uint32_t record, const FoundEntry& found);

  // The record of a listed entry; none if it must be left out after all.
  [[nodiscard]] Result<std::optional<std::uint32_t>> take(std::string_view name, std::uint32_t parent,
                                                          const FoundEntry& found,
                                                          const std::vector<FoundDetails>& details);
  void tell(const FoundEntry& found);
  [[nodiscard]] Result<std::uint32_t> add_record(std::string_view name, std::uint32_t parent,
                                                 const struct stat& status);
  [[nodiscard]] bool add_details(std::uint32_t number, const FoundDetails& details);
  void add_xattrs(std::uint32_t number, const FoundDetails& details);
  void keep(std::uint32_t record) noexcept;
  [[nodiscard]] std::uint32_t owner_index(std::uint32_t uid, std::uint32_t gid);
  [[nodiscard]] Result<std::uint16_t> device_index(std::uint64_t device);
  [[nodiscard]] std::string_view interned(std::string_view text);
  void problem(Error error) const;
  void problem(int error_number, std::string_view message) const;
  void note(Errc code, std::string message) const;

  const ScanOptions& options_;
  const ScanFilter& filter_;
  ListingQueue& queue_;
  RecordStore& store_;
  RootTable& roots_;
  io::FileDescriptor root_;
  std::string root_path_;  // stored
  std::vector<Level> levels_;
  std::string path_;  // stored path of what is being looked at
  std::unordered_map<std::uint64_t, std::uint32_t> owner_numbers_;
  std::unordered_map<std::string_view, std::string_view> interned_;
};

}  // namespace npk::tree
