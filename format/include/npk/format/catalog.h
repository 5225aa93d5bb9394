// Catalog leaves, manifests and catalog nodes: entries stored by column (spec sections 6.2, 6.3).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/chunk_places.h"
#include "npk/format/ids.h"
#include "npk/limits.h"

namespace npk::format {

// A piece of a file's content: consecutive chunks, or a hole.
struct Run {
  std::uint64_t first_chunk = 0;
  std::uint64_t chunk_count = 0;  // 0: a hole, byte_count zeros
  std::uint64_t byte_count = 0;

  friend bool operator==(const Run&, const Run&) = default;
};

struct Xattr {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const Xattr&, const Xattr&) = default;
};

// One entry, all views: valid as long as what it was made from.
struct EntryRow {
  std::string_view path;
  EntryKind kind = EntryKind::regular;
  std::uint16_t mode = 0;                // 12 bits
  std::uint64_t uid = 0, gid = 0;
  std::string_view user_name, group_name;  // empty: not recorded
  std::int64_t mtime_seconds = 0;
  std::uint32_t mtime_nanoseconds = 0;
  std::uint64_t size = 0;                // regular files only
  std::span<const Run> runs;             // regular files only; byte counts add up to size
  std::optional<Digest> digest;          // of the content; absent when it is the single chunk's hash, or the file is empty
  std::uint64_t link_group = 0;          // 0: none
  std::string_view target;               // symbolic links only
  std::uint64_t device = 0;              // devices only: major << 32 | minor
  std::span<const Xattr> xattrs;         // names ascending bytewise
};

// Whether column 19 holds a digest for this entry (spec 6.2).
[[nodiscard]] bool needs_digest(const EntryRow& row) noexcept;

// Where a catalog leaf, or a group of the content root, ends: after this path as row `rows_so_far` (counted from 1).
[[nodiscard]] bool ends_group(std::string_view path, std::size_t rows_so_far) noexcept;

// The raw payload of a leaf (rows ascending by path) or a manifest (any order; places for manifests only). Rows must satisfy the rules above.
[[nodiscard]] Bytes encode_catalog_page(PageKind kind, std::span<const EntryRow> rows, const ChunkPlaces& places = {});

// A decoded leaf or manifest. Owns its data; rows view it. Const members are thread-safe. Movable.
class CatalogPage {
 public:
  // Checks everything that can be checked within the page: paths and (in a leaf) their order, kinds, modes, nanoseconds, runs against sizes,
  // counts, xattr order and limits. Chunk numbers are not judged.
  [[nodiscard]] static Result<CatalogPage> decode(Bytes raw, PageKind kind, const Limits& limits);

  [[nodiscard]] std::size_t row_count() const noexcept { return kinds_.size(); }
  [[nodiscard]] std::string_view path(std::size_t row) const noexcept;
  [[nodiscard]] EntryRow row(std::size_t row) const noexcept;
  // First row whose path is not below `path` (leaves only).
  [[nodiscard]] std::size_t lower_bound(std::string_view path) const noexcept;
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  friend class CatalogPageDecoder;
  using Integers = std::vector<std::uint64_t>;

  Bytes raw_;
  std::vector<char> paths_;
  Integers path_ends_, kinds_, modes_, uids_, gids_, user_names_, group_names_;
  std::vector<std::string_view> names_;
  Integers mtime_seconds_, mtime_nanoseconds_, sizes_, run_ends_, link_groups_, target_ends_, devices_, xattr_ends_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> digest_index_;  // 1 + index into digests_, 0: none
  ByteView digests_;
  std::string_view targets_;
  std::vector<Xattr> xattrs_;
};

// One child of a catalog node.
struct CatalogChild {
  std::string first_path;
  std::uint64_t position = 0;
  std::uint64_t stored_length = 0;
  Digest hash{};
  std::uint64_t entry_count = 0;
  Digest content_hash{};  // of a leaf: the hash of its group (spec section 10); zero: not told
};

// `kind`: catalog_node or hint_node, here and below.
[[nodiscard]] Bytes encode_catalog_node(std::uint8_t height, std::span<const CatalogChild> children, PageKind kind = PageKind::catalog_node);

struct CatalogNode {
  std::uint8_t height = 0;
  std::vector<CatalogChild> children;
};
// Checks: at least one child, first paths valid and strictly ascending, entry counts not zero and without overflow,
// content hashes above leaves of the catalog only.
[[nodiscard]] Result<CatalogNode> decode_catalog_node(ByteView raw, const Limits& limits, PageKind kind = PageKind::catalog_node);

}  // namespace npk::format
