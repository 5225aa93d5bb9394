// The scanner's compact memory: 64 bytes and the name for an entry; what few entries have lies in side tables.
// Filled by one thread; once filled, read by any.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/ids.h"
#include "tree/entry.h"

namespace npk::tree {

// Text that stays where it is until the arena goes. Grows by pieces: no copying, no doubling.
class TextArena {
 public:
  static constexpr std::size_t kLargestText = 65'535;
  static constexpr std::uint64_t kPieceBytes = 1U << 20;
  using Reference = std::uint64_t;  // position << 16 | length

  // `text` is at most kPieceBytes long.
  std::string_view store(std::string_view text);
  // `text` is at most kLargestText long.
  [[nodiscard]] Reference add(std::string_view text);
  [[nodiscard]] std::string_view get(Reference reference) const noexcept {
    if (reference == 0) return {};
    const std::uint64_t position = reference >> 16;
    return {pieces_[position / kPieceBytes].get() + position % kPieceBytes,
            static_cast<std::size_t>(reference & 0xffff)};
  }

 private:
  std::vector<std::unique_ptr<char[]>> pieces_;
  std::uint64_t end_ = 0;
};

struct Record {
  static constexpr std::uint32_t kNoParent = 0xffff'ffff;

  std::int64_t mtime_seconds;
  std::int64_t ctime_seconds;
  std::uint64_t size_or_reference;  // regular: bytes; symlink: TextArena reference of its target; device: rdev
  std::uint64_t inode;
  TextArena::Reference name;  // of a root: the whole stored prefix
  std::uint32_t mtime_nanoseconds;
  std::uint32_t ctime_nanoseconds;
  std::uint32_t parent;  // record number
  std::uint32_t link_group;
  std::uint32_t owner;   // index into owners
  std::uint16_t device;  // index into devices
  std::uint16_t mode : 12;
  std::uint16_t kind : 4;

  [[nodiscard]] format::EntryKind entry_kind() const noexcept { return static_cast<format::EntryKind>(kind); }
};
static_assert(sizeof(Record) == 64);

enum class RecordFlag : std::uint8_t { kept = 1, has_xattrs = 2, sparse = 4, many_links = 8 };

// Elements that stay where they are, by number.
template <class T>
class SegmentedVector {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept {
    return segments_[index / kElements][index % kElements];
  }
  [[nodiscard]] T& operator[](std::size_t index) noexcept { return segments_[index / kElements][index % kElements]; }
  void push_back(const T& value) {
    if (size_ % kElements == 0) segments_.push_back(std::make_unique_for_overwrite<T[]>(kElements));
    segments_.back()[size_++ % kElements] = value;
  }

 private:
  static constexpr std::size_t kElements = 8192;
  std::vector<std::unique_ptr<T[]>> segments_;
  std::size_t size_ = 0;
};

struct Owner {
  std::uint32_t uid;
  std::uint32_t gid;
  TextArena::Reference user_name;
  TextArena::Reference group_name;
};

struct XattrRun {
  std::uint32_t record;  // runs are in record order
  std::uint32_t count;
  std::size_t first;
};

struct RecordStore {
  SegmentedVector<Record> records;
  SegmentedVector<std::uint8_t> flags;  // RecordFlag bits, beside the records to keep those at 64 bytes
  TextArena text;
  std::vector<Owner> owners;
  std::vector<std::uint64_t> devices;
  std::vector<XattrRun> xattr_runs;
  std::vector<Xattr> xattrs;  // views of `text`

  [[nodiscard]] bool has(std::size_t record, RecordFlag flag) const noexcept {
    return (flags[record] & static_cast<std::uint8_t>(flag)) != 0;
  }
  void set(std::size_t record, RecordFlag flag) noexcept {
    flags[record] = static_cast<std::uint8_t>(flags[record] | static_cast<std::uint8_t>(flag));
  }
  [[nodiscard]] std::span<const Xattr> xattrs_of(std::uint32_t record) const noexcept;
};

}  // namespace npk::tree
