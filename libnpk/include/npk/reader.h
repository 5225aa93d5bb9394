// Opens a package and answers what is in it: by path, by number, in order; hands out streams over entries.
//
// Threads: every const member may be called from many threads at once, and after fork, whatever other threads were doing
// at that moment: the child begins with empty caches, and with a pool of its own in the place of a given one. Reads are
// positional; nothing is mapped unless the source is. Memory: page and block caches, bounded by ReaderOptions, whatever
// the size of the package; a package without a commit also keeps its manifests.
//
// Failures are not remembered: when the source fails (io) or has been cut short (truncated), reads of what is cached go
// on, others fail, and work again when the source does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/buffer_pool.h"
#include "npk/entry.h"
#include "npk/format/commit.h"
#include "npk/limits.h"
#include "npk/source.h"
#include "npk/stream.h"

namespace npk {

struct ReaderOptions {
  Limits limits;
  std::uint64_t block_cache_bytes = 64ULL << 20;  // decoded blocks kept; a larger block is decoded at each read
  std::uint64_t page_cache_bytes = 16ULL << 20;   // decoded catalog and chunk pages kept
  bool accept_recovered = true;                   // go on, with warnings, when there is no whole trailer frame
  // Where decoded blocks are kept; several readers may share one. It limits them all (its own limit, which may be
  // changed while they run), block_cache_bytes each of them. Null: one of the reader's own, of block_cache_bytes.
  std::shared_ptr<BufferPool> pool = {};
};

struct PackageInfo {
  format::Superblock superblock;
  format::Commit commit;             // of the generation that is open; when recovered from manifests only its totals,
                                     // added up from these (stored bytes not), and all else zero
  std::uint64_t package_length = 0;  // superblock to end; for a recovered package: to the end of the last good frame
  std::uint64_t package_offset = 0;  // of the superblock in the source
  bool recovered = false;            // no valid trailer: the last good commit, or the manifests, answered
  std::vector<Error> warnings;       // what was wrong, when recovered
};

// What reading has cost so far, since open (in a forked child: since its parent's open); counters only grow.
struct ReaderStatistics {
  std::uint64_t frames_read = 0;
  std::uint64_t stored_bytes_read = 0;
  std::uint64_t blocks_decoded = 0;
  std::uint64_t raw_bytes_decoded = 0;
  std::uint64_t block_cache_hits = 0;
  std::uint64_t block_cache_misses = 0;
  std::uint64_t blocks_uncached = 0;  // of these, blocks that found no room and were not kept
};

class PackageReader {
 public:
  // Errors: io; corrupt (not a package, damaged), truncated, unsupported, no_key (sealed), limit.
  [[nodiscard]] static Result<PackageReader> open(std::shared_ptr<RandomAccessSource> source,
                                                  const ReaderOptions& options = {});
  [[nodiscard]] static Result<PackageReader> open_file(const std::string& path, const ReaderOptions& options = {});

  PackageReader(PackageReader&&) noexcept;
  PackageReader& operator=(PackageReader&&) noexcept;
  ~PackageReader();

  [[nodiscard]] const PackageInfo& info() const noexcept;
  [[nodiscard]] std::uint64_t entry_count() const noexcept;

  // nullopt: no such entry (not an error). `path` as stored: no leading or trailing '/'.
  [[nodiscard]] Result<std::optional<Entry>> find(std::string_view path) const;
  // Errc::misuse if number >= entry_count().
  [[nodiscard]] Result<Entry> entry(std::uint64_t number) const;
  // Number of the first entry whose path is not below `path` in path order (entry_count() if none): what lies under
  // a directory D is [lower_bound(D), lower_bound(D + "/\xff…")).
  [[nodiscard]] Result<std::uint64_t> lower_bound(std::string_view path) const;
  // Calls `visit` for entries [first, last) in path order until it returns false. Having passed all entries of the
  // package, checks that they bear out the commit's totals (corrupt).
  [[nodiscard]] Result<void> for_each(const std::function<bool(const Entry&)>& visit, std::uint64_t first = 0,
                                      std::uint64_t last = UINT64_MAX) const;

  // A stream over a regular file's content (Errc::misuse for other kinds, and as check_stream_options). `entry` is one of this reader's. Streams
  // keep the package open.
  [[nodiscard]] Result<FileStream> open_stream(const Entry& entry, const StreamOptions& options = {}) const;
  // What b3sum prints for the content; regular files only.
  [[nodiscard]] Result<Digest> digest(const Entry& entry) const;

  [[nodiscard]] ReaderStatistics statistics() const noexcept;

  class Impl;  // libnpk/package/reader
  [[nodiscard]] const Impl& impl() const noexcept { return *impl_; }

 private:
  explicit PackageReader(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace npk
