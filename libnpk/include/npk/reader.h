// Opens a package and answers what is in it: by path, by number, in order; hands out streams over entries.
//
// Threads: every const member may be called from many threads at once, and after fork, whatever other threads were
// doing at that moment: the child begins with empty caches, and with a pool of its own in the place of a given one.
// Reads are positional; nothing is mapped unless the source is. Memory: page and block caches, bounded by
// ReaderOptions, whatever the size of the package; a package without a commit also keeps its manifests.
//
// Failures are not remembered: when the source fails (io) or has been cut short (truncated), reads of what is cached go
// on, others fail, and work again when the source does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "npk/buffer_pool.h"
#include "npk/entry.h"
#include "npk/expected_state.h"
#include "npk/format/commit.h"
#include "npk/limits.h"
#include "npk/profile.h"
#include "npk/recipients.h"
#include "npk/source.h"
#include "npk/stream.h"

namespace npk {

struct ReaderOptions {
  Limits limits = {};
  // Decoded blocks kept; a larger block is decoded at each read. A stream that goes through a large entry in order, and
  // does not read ahead, leaves a quarter of this behind it the first time.
  std::uint64_t block_cache_bytes = 64ULL << 20;
  std::uint64_t page_cache_bytes = 16ULL << 20;   // decoded catalog and chunk pages kept
  bool accept_recovered = true;                   // go on, with warnings, when there is no whole trailer frame
  // Where decoded blocks are kept; several readers may share one. It limits them all (its own limit, which may be
  // changed while they run), block_cache_bytes each of them: a reader takes nothing back from another, so let these add
  // up to no more than the pool's. Null: one of the reader's own, of block_cache_bytes.
  std::shared_ptr<BufferPool> pool = {};
  // What opens a sealed package. Not null: a package that is not sealed is refused (auth_failed).
  std::shared_ptr<const std::vector<Identity>> identities = {};
  std::uint64_t generation = 0;  // to open, by number; 0: the newest. misuse for one that is not there
  std::optional<std::int64_t> not_after = {};  // or the newest of this time or before, in seconds since 1970; misuse if none is
  std::shared_ptr<Profile> profile = {};  // counts reading, checking and decoding of frames and blocks
  ExpectedState expected = {};  // refused otherwise (auth_failed); so is one that had to be recovered
};

struct PackageInfo {
  format::Superblock superblock;
  format::Commit commit;             // of the generation that is open; when recovered from manifests only its totals,
                                     // added up from these (stored bytes not), and all else zero
  std::uint64_t package_length = 0;  // superblock to end; for a recovered package: to the end of the last good frame
  std::uint64_t package_offset = 0;  // of the superblock in the source
  format::Trailer trailer;           // all zero when recovered
  format::FrameReference commit_place;  // of the commit; none when recovered from manifests
  Digest statement_hash{};           // BLAKE3 of the commit's statement; zero when recovered from manifests
  bool recovered = false;            // no valid trailer: the last good commit, or the manifests, answered
  std::vector<Error> warnings;       // what was wrong, when recovered
  bool is_being_added_to = false;    // a writer was adding a generation, or an attachment, behind this one
};

// One state of a package.
struct Generation {
  std::uint64_t position = 0;  // of its commit
  format::Statement statement;
  Digest statement_hash{};
  format::Totals totals;
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

// A range of an entry, for read_many.
struct ReadRequest {
  std::variant<std::uint64_t, std::string_view> entry;  // by number, or by path as stored
  std::uint64_t offset = 0;
  MutableBytes out;  // the caller's; no two requests' may overlap
};

struct ReadManyOptions {
  unsigned threads = 1;  // that decode, the caller's included; 0: as many as processors
  std::stop_token stop = {};
};

class PackageReader {
 public:
  // Errors: io; corrupt (not a package, damaged), truncated, unsupported, no_key (sealed, and no identity
  // opens it), auth_failed, limit.
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

  // A stream over a regular file's content (Errc::misuse for other kinds, and as check_stream_options). `entry` is one
  // of this reader's. Streams keep the package open.
  [[nodiscard]] Result<FileStream> open_stream(const Entry& entry, const StreamOptions& options = {}) const;
  // Many ranges at once: each block they need is read and decoded once, as far as it is needed, in the order they lie in;
  // so is each page, if the page cache has room for those on the way to it. A result for each request, in their order: as FileStream::read_at, or not_found (no
  // such path), misuse (no such number, not a regular file), cancelled; what failed leaves its buffer undefined and the
  // rest goes on. Memory: under 300 bytes for each request, 64 for each chunk in its range, 150 for each block, and for
  // each thread the block it decodes.
  [[nodiscard]] std::vector<Result<std::size_t>> read_many(std::span<const ReadRequest> requests,
                                                           const ReadManyOptions& options = {}) const;
  // What b3sum prints for the content; regular files only.
  [[nodiscard]] Result<Digest> digest(const Entry& entry) const;

  // From the generation that is open back to the oldest that is kept; each costs a read. Errors: as reading; corrupt.
  [[nodiscard]] Result<std::vector<Generation>> history() const;
  // All signatures in the package, of whichever commits and keys, newest first. Errors: as reading; corrupt (one that is
  // none), limit (more than a reader follows).
  [[nodiscard]] Result<std::vector<PackageSignature>> signatures() const;

  [[nodiscard]] ReaderStatistics statistics() const noexcept;

  class Impl;  // libnpk/package/reader
  [[nodiscard]] const Impl& impl() const noexcept { return *impl_; }

 private:
  explicit PackageReader(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace npk
