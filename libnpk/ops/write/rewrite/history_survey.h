// Before a package is written anew: which chunks the kept generations need, and what of them is purged.
#pragma once

#include <functional>
#include <unordered_map>

#include "ops/write/removal.h"
#include "ops/write/rewrite/live_chunks.h"
#include "package/reader/history.h"

namespace npk::ops {

// Each page of the catalogs is read once, in however many generations it is. Memory: 50 bytes a page. One thread.
class HistorySurvey {
 public:
  using PathCallback = std::function<void(std::string_view path)>;

  // All outlive it. `purged` is told of each path that is not yet known to be.
  HistorySurvey(const reader::FrameReader& frames, LiveChunks& live, Removal& removal, PathCallback purged)
      : frames_(frames), live_(live), removal_(removal), purged_(std::move(purged)) {}

  // Whether something of this generation is purged.
  [[nodiscard]] Result<bool> take(const reader::PlacedCommit& commit);
  [[nodiscard]] std::uint64_t purged_entries() const noexcept { return purged_entries_; }

 private:
  [[nodiscard]] Result<bool> take_page(const format::CatalogPage& page);

  const reader::FrameReader& frames_;
  LiveChunks& live_;
  Removal& removal_;
  PathCallback purged_;
  std::unordered_map<std::uint64_t, bool> pages_;  // by position: whether something is purged
  std::uint64_t purged_entries_ = 0;
};

}  // namespace npk::ops
