// What takes the room in a package, for a picture of it: inspect(), the largest entries, a map of the frames.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/ops/inspect.h"

namespace npk::ops {

struct SurveyOptions {
  std::size_t most_entries = 30;
  std::size_t most_cells = 2000;  // of the map, at least 2
  std::stop_token stop = {};
};

struct LargeEntry {
  std::string path;
  std::uint64_t content_bytes = 0;
  std::uint64_t stored_bytes = 0;  // an estimate: of each chunk its share of its block; a chunk in several entries counts for each
};

// A block, or frames of another kind one behind another; where there are too many, several of these.
struct MapCell {
  std::uint64_t position = 0;      // of the first, in the package
  std::uint64_t bytes = 0;         // of all, headers included
  std::uint64_t frames = 0;
  std::uint64_t raw_bytes = 0;     // of the blocks among them
  std::uint64_t stored_bytes = 0;  // likewise
  std::size_t kind = 0;            // in SurveyReport::kinds: that of most of the bytes, about
};

struct SurveyReport {
  InspectReport inspect;
  std::vector<LargeEntry> largest;  // by stored bytes, most first; equal ones by path
  std::vector<std::string> kinds;   // "index", "parity", "other", then chains as in InspectReport::codecs, as they first occur
  std::vector<MapCell> cells;       // in file order
  std::uint64_t frames = 0;
  std::vector<Generation> generations;          // as PackageReader::history(); empty for what had to be recovered
  std::vector<std::uint64_t> generation_bytes;  // of each, what the package grew by; empty if that can't be told
};

// Reads what inspect() reads, twice. Memory: beside inspect()'s 8 bytes a chunk, and the bounds of the options.
[[nodiscard]] Result<SurveyReport> survey(const PackageReader& package, const SurveyOptions& options = {});

}  // namespace npk::ops
