// The entries of one kept generation as the new package has them: without what is purged, and with the new chunk numbers.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "npk/format/catalog.h"
#include "ops/write/rewrite/live_chunks.h"
#include "tree/glob.h"

namespace npk::ops {

// Rows come in path order. One thread.
class GenerationRows {
 public:
  // Both outlive it.
  GenerationRows(const LiveChunks& live, const tree::PatternList& purged) : live_(live), purged_(purged) {}

  [[nodiscard]] bool is_purged(std::string_view path) const noexcept { return purged_.matches_within(path); }
  // A hard link that stays. Where something is purged, all come first: one that stays alone is linked to nothing.
  void count_link(std::uint64_t group) { ++members_[group]; }

  // As it is written; the runs are kept in `runs`.
  [[nodiscard]] format::EntryRow rewritten(format::EntryRow row, std::vector<format::Run>& runs) const {
    live_.renumber(row.runs, runs);
    row.runs = runs;
    const auto members = members_.find(row.link_group);
    if (members != members_.end() && members->second == 1) row.link_group = 0;
    return row;
  }

 private:
  const LiveChunks& live_;
  const tree::PatternList& purged_;
  std::unordered_map<std::uint64_t, std::uint64_t> members_;  // by link group
};

}  // namespace npk::ops
