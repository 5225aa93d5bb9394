#include "npk/ops/repair.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "io/descriptor.h"
#include "npk/files.h"
#include "npk/format/commit.h"
#include "ops/write/parity/unprotected_range.h"

namespace npk::ops {
namespace {

constexpr std::uint64_t kMostShardsPerStripe = 255;  // so a package has at most so many times the bytes that are left of it

// Each begins where the one before has ended, or later; others lie.
std::vector<FoundSet> in_a_row(std::vector<FoundSet> found) {
  std::vector<FoundSet> sets;
  for (FoundSet& set : found) {
    if (sets.empty() || set.layout.begin >= sets.back().layout.protected_end) sets.push_back(std::move(set));
  }
  return sets;
}

class Repair {
 public:
  Repair(const RandomAccessSource& source, std::uint64_t bytes, const RepairOptions& options) : file_{source, bytes, options.limits}, options_(options) {}

  Result<RepairReport> run() {
    NPK_ASSIGN(auto found, find_parity(file_.source, file_.limits, options_.stop));
    sets_ = in_a_row(std::move(found));
    if (sets_.empty())
      return fail(Errc::unsupported, "no parity is in it, so nothing can be mended: npk protect adds parity, while a package is sound");
    NPK_TRY(plan());
    NPK_ASSIGN(auto output, attempt());
    if (!account_.lost.empty()) {
      NPK_ASSIGN(const bool moved, look_for_moved());
      if (moved) {
        output.reset();
        NPK_ASSIGN(output, attempt());
      }
    }
    return finish(*output);
  }

 private:
  Result<void> plan() {
    const format::ParityLayout& last = sets_.back().layout;
    if (last.protected_end > (file_.bytes + format::kMaxTrailerFrameBytes) * kMostShardsPerStripe)
      return fail(Errc::limit, "the parity frames tell of a package far larger than what is left of it");
    std::copy_n(last.superblock.begin() + 16, tag_.size(), tag_.begin());
    for (const FoundSet& set : sets_) {
      for (const FoundHead& head : set.heads) places_.add(set.layout.frame_position(head.group, head.row), head.offset);
    }
    places_.settle();
    return {};
  }

  // All of it into a new file, which does not appear yet.
  Result<std::unique_ptr<io::PlacedSink>> attempt() {
    account_ = {};
    protected_bytes_ = dropped_bytes_ = end_ = 0;
    NPK_ASSIGN(auto output, io::create_placed_file(options_.output_path));
    for (const FoundSet& set : sets_) {
      if (set.layout.begin > end_) NPK_TRY(copy_unprotected(file_, places_, {end_, set.layout.begin - end_}, tag_, *output, account_, options_.stop));
      const auto tell = [&](std::uint64_t done) { this->tell(set.layout.begin + done); };
      NPK_TRY(SetMender(file_, set, places_, *output, account_).run(options_.stop, tell));
      end_ = set.layout.protected_end;
      protected_bytes_ += end_ - set.layout.begin;
    }
    NPK_TRY(copy_rest(*output));
    return output;
  }

  // What was added behind the newest parity; or bytes that do not belong there.
  Result<void> copy_rest(io::PlacedSink& output) {
    NPK_ASSIGN(const std::uint64_t begin, find_end_in_file(output));
    if (begin >= file_.bytes) return {};
    dropped_bytes_ = file_.bytes - begin;
    NPK_ASSIGN(const auto frame, StoredFrames(file_.source, 0, file_.bytes, file_.limits).find(begin, tag_, options_.stop));
    if (!frame) return {};
    ShardPlaces behind;
    behind.add(end_, begin);
    NPK_TRY(copy_unprotected(file_, behind, {end_, dropped_bytes_}, tag_, output, account_, options_.stop));
    end_ += std::exchange(dropped_bytes_, 0);
    return {};
  }

  // Where in the damaged file the newest set's trailer ends: at its place, or else where it is met behind.
  Result<std::uint64_t> find_end_in_file(const io::PlacedSink& output) {
    const format::ParityLayout& last = sets_.back().layout;
    const std::int64_t expected = static_cast<std::int64_t>(end_) + places_.shift_behind(end_);
    Bytes trailer(static_cast<std::size_t>(end_ - last.trailer_position()));
    NPK_ASSIGN(const std::size_t count, output.source()->read_at(last.trailer_position(), trailer));
    if (count != trailer.size() || expected < 0) return fail(Errc::internal, "the output is shorter than it was written");
    StoredFrames frames(file_.source, 0, file_.bytes, file_.limits);
    const std::uint64_t from = static_cast<std::uint64_t>(expected) - std::min<std::uint64_t>(trailer.size(), static_cast<std::uint64_t>(expected));
    for (std::uint64_t at = from;;) {
      NPK_ASSIGN(const auto frame, frames.find(at, tag_, options_.stop));
      if (!frame) return static_cast<std::uint64_t>(expected);
      Bytes there(std::min<std::size_t>(trailer.size(), static_cast<std::size_t>(file_.bytes - frame->position)));
      NPK_TRY(frames.read(frame->position, there));
      if (there == trailer) return frame->end();
      at = frame->end();
    }
  }

  Result<bool> look_for_moved() {
    WantedShards wanted;
    for (const FoundSet& set : sets_) {
      for (std::uint32_t group = 0; group < set.layout.groups(); ++group) {
        NPK_ASSIGN(const auto checks, read_checks(file_, set, group));
        add_wanted(set.layout, group, checks, wanted);
      }
    }
    return find_moved_shards(file_.source, std::move(wanted).take(), places_, options_.stop);
  }

  // The last shard of a range is not whole in the file.
  static void add_wanted(const format::ParityLayout& layout, std::uint32_t group, const std::vector<format::ShardCheck>& checks, WantedShards& wanted) {
    for (std::size_t i = 0; i < checks.size(); ++i) {
      const auto slot = static_cast<std::uint32_t>(i % layout.stripe_shards());
      const bool is_data = slot < layout.data_shards;
      const std::uint64_t run = is_data ? layout.data_position(group, slot) : layout.parity_position(group, slot - layout.data_shards);
      const std::uint64_t position = run + i / layout.stripe_shards() * layout.shard_bytes;
      if (!is_data || position + layout.shard_bytes <= layout.end) wanted.add({checks[i], layout.shard_bytes, position});
    }
  }

  Result<RepairReport> finish(io::PlacedSink& output) {
    RepairReport report;
    report.moved_bytes = account_.moved_bytes;
    report.mended = std::move(account_.mended).take();
    report.lost = std::move(account_.lost).take();
    for (const PackageRange& range : report.mended) report.mended_bytes += range.length;
    for (const PackageRange& range : report.lost) report.lost_bytes += range.length;
    report.dropped_bytes = dropped_bytes_;
    report.package_bytes = end_;
    report.protected_bytes = protected_bytes_;
    tell(end_);
    if (!report.is_whole() && !options_.keep_damaged) return report;
    NPK_TRY(output.commit());
    report.written = true;
    return report;
  }

  void tell(std::uint64_t done) {
    constexpr auto kInterval = std::chrono::milliseconds(100);
    const std::uint64_t total = std::max(end_, sets_.back().layout.protected_end);
    const auto now = std::chrono::steady_clock::now();
    if (!options_.progress || (done < total && now < next_telling_)) return;
    next_telling_ = now + kInterval;
    options_.progress({.done_bytes = done, .total_bytes = total});
  }

  DamagedFile file_;
  const RepairOptions& options_;
  std::vector<FoundSet> sets_;
  format::PackageTag tag_{};
  ShardPlaces places_;
  MendingAccount account_;
  std::uint64_t end_ = 0, protected_bytes_ = 0, dropped_bytes_ = 0;
  std::chrono::steady_clock::time_point next_telling_;
};

}  // namespace

Result<RepairReport> repair(const RepairOptions& options) {
  NPK_ASSIGN(const auto source, open_package_source(options.package_path));
  if (io::is_same_file(options.package_path, options.output_path))
    return fail(Errc::misuse, "a package is not repaired in place: the output must be another file");
  NPK_ASSIGN(const std::uint64_t bytes, source->size());
  auto report = Repair(*source, bytes, options).run();
  if (!report) return std::unexpected(std::move(report).error().in(options.package_path));
  return report;
}

}  // namespace npk::ops
