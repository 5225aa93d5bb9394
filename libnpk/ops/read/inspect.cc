#include "npk/ops/inspect.h"

#include <algorithm>
#include <set>

#include "block/chain_name.h"
#include "npk/checked.h"
#include "npk/format/parity.h"
#include "ops/read/block_heads.h"
#include "ops/read/frame_walk.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

using format::FrameType;

std::uint64_t& cost_of(ByteCosts& costs, FrameType type) noexcept {
  switch (type) {
    case FrameType::block: return costs.blocks;
    case FrameType::dictionary: return costs.dictionaries;
    case FrameType::catalog_page: return costs.catalog_pages;
    case FrameType::chunk_page: return costs.chunk_pages;
    case FrameType::manifest: return costs.manifests;
    case FrameType::commit: return costs.commits;
    case FrameType::parity: return costs.parity;
    default: return costs.others;
  }
}

// Adds up frames by what they are.
class FrameCensus {
 public:
  FrameCensus(const reader::FrameReader& frames, std::uint64_t package_bytes, InspectReport& report)
      : frames_(frames), package_bytes_(package_bytes), report_(report) {}

  Result<void> run() {
    std::uint64_t counted = 0;
    NPK_TRY(for_each_frame(frames_, package_bytes_, [&](std::uint64_t position, const format::FrameHeader& header) -> Result<void> {
      const std::uint64_t bytes = format::kFrameHeaderBytes + header.stored_length;
      cost_of(report_.costs, header.type) += bytes;
      counted += bytes;
      if (header.type == FrameType::block) return add_block(position, header);
      return header.type == FrameType::parity ? add_parity(position, header) : Result<void>();
    }));
    report_.costs.others += package_bytes_ - std::min(counted, package_bytes_);  // the superblock, and damage
    return {};
  }

 private:
  // The first of each set; one that is damaged counts for nothing.
  Result<void> add_parity(std::uint64_t position, const format::FrameHeader& header) {
    if (position < protected_end_) return {};
    NPK_ASSIGN(const Bytes start, frames_.read_start(position, header, format::kParityLayoutBytes));
    const auto head = format::decode_parity_layout(start);
    if (!head) return {};
    const format::ParityLayout& layout = head->layout;
    protected_end_ = layout.protected_end;
    report_.protections.push_back({.begin = layout.begin, .end = layout.end, .parity_bytes = layout.trailer_position() - layout.end,
                                   .shard_bytes = layout.shard_bytes, .data_shards = layout.data_shards,
                                   .parity_shards = layout.parity_shards, .stripes = layout.stripes});
    return {};
  }

  Result<void> add_block(std::uint64_t position, const format::FrameHeader& header) {
    const Result<format::InnerHeader> inner = peek_inner_header(frames_, position, header);
    if (!inner && inner.error().code == Errc::io) return std::unexpected(inner.error());
    CodecShare& share = report_.codecs[inner ? block::chain_name(*inner) : "unreadable"];
    ++share.blocks;
    share.raw_bytes += inner ? inner->raw_length : 0;
    share.stored_bytes += header.stored_length;
    return {};
  }

  const reader::FrameReader& frames_;
  std::uint64_t package_bytes_;
  InspectReport& report_;
  std::uint64_t protected_end_ = 0;
};

// What a chunk takes of its block.
class StoredShares {
 public:
  Result<void> load(const reader::ChunkTable& chunks) {
    return chunks.for_each_page([&](const format::ChunkPage& page) -> Result<void> {
      for (const format::ChunkRow& row : page.chunks) {
        const format::BlockRow& block = page.blocks[row.block];
        lengths_.push_back(row.length);
        stored_.push_back(static_cast<float>(row.length) * static_cast<float>(block.stored_length) / static_cast<float>(block.raw_length));
      }
      return {};
    });
  }

  // Adds the chunks that were not asked for before.
  void take(const format::Run& run, TypeShare& share) {
    if (seen_.empty()) seen_.resize(lengths_.size());
    if (!range_within(run.first_chunk, run.chunk_count, lengths_.size())) return;
    double stored = 0;
    for (std::size_t i = static_cast<std::size_t>(run.first_chunk), end = i + static_cast<std::size_t>(run.chunk_count); i < end; ++i) {
      if (seen_[i]) continue;
      seen_[i] = true;
      share.unique_bytes += lengths_[i];
      stored += static_cast<double>(stored_[i]);
    }
    share.stored_bytes += static_cast<std::uint64_t>(stored + 0.5);
  }

 private:
  std::vector<std::uint32_t> lengths_;
  std::vector<float> stored_;
  std::vector<bool> seen_;
};

// ".c" of "src/Main.C"; "" without one, for names that begin with their only dot, and for endings too long to be a type.
std::string ending_of(std::string_view path) {
  constexpr std::size_t kLongest = 12;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size() || name.size() - dot > kLongest) return {};
  std::string ending(name.substr(dot));
  for (char& letter : ending) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return ending;
}

class EntryCensus {
 public:
  EntryCensus(StoredShares& shares, InspectReport& report) : shares_(shares), report_(report) {}

  void add(const Entry& entry) {
    const EntryRow row = entry.row();
    if (row.kind == EntryKind::symlink) ++report_.symlinks;
    else if (row.kind == EntryKind::regular) add_file(row);
    else if (row.kind != EntryKind::directory) ++report_.devices;
    if (row.link_group != 0 && !groups_.insert(row.link_group).second) ++report_.hard_links;
  }

 private:
  void add_file(const EntryRow& row) {
    TypeShare& share = report_.types[ending_of(row.path)];
    ++share.files;
    share.content_bytes += row.size;
    for (const format::Run& run : row.runs) {
      if (run.chunk_count != 0) shares_.take(run, share);
    }
  }

  StoredShares& shares_;
  InspectReport& report_;
  std::set<std::uint64_t> groups_;
};

}  // namespace

Result<InspectReport> inspect(const PackageReader& package) {
  const PackageReader::Impl& impl = package.impl();
  InspectReport report;
  report.info = package.info();
  NPK_TRY(FrameCensus(impl.frames(), report.info.package_length, report).run());
  StoredShares shares;
  NPK_TRY(shares.load(impl.chunks()));
  EntryCensus entries(shares, report);
  NPK_TRY(package.for_each([&](const Entry& entry) {
    entries.add(entry);
    return true;
  }));
  const format::Totals& totals = report.info.commit.placement.totals;
  const std::uint64_t content = totals.content_bytes - std::min(totals.hole_bytes, totals.content_bytes);
  report.duplicate_bytes = content - std::min(totals.unique_bytes, content);
  return report;
}

}  // namespace npk::ops
