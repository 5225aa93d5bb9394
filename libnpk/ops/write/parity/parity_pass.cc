#include "ops/write/parity/parity_pass.h"

#include <algorithm>
#include <chrono>

#include "ops/write/parity/stored_frames.h"
#include "ops/write/parity/stripe_group.h"
#include "package/reader/frames/frame_order.h"
#include "package/reader/locate.h"
#include "parity/choose_layout.h"

namespace npk::ops {
namespace {

using reader::EnvelopePlaces;

// Where the newest set of parity frames ends; 0 without one. The frames' headers and order are checked on the way.
Result<std::uint64_t> find_protected_end(StoredFrames& frames, const format::PackageTag& tag) {
  reader::FrameOrder order;
  std::uint64_t protected_end = 0;
  for (std::uint64_t position = format::kSuperblockBytes; position < frames.length();) {
    NPK_ASSIGN(const StoredFrame frame, frames.at(position, tag));
    NPK_TRY(order.follow(frame.header, position));
    if (frame.header.type == format::FrameType::parity && position >= protected_end) {
      NPK_ASSIGN(const format::ParityHead head, frames.parity_head(frame));
      protected_end = head.layout.protected_end;
    }
    position = frame.end();
  }
  if (protected_end > frames.length()) return fail_corrupt("a parity frame claims to protect more than there is");
  return protected_end;
}

Result<void> check_frames(StoredFrames& frames, std::uint64_t begin, const format::PackageTag& tag, const std::stop_token& stop) {
  for (std::uint64_t position = std::max<std::uint64_t>(begin, format::kSuperblockBytes); position < frames.length();) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_ASSIGN(const StoredFrame frame, frames.at(position, tag));
    if (auto sound = frames.check_body(frame); !sound) return std::unexpected(std::move(sound).error().at(position));
    position = frame.end();
  }
  return {};
}

class ParityPass {
 public:
  ParityPass(io::PlacedSink& file, const format::ParityLayout& layout, const ProtectOptions& options)
      : file_(file), layout_(layout), options_(options), group_(layout) {}

  Result<void> run() {
    for (std::uint32_t group = 0; group < layout_.groups(); ++group) {
      if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      group_.select(group);
      NPK_TRY(read_data());
      group_.encode();
      NPK_TRY(write_frames());
      tell(layout_.range_bytes() / layout_.groups() * group);
    }
    tell(layout_.range_bytes());
    return {};
  }

 private:
  Result<void> read_data() {
    for (std::uint32_t slot = 0; slot < layout_.data_shards; ++slot) {
      const MutableBytes run = group_.run(slot);
      const auto there = static_cast<std::size_t>(group_.run_file_bytes(slot));
      NPK_ASSIGN(const std::size_t count, file_.source()->read_at(group_.run_position(slot), run.first(there)));
      if (count != there) return fail(Errc::truncated, "the package became shorter while it was read");
      std::ranges::fill(run.subspan(there), std::uint8_t{0});
    }
    return {};
  }

  Result<void> write_frames() {
    const std::vector<format::ShardCheck> checks = group_.checks();
    for (std::uint32_t row = 0; row < layout_.rows(); ++row) NPK_TRY(group_.write_frame(file_, row, group_.frame_start(row, checks)));
    return {};
  }

  void tell(std::uint64_t done) {
    constexpr auto kInterval = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (!options_.progress || (done < layout_.range_bytes() && now < next_telling_)) return;
    next_telling_ = now + kInterval;
    options_.progress({.done_bytes = done, .total_bytes = layout_.range_bytes()});
  }

  io::PlacedSink& file_;
  const format::ParityLayout& layout_;
  const ProtectOptions& options_;
  StripeGroup group_;
  std::chrono::steady_clock::time_point next_telling_;
};

Result<format::ParityLayout> plan(const EnvelopePlaces& package, std::uint64_t begin, unsigned percent) {
  format::ParityLayout layout;
  layout.superblock = format::encode_superblock(package.superblock);
  layout.begin = begin;
  layout.end = package.extent.length;
  layout.first_sequence = package.trailer_header.sequence + 1;
  layout.last_commit = package.trailer_header.last_commit;
  parity::choose_layout(layout, percent, format::kFrameHeaderBytes + package.trailer_header.stored_length);
  if (layout.protected_end > format::kMaxProtectedPosition) return fail(Errc::limit, "the package is longer than parity can protect");
  return layout;
}

Result<void> check_may_add(const EnvelopePlaces& package) {
  if (package.extent.offset != 0) return fail(Errc::unsupported, "the package lies inside a larger file: protect it before it is put there");
  if (package.trailer.features.read_only_compatible != 0) return fail(Errc::unsupported, "the package has features that only a newer npk can add to");
  return {};
}

Result<ProtectReport> add(io::PlacedSink& file, const ProtectOptions& options, bool fresh) {
  if (options.percent == 0 || options.percent > kMaxRecoveryPercent)
    return fail(Errc::misuse, "recovery: 1 to " + std::to_string(kMaxRecoveryPercent) + " percent of the package with its parity");
  NPK_ASSIGN(const EnvelopePlaces package, reader::locate_envelopes(file.source(), options.limits));
  NPK_TRY(check_may_add(package));
  StoredFrames frames(*file.source(), 0, package.extent.length, options.limits);
  NPK_ASSIGN(const std::uint64_t begin, find_protected_end(frames, package.extent.tag));
  ProtectReport report{.package_bytes = package.extent.length};
  if (begin == package.extent.length) return report;
  if (!fresh) NPK_TRY(check_frames(frames, begin, package.extent.tag, options.stop));
  NPK_ASSIGN(const format::ParityLayout layout, plan(package, begin, options.percent));
  NPK_TRY(ParityPass(file, layout, options).run());
  NPK_ASSIGN(const Bytes trailer, closing_trailer(layout, format::encode_trailer(package.trailer)));
  NPK_TRY(file.sync());  // a trailer that is there ends what is there
  NPK_TRY(file.write_at(layout.trailer_position(), trailer));
  return ProtectReport{.protected_bytes = layout.range_bytes(), .parity_bytes = layout.protected_end - layout.end,
                       .package_bytes = layout.protected_end, .shard_bytes = layout.shard_bytes, .data_shards = layout.data_shards,
                       .parity_shards = layout.parity_shards, .stripes = layout.stripes};
}

}  // namespace

Result<ProtectReport> add_parity(io::PlacedSink& file, const ProtectOptions& options, bool fresh) {
  auto added = add(file, options, fresh);
  if (!added && added.error().path.empty() && added.error().code != Errc::misuse) return std::unexpected(std::move(added).error().in(file.name()));
  return added;
}

}  // namespace npk::ops
