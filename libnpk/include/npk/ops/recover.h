// What can still be had of a package that is damaged or cut short, written into a new one.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/entry.h"
#include "npk/limits.h"
#include "npk/progress.h"
#include "npk/recipients.h"
#include "npk/writer.h"

namespace npk::ops {

struct RecoverOptions {
  std::string output_path;      // the new package; never the damaged one
  // A file some of whose content is lost is kept, with zeros (holes) for what is; else it is left out.
  bool partial = false;
  // What can be had of the newest generation, even where an older one is whole.
  bool newest = false;
  std::shared_ptr<const std::vector<Identity>> identities = {};   // what opens a sealed package
  std::shared_ptr<const std::vector<Recipient>> recipients = {};  // who may open the new one; null: who may now
  Preset preset = Preset::standard;  // content is compressed anew
  unsigned threads = 0;              // 0: as many as processors
  Limits limits = {};
  ProgressCallback progress = {};    // bytes: of the damaged package while it is searched, then of content
  std::stop_token stop = {};
};

struct ByteSpan {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const ByteSpan&, const ByteSpan&) = default;
};

// An entry whose name is known and whose content is not all there.
struct LostEntry {
  std::string path;
  std::uint64_t size = 0;
  std::vector<ByteSpan> ranges;  // of the content, ascending: what is lost; the first 1,000
  std::uint64_t lost_bytes = 0;
  bool kept_in_part = false;     // with zeros in the place of these
};

struct RecoverReport {
  // The generation that was taken; 0: no commit could be read, the entries are those that manifests name.
  std::uint64_t generation = 0;
  std::uint64_t newest_generation = 0;  // that the package shows signs of
  bool is_whole = false;                // all of that generation was there: its content root is the one its commit states
  std::uint64_t saved_entries = 0;
  std::uint64_t saved_files = 0;
  std::uint64_t saved_bytes = 0;        // content, holes included
  std::vector<LostEntry> lost;          // in path order
  std::uint64_t lost_left_out = 0;      // beyond the first 100,000
  std::uint64_t lost_bytes = 0;         // of content, of all of these
  std::uint64_t unnamed_entries = 0;    // that the generation had, and nothing names any more
  std::uint64_t from_manifests = 0;     // entries whose catalog page is lost, as manifests or stray pages name them
  std::uint64_t rebuilt_chunks = 0;     // whose page is lost, found in their blocks by what manifests tell of them
  std::uint64_t unfinished_frames = 0;  // behind the newest commit: of a generation that was not finished, or whose commit is lost
  std::vector<ByteSpan> damaged_ranges; // of the file: bytes that are of no whole frame; the first 100,000
  std::uint64_t damaged_bytes = 0;      // in all of these
  std::vector<std::string> missing_parts;  // of a package in parts: paths of those that are not there, or are none of its own
  std::uint64_t kept_signatures = 0;    // as records (spec section 7)
  std::uint64_t package_bytes = 0;      // of the new package

  // Whether the newest generation was written whole: nothing at all was lost.
  [[nodiscard]] bool is_complete() const noexcept {
    return is_whole && generation == newest_generation && unfinished_frames == 0 && missing_parts.empty();
  }
};

// The newest generation that is wholly there (each entry, each chunk, the content root): the new package has just that
// generation, its number, time and message, its statement as a record with the signatures over it. If none is, or
// options.newest, the newest: each entry that can be had whole, where a catalog page is lost as manifests name it.
// Frames are found by their headers, checks and hashes wherever they lie: bytes may be missing in the middle, or the
// beginning. Blocks whose chunk page is lost are looked into where a manifest tells their chunks' lengths (npk's do). A region that the disk does not give is
// damage like any other, and so is a part (volume) that is missing. The package is only read; the new one appears when it is whole.
//
// Memory: 130 bytes a frame, 60 a chunk, 130 an entry and its path, blocks in flight, and the writer's.
// Errors: truncated (nothing can be had); misuse (the output is the package); no_key (sealed: also where, with
// `recipients` null, an envelope can't be made again); auth_failed; limit; io; cancelled.
[[nodiscard]] Result<RecoverReport> recover(const std::string& path, const RecoverOptions& options);

}  // namespace npk::ops
