// Extracts entries into a directory, confined to it whatever the package says (openat2 with RESOLVE_BENEATH, or a checked walk).
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/limits.h"
#include "npk/ops/tags.h"
#include "npk/profile.h"
#include "npk/progress.h"
#include "npk/recipients.h"
#include "npk/reader.h"

namespace npk::ops {

enum class ExistingFiles : std::uint8_t {
  fail,       // left alone and reported
  overwrite,  // replaced
  keep,       // left alone, silently
};

struct ExtractOptions {
  std::string target_directory = ".";      // created if missing
  std::vector<std::string> globs = {};     // empty: everything; `*` matches '/'; a directory selects what is under it
  std::vector<TagCondition> tags = {};     // of what the globs mean, only what meets all; not from a pipe (misuse)
  unsigned strip_components = 0;
  ExistingFiles existing = ExistingFiles::fail;
  // While it extracts, `.npk-resume` in the target directory says since when. Another call with this set, for the same package
  // and state, goes on: regular files made since then that have their size, mode and time are finished, and neither they nor
  // blocks that nothing else needs are read; anything else made since then is made again, whatever `existing` says, which
  // holds for what was there before. After a restart of the machine nothing counts as finished. misuse: another package.
  bool resume = false;
  // With resume (misuse without it): such a file is finished if its content has the hash it should have, too, for which it is read; so it
  // counts after a restart of the machine as well.
  bool check_finished = false;
  unsigned threads = 0;                    // 0: as many as processors
  std::uint64_t memory_bytes = 0;          // 0: no limit of its own; Errc::limit naming the least that works if too little
  std::uint64_t spool_bytes = 1ULL << 30;  // from a pipe: bound of the unlinked spool file
  std::string spool_directory = {};        // empty: TMPDIR or /tmp
  Limits limits = {};
  std::shared_ptr<const std::vector<Identity>> identities = {};  // from a pipe: what opens a sealed package
  std::shared_ptr<Profile> profile = {};   // what goes to the target; of reading and decoding too if ReaderOptions::profile is the same
  ProgressCallback progress = {};
  ProblemCallback problem = {};            // each entry that could not be fully restored
  std::stop_token stop = {};
};

struct ExtractReport {
  std::uint64_t entries = 0;               // restored
  std::uint64_t bytes = 0;                 // content written, holes included
  std::uint64_t failed_entries = 0;        // not (fully) restored: existing, damaged, refused
  std::uint64_t warnings = 0;              // metadata the target can't take
  std::uint64_t damaged_entries = 0;       // of failed_entries, those whose stored data is damaged
  std::uint64_t unmatched_globs = 0;
  std::uint64_t finished_entries = 0;      // of entries, regular files that a run before had finished
};

// Parallel by block, each block decoded once, each file's bytes written once. A damaged block costs the entries in it, the rest goes on.
// Fails as a whole (Errc) only for what stops everything: limits, cancellation, an unusable target directory, a full disk.
[[nodiscard]] Result<ExtractReport> extract(const PackageReader& package, const ExtractOptions& options);

// From a pipe, in bounded memory: entries come out as their manifests arrive. What needs an earlier chunk again is read back from
// what was extracted, or from a spool file. Everything is checked against the chunk pages in the stream.
[[nodiscard]] Result<ExtractReport> extract_stream(SequentialSource& source, const ExtractOptions& options);

}  // namespace npk::ops
