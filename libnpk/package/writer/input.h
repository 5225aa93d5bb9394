// What the writer packs: entries by number in path order, and the content of regular files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/catalog.h"
#include "npk/format/commit.h"
#include "npk/format/hint_page.h"
#include "npk/result.h"

namespace npk::writer {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// One open file. read_at() may be called from several threads at once if is_sequential() is false; a sequential one is read in order.
class InputFile {
 public:
  virtual ~InputFile() = default;
  [[nodiscard]] virtual bool is_sequential() const noexcept { return false; }
  // Whether it was written to, or another file took its place, since its size was asked: until now.
  [[nodiscard]] virtual bool has_changed() const noexcept { return false; }
  // Up to out.size() bytes; fewer only at the end.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) = 0;
  // Holes within [0, size), ascending; empty if there are none or none are known.
  [[nodiscard]] virtual Result<std::vector<ByteRange>> holes(std::uint64_t size) {
    (void)size;
    return std::vector<ByteRange>();
  }
};

class InputOpener {
 public:
  virtual ~InputOpener() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<InputFile>> open(std::uint64_t number) = 0;
};

// Where a view's bytes may be kept until the next call with the same scratch.
struct EntryScratch {
  std::string path;
  std::vector<format::Xattr> xattrs;
  std::shared_ptr<const void> holder;
};

inline constexpr std::uint64_t kUnknownSize = UINT64_MAX;

// A page of the catalog before that stays as it is. Its entries have no numbers here.
struct KeptLeaf {
  std::uint64_t next_entry = 0;  // it comes right before this one
  format::CatalogChild page;     // its content_hash is told
};

// Const members are thread-safe.
class InputTree {
 public:
  virtual ~InputTree() = default;
  // Without those of kept leaves.
  [[nodiscard]] virtual std::uint64_t entry_count() const noexcept = 0;
  // Entry `number` in path order, without runs and digest. Views hold until `scratch` is used again.
  // Entries of a link group share their content; it is read once.
  [[nodiscard]] virtual format::EntryRow entry(std::uint64_t number, EntryScratch& scratch) const = 0;
  // The size expected of a regular file, kUnknownSize for a pipe; 0 for other kinds.
  [[nodiscard]] virtual std::uint64_t size(std::uint64_t number) const noexcept = 0;
  // Whether the file takes less room than its size says: worth asking InputFile::holes().
  [[nodiscard]] virtual bool may_have_holes(std::uint64_t number) const noexcept {
    (void)number;
    return false;
  }
  // The first entry, in path order, of this entry's link group; the entry itself if it has none.
  [[nodiscard]] virtual std::uint64_t link_leader(std::uint64_t number) const noexcept { return number; }
  // Whether its content is in the package already, so that it is not read; its size() is 0 then.
  [[nodiscard]] virtual bool is_kept(std::uint64_t number) const noexcept {
    (void)number;
    return false;
  }
  // Whether a file of this path and size was in the generation before: most likely its content, which is read all the same, is there already.
  [[nodiscard]] virtual bool is_likely_known(std::uint64_t number) const noexcept {
    (void)number;
    return false;
  }
  // What the file system says of a regular file beside its metadata; inode 0 if nothing does.
  [[nodiscard]] virtual format::FileHint hint(std::uint64_t number) const {
    (void)number;
    return {};
  }
  // Not after the scan began; nothing if no hints are to be written.
  [[nodiscard]] virtual std::optional<std::int64_t> hint_seconds() const noexcept { return std::nullopt; }
  // Size, runs and digest of all kept regular files.
  using KeptVisitor = std::function<void(std::uint64_t number, const format::EntryRow& content)>;
  [[nodiscard]] virtual Result<void> for_each_kept(const KeptVisitor& visit) const {
    (void)visit;
    return {};
  }
  // In path order; between the same two entries there may be several. No path of another entry lies between those of one.
  [[nodiscard]] virtual std::span<const KeptLeaf> kept_leaves() const noexcept { return {}; }
  // The rows of one, for a writer that can't keep it after all: what comes before it has become another group.
  [[nodiscard]] virtual Result<std::shared_ptr<const format::CatalogPage>> open_leaf(const format::CatalogChild& page) const {
    (void)page;
    return fail(Errc::internal, "an input without kept pages is asked for one");
  }
  // Of the kept leaves' entries: how many, of which kinds, how many bytes; the rest of it is 0.
  [[nodiscard]] virtual format::Totals kept_totals() const noexcept { return {}; }
  // Pieces of their content, less one for each entry that has any. Reads all of them.
  [[nodiscard]] virtual Result<std::uint64_t> count_kept_pieces() const { return 0; }
  // What went wrong in entry(), which then gave some row or other. Asked before anything that follows from it counts.
  [[nodiscard]] virtual Result<void> status() const { return {}; }
  // For one thread at a time; quickest when asked for neighbours one after another. The tree must outlive it.
  [[nodiscard]] virtual std::unique_ptr<InputOpener> opener() const = 0;
};

}  // namespace npk::writer
