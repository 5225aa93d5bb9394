// The content root: what was packed, whatever the codec, chunking, layout or machine (spec section 10).
#pragma once

#include <optional>
#include <string_view>

#include "hash/hash.h"
#include "npk/format/catalog.h"
#include "npk/format/commit.h"

namespace npk::hash {

// The hash of an entry's canonical bytes. `digest`: BLAKE3 of a regular file's content (ignored for other kinds). `leader_path`: the path of the
// first entry, in path order, of its link group; empty for that entry itself and for entries without a group.
[[nodiscard]] Digest canonical_entry_hash(const format::EntryRow& entry, const Digest& digest, std::string_view leader_path);

// The hash of one group of entries. Not thread-safe.
class GroupHash {
 public:
  GroupHash();
  void add(const Digest& entry_hash) { hash_.update(entry_hash); }
  [[nodiscard]] Digest finish() { return hash_.finish(); }  // call once

 private:
  Blake3 hash_;
};

// Fed entries in path order, gives the root. Not thread-safe.
class ContentRoot {
 public:
  void add(std::string_view path, const Digest& entry_hash);
  // A whole group whose hash is known. Only where no other is open.
  void add_group(const Digest& hash, std::uint64_t entries);
  // The last group need not end by itself.
  void end_group();
  [[nodiscard]] bool is_in_group() const noexcept { return rows_in_group_ != 0; }
  // Of the group that ended last; zero if none has.
  [[nodiscard]] const Digest& last_group() const noexcept { return last_group_; }
  [[nodiscard]] Digest finish();  // call once

 private:
  GroupHash group_;
  Bytes group_hashes_;
  Digest last_group_{};
  std::uint64_t entries_ = 0;
  std::size_t rows_in_group_ = 0;
};

// Without metadata.
[[nodiscard]] Digest storage_root(const Digest& catalog_root_hash, const Digest& chunk_root_hash);
// Of all that a placement has which is signed: its roots, and its metadata if there is any.
[[nodiscard]] Digest storage_root(const format::Placement& placement);

}  // namespace npk::hash
