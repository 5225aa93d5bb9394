// Writes a package anew with the generations that are to be kept, and nothing that none of them needs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/limits.h"
#include "npk/progress.h"
#include "npk/reader.h"
#include "npk/recipients.h"

namespace npk::ops {

// A stretch of the calendar; hours are hours, the rest counts days.
struct KeepWithin {
  unsigned years = 0, months = 0, days = 0, hours = 0;  // at most 9,999 each
};

// Which generations stay: all that any rule names, and always the newest. No rule: all. A rule of N days (ISO weeks,
// months, years) keeps the newest generation of each of the last N that have one; 0: no such rule.
struct KeepRules {
  std::uint64_t last = 0;  // the N newest
  std::uint64_t daily = 0, weekly = 0, monthly = 0, yearly = 0;
  std::vector<std::uint64_t> generations;  // by number; misuse for one that is not there
  std::optional<KeepWithin> within;        // not older than that, counted back from the newest generation's time
  bool local_time = false;                 // days begin as the process's time zone (TZ) has it; else in UTC

  [[nodiscard]] bool keep_all() const noexcept {
    return (last | daily | weekly | monthly | yearly) == 0 && generations.empty() && !within;
  }
};

struct KeepDecision {
  std::uint64_t generation = 0;
  std::int64_t time_seconds = 0;
  std::string message;
  std::vector<std::string> reasons;  // "last", "daily", …; none: it is dropped

  [[nodiscard]] bool is_kept() const noexcept { return !reasons.empty(); }
};

// `history` newest first, as PackageReader::history() gives it; so is the result. Errors: misuse (no such generation, a
// stretch out of range).
[[nodiscard]] Result<std::vector<KeepDecision>> apply_keep_rules(std::span<const Generation> history, const KeepRules& rules);

// How a package is written anew; purge.h has the same.
struct RewriteOptions {
  std::shared_ptr<const std::vector<Identity>> identities = {};
  bool dry_run = false;          // says what would be done, and leaves all files as they are
  bool pad = false;              // as WriterOptions::pad; padding of blocks that are copied stays
  std::string output_path = {};  // empty: the package is replaced, when all is done
  unsigned threads = 0;          // 0: as many as processors; never changes the bytes
  Limits limits = {};
  ProgressCallback progress = {};  // bytes: of the chunks that stay
  std::stop_token stop = {};
};

struct RewriteReport {
  std::uint64_t old_bytes = 0;      // of the package as it was
  std::uint64_t package_bytes = 0;  // as it is now; dry run: 0
  std::uint64_t freed_estimate = 0; // dry run: stored bytes of blocks that nothing needs, and the share of it in others
  std::uint64_t chunks = 0, dropped_chunks = 0;
  std::uint64_t unique_bytes = 0, dropped_bytes = 0;  // plain
  std::uint64_t copied_blocks = 0, rewritten_blocks = 0;
  std::uint64_t kept_signatures = 0;  // that were of the form it had, and are records now (spec section 7)
  std::uint64_t cut_bytes = 0;        // of what a writer that was stopped had begun to add
  std::uint64_t not_restored_blocks = 0;  // as WriteReport's
};

struct CompactOptions {
  RewriteOptions rewrite;
  KeepRules keep;
};

struct CompactReport {
  RewriteReport rewrite;
  std::vector<KeepDecision> generations;  // newest first
};

// Content, times, messages, numbers and content roots of kept generations stay; positions, storage roots and so
// statements change. Blocks that are full and needed are copied, all others' chunks are packed into new ones, compressed
// as most of the package is. Hint pages and parity are dropped. Memory: 33 bytes a chunk, 8 bytes an entry of the newest
// generation, 250 bytes a catalog page; for each thread two blocks of the package's size and one as it was.
// Errors: misuse (rules; the package lies in a larger file, and there is no output path); no_key; unsupported (a feature
// of a later version); limit; io, also when another process writes to the package; cancelled; as reading. After an error
// the package is as before, but for an unfinished end that a stopped writer had left and that is cut off first.
[[nodiscard]] Result<CompactReport> compact(const std::string& path, const CompactOptions& options);

}  // namespace npk::ops
