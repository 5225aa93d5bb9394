#include "npk/ops/survey.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "block/chain_name.h"
#include "npk/checked.h"
#include "ops/read/block_heads.h"
#include "ops/read/frame_walk.h"
#include "ops/read/frame_map.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

using format::FrameType;

// But for blocks, which are of their chain.
std::string kind_of(FrameType type) {
  switch (type) {
    case FrameType::manifest:
    case FrameType::catalog_page:
    case FrameType::chunk_page:
    case FrameType::hint_page: return "index";
    case FrameType::parity: return "parity";
    default: return "other";
  }
}

// All frames in file order; those behind damage too. What lies between two blocks, of one kind, is one piece of the map.
class MapWalk {
 public:
  MapWalk(const PackageReader::Impl& package, const SurveyOptions& options)
      : frames_(package.frames()), end_(package.info().package_length), stop_(options.stop), map_(options.most_cells) {}

  Result<void> run() {
    return for_each_frame(frames_, end_, [this](std::uint64_t position, const format::FrameHeader& header) -> Result<void> {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      return add(position, header);
    });
  }

  void finish(SurveyReport& report) {
    flush();
    map_.finish(report);
    for (const Generation& generation : report.generations) {
      const auto bytes = grown_by_.find(generation.position);
      if (bytes == grown_by_.end()) return report.generation_bytes.clear();
      report.generation_bytes.push_back(bytes->second);
    }
  }

 private:
  Result<void> add(std::uint64_t position, const format::FrameHeader& header) {
    MapCell frame{.position = position, .bytes = format::kFrameHeaderBytes + header.stored_length, .frames = 1};
    if (header.type == FrameType::commit) grown_by_[position] = position + frame.bytes - std::exchange(last_end_, position + frame.bytes);
    if (header.type != FrameType::block) return add_between(frame, kind_of(header.type)), Result<void>();
    flush();
    const Result<format::InnerHeader> inner = peek_inner_header(frames_, position, header);
    if (!inner && inner.error().code == Errc::io) return std::unexpected(inner.error());
    frame.raw_bytes = inner ? inner->raw_length : 0;
    frame.stored_bytes = header.stored_length;
    map_.add(frame, inner ? block::chain_name(*inner) : "unreadable");
    return {};
  }

  void add_between(const MapCell& frame, std::string kind) {
    if (kind != between_kind_) flush();
    if (between_.frames == 0) between_.position = frame.position;
    between_.bytes += frame.bytes;
    ++between_.frames;
    between_kind_ = std::move(kind);
  }

  void flush() {
    if (between_.frames != 0) map_.add(between_, between_kind_);
    between_ = {};
  }

  const reader::FrameReader& frames_;
  std::uint64_t end_;
  std::stop_token stop_;
  FrameMap map_;
  MapCell between_;
  std::string between_kind_;
  std::map<std::uint64_t, std::uint64_t> grown_by_;  // bytes up to the end of each commit, by its position
  std::uint64_t last_end_ = 0;
};

class LargestEntries {
 public:
  explicit LargestEntries(std::size_t most) : most_(most) {}

  Result<void> load(const reader::ChunkTable& chunks) {
    return chunks.for_each_page([&](const format::ChunkPage& page) -> Result<void> {
      for (const format::ChunkRow& row : page.chunks) {
        const format::BlockRow& block = page.blocks[row.block];
        const double share = static_cast<double>(row.length) / static_cast<double>(std::max<std::uint64_t>(block.raw_length, 1));
        stored_before_.push_back(stored_before_.back() + share * static_cast<double>(block.stored_length));
      }
      return {};
    });
  }

  void add(const EntryRow& row) {
    if (row.kind != EntryKind::regular || most_ == 0) return;
    const LargeEntry entry{std::string(), row.size, stored_bytes(row)};
    if (kept_.size() == most_ && entry.stored_bytes <= kept_.front().stored_bytes) return;  // equal ones come in path order
    kept_.push_back({std::string(row.path), entry.content_bytes, entry.stored_bytes});
    std::ranges::push_heap(kept_, is_before);
    if (kept_.size() <= most_) return;
    std::ranges::pop_heap(kept_, is_before);
    kept_.pop_back();
  }

  std::vector<LargeEntry> finish() {
    std::ranges::sort(kept_, is_before);
    return std::move(kept_);
  }

 private:
  static bool is_before(const LargeEntry& a, const LargeEntry& b) {
    return std::tie(b.stored_bytes, a.path) < std::tie(a.stored_bytes, b.path);
  }

  std::uint64_t stored_bytes(const EntryRow& row) const {
    double bytes = 0;
    for (const format::Run& run : row.runs) {
      if (run.chunk_count == 0 || !range_within(run.first_chunk, run.chunk_count, stored_before_.size() - 1)) continue;
      bytes += stored_before_[static_cast<std::size_t>(run.first_chunk + run.chunk_count)] - stored_before_[static_cast<std::size_t>(run.first_chunk)];
    }
    return static_cast<std::uint64_t>(std::max(bytes, 0.0) + 0.5);
  }

  std::size_t most_;
  std::vector<double> stored_before_{0.0};  // by chunk number
  std::vector<LargeEntry> kept_;            // a heap, the least in front
};

}  // namespace

Result<SurveyReport> survey(const PackageReader& package, const SurveyOptions& options) {
  SurveyReport report;
  NPK_ASSIGN(report.inspect, inspect(package));
  if (!package.info().recovered) {
    NPK_ASSIGN(report.generations, package.history());
  }
  MapWalk walk(package.impl(), options);
  NPK_TRY(walk.run());
  walk.finish(report);
  LargestEntries largest(options.most_entries);
  NPK_TRY(largest.load(package.impl().chunks()));
  NPK_TRY(package.for_each([&](const Entry& entry) {
    largest.add(entry.row());
    return !options.stop.stop_requested();
  }));
  if (options.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  report.largest = largest.finish();
  return report;
}

}  // namespace npk::ops
