// The entries to be extracted, in little memory: 48 bytes, the path and, where there are any, attributes, for each.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/result.h"
#include "tree/entry.h"
#include "tree/record_store.h"

namespace npk::ops {

enum class EntryState : std::uint8_t {
  waiting,
  partial,  // created; other pieces of it are still to come
  restored,
  kept,  // passed over: something was there
  failed,
  damaged,  // failed for its stored data
};

struct PlannedEntry {
  tree::TextArena::Reference path = 0;
  std::uint64_t size = 0;     // regular: bytes; symlink: reference of the target; device: its number
  std::uint64_t pending = 0;  // regular: data bytes (holes left out) not yet written
  std::int64_t mtime_seconds = 0;
  std::uint32_t mtime_nanoseconds = 0;
  std::uint32_t owner = 0;   // index
  std::uint32_t xattrs = 0;  // 0: none, else 1 + index of their run
  std::uint16_t mode : 12 = 0;
  std::uint16_t kind : 4 = 0;
  EntryState state = EntryState::waiting;

  [[nodiscard]] format::EntryKind entry_kind() const noexcept { return static_cast<format::EntryKind>(kind); }
};
static_assert(sizeof(PlannedEntry) == 48);

// Filled by one thread while no other looks. Then `pending` and `state` of different entries may change in different
// threads, and of one entry with the members named for that.
class PlannedEntries {
 public:
  using Number = std::uint32_t;

  // `path`: where it goes. Errc::limit for what can't be held (then it is not added).
  [[nodiscard]] Result<Number> add(const format::EntryRow& row, std::string_view path);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] PlannedEntry& operator[](Number number) noexcept { return entries_[number]; }
  [[nodiscard]] const PlannedEntry& operator[](Number number) const noexcept { return entries_[number]; }
  [[nodiscard]] std::string_view path(Number number) const noexcept { return text_.get(entries_[number].path); }
  [[nodiscard]] std::string_view target(Number number) const noexcept { return text_.get(entries_[number].size); }
  [[nodiscard]] tree::Metadata metadata(Number number) const noexcept;
  void swap_paths(Number a, Number b) noexcept { std::swap(entries_[a].path, entries_[b].path); }

  [[nodiscard]] EntryState state(Number number) const noexcept;
  void set_state(Number number, EntryState state) noexcept;
  [[nodiscard]] std::uint64_t pending(Number number) const noexcept;
  // Whether nothing is pending any more.
  [[nodiscard]] bool take_from_pending(Number number, std::uint64_t bytes) noexcept;

  [[nodiscard]] std::uint64_t memory_bytes() const noexcept;

 private:
  struct XattrRun {
    std::uint32_t first;
    std::uint32_t count;
  };
  [[nodiscard]] std::uint32_t owner_of(const format::EntryRow& row);
  [[nodiscard]] Result<std::uint32_t> add_xattrs(std::span<const format::Xattr> xattrs);

  tree::SegmentedVector<PlannedEntry> entries_;
  tree::TextArena text_;
  std::uint64_t text_bytes_ = 0;
  std::vector<tree::Owner> owners_;
  std::unordered_map<std::string, std::uint32_t> owner_indexes_;
  std::vector<XattrRun> xattr_runs_;
  std::vector<tree::Xattr> xattrs_;
};

}  // namespace npk::ops
