#include "ops/write/parity/set_mender.h"

#include <algorithm>

#include "npk/format/commit.h"
#include "package/reader/frames/parity_frame.h"

namespace npk::ops {
namespace {

constexpr std::size_t kCopyBytes = 1U << 20;

}  // namespace

Result<void> read_moved(const DamagedFile& file, std::uint64_t position, std::int64_t shift, MutableBytes out) {
  const std::int64_t first = static_cast<std::int64_t>(position) + shift;  // positions are below 2^48, shifts no longer than the file
  const auto before = static_cast<std::size_t>(std::min<std::uint64_t>(first < 0 ? static_cast<std::uint64_t>(-first) : 0, out.size()));
  std::ranges::fill(out.first(before), std::uint8_t{0});
  std::size_t count = 0;
  const std::uint64_t offset = static_cast<std::uint64_t>(first) + before;
  if (before < out.size() && offset < file.bytes) {
    NPK_ASSIGN(count, file.source.read_at(offset, out.subspan(before)));
  }
  std::ranges::fill(out.subspan(before + count), std::uint8_t{0});
  return {};
}

Result<std::vector<format::ShardCheck>> read_checks(const DamagedFile& file, const FoundSet& set, std::uint32_t group) {
  StoredFrames frames(file.source, 0, file.bytes, file.limits);
  format::PackageTag tag;
  std::copy_n(set.layout.superblock.begin() + 16, tag.size(), tag.begin());
  for (const FoundHead& found : set.heads) {
    if (found.group != group) continue;
    NPK_ASSIGN(const StoredFrame frame, frames.at(found.offset, tag));
    NPK_ASSIGN(format::ParityHead head, frames.parity_head(frame));
    return std::move(head.checks);
  }
  return std::vector<format::ShardCheck>();
}

SetMender::SetMender(const DamagedFile& file, const FoundSet& set, const ShardPlaces& places, io::PlacedSink& to, MendingAccount& account)
    : file_(file), set_(set), places_(places), to_(to), account_(account), group_(set.layout) {}

Result<void> SetMender::run(const std::stop_token& stop, const std::function<void(std::uint64_t)>& tell) {
  const format::ParityLayout& layout = set_.layout;
  for (std::uint32_t group = 0; group < layout.groups(); ++group) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    group_.select(group);
    NPK_ASSIGN(const Checks checks, read_checks(file_, set_, group));
    NPK_TRY(checks.empty() ? copy_group() : mend_group(checks));
    tell(layout.range_bytes() / layout.groups() * (group + 1));
  }
  return write_trailer();
}

// What is good is written at once, while it is in the processor's cache.
Result<void> SetMender::mend_group(const Checks& checks) {
  lost_.assign(group_.stripes(), {});
  std::vector<std::uint32_t> waiting;
  for (std::uint32_t slot = 0; slot < set_.layout.stripe_shards(); ++slot) {
    NPK_ASSIGN(const bool good, read_slot(slot, checks));
    if (good) NPK_TRY(write_slot(slot, checks));
    else waiting.push_back(slot);
  }
  for (std::uint32_t stripe = 0; stripe < group_.stripes(); ++stripe) {
    if (!lost_[stripe].empty()) recover_stripe(stripe, checks);
  }
  for (const std::uint32_t slot : waiting) NPK_TRY(write_slot(slot, checks));
  return write_row(set_.layout.parity_shards, checks);
}

// Whether all are there. Most often they lie as the nearest thing known does.
Result<bool> SetMender::read_slot(std::uint32_t slot, const Checks& checks) {
  const std::uint64_t position = group_.run_position(slot);
  const std::int64_t shift = places_.shifts(position).all().front();
  const MutableBytes run = group_.run(slot);
  const auto there = static_cast<std::size_t>(group_.run_file_bytes(slot));
  NPK_TRY(read_moved(file_, position, shift, run.first(there)));
  std::ranges::fill(run.subspan(there), std::uint8_t{0});
  bool good = true;
  for (std::uint32_t stripe = 0; stripe < group_.stripes(); ++stripe) {
    const format::ShardCheck& check = check_of(checks, slot, stripe);
    if (reader::check_of_shard(group_.shard(slot, stripe)) == check) {
      if (shift != 0) account_.moved_bytes += shard_range(slot, stripe).length;
      continue;
    }
    NPK_ASSIGN(const bool found, find_elsewhere(slot, stripe, check));
    if (!found) lost_[stripe].push_back(slot);
    good = good && found;
  }
  return good;
}

Result<bool> SetMender::find_elsewhere(std::uint32_t slot, std::uint32_t stripe, const format::ShardCheck& check) {
  const PackageRange range = shard_range(slot, stripe);
  buffer_.assign(set_.layout.shard_bytes, 0);
  const ShardPlaces::Shifts shifts = places_.shifts(range.position);
  for (const std::int64_t shift : shifts.all()) {
    NPK_TRY(read_moved(file_, range.position, shift, MutableBytes(buffer_).first(static_cast<std::size_t>(range.length))));
    if (format::weak_check(buffer_) != check.weak || reader::check_of_shard(buffer_) != check) continue;
    std::ranges::copy(buffer_, group_.shard(slot, stripe).begin());
    account_.moved_bytes += range.length;
    return true;
  }
  return false;
}

// Compared with their hashes, recovered ones too: a layout may lie.
void SetMender::recover_stripe(std::uint32_t stripe, const Checks& checks) {
  const bool recovered = group_.recover(stripe, lost_[stripe]);
  for (const unsigned slot : lost_[stripe]) {
    const PackageRange range = shard_range(slot, stripe);
    const bool good = recovered && reader::check_of_shard(group_.shard(slot, stripe)) == check_of(checks, slot, stripe);
    (good ? account_.mended : account_.lost).add(range.position, range.length);
  }
}

Result<void> SetMender::write_slot(std::uint32_t slot, const Checks& checks) {
  if (slot >= set_.layout.data_shards) return write_row(slot - set_.layout.data_shards, checks);
  return to_.write_at(group_.run_position(slot), group_.run(slot).first(static_cast<std::size_t>(group_.run_file_bytes(slot))));
}

Result<void> SetMender::write_row(std::uint32_t row, const Checks& checks) {
  const std::uint64_t position = set_.layout.frame_position(group_.group(), row);
  const Bytes start = group_.frame_start(row, checks);
  NPK_ASSIGN(const bool there, is_there(position, start));
  if (!there) account_.mended.add(position, start.size());
  return group_.write_frame(to_, row, start);
}

// No head of it is left, so nothing can be told good from bad.
Result<void> SetMender::copy_group() {
  const format::ParityLayout& layout = set_.layout;
  Bytes buffer(kCopyBytes);
  const auto copy_all = [&](std::uint64_t position, std::uint64_t bytes) -> Result<void> {
    account_.lost.add(position, bytes);
    for (std::uint64_t done = 0; done < bytes; done += kCopyBytes)
      NPK_TRY(copy(position + done, MutableBytes(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(kCopyBytes, bytes - done)))));
    return {};
  };
  for (std::uint32_t slot = 0; slot < layout.data_shards; ++slot) NPK_TRY(copy_all(group_.run_position(slot), group_.run_file_bytes(slot)));
  for (std::uint32_t row = 0; row < layout.rows(); ++row)
    NPK_TRY(copy_all(layout.frame_position(group_.group(), row), format::kFrameHeaderBytes + layout.body_bytes(group_.group(), row)));
  return {};
}

Result<void> SetMender::copy(std::uint64_t position, MutableBytes buffer) {
  NPK_TRY(read_moved(file_, position, places_.shift_behind(position), buffer));
  return to_.write_at(position, buffer);
}

Result<bool> SetMender::is_there(std::uint64_t position, ByteView expected) {
  buffer_.resize(expected.size());
  const ShardPlaces::Shifts shifts = places_.shifts(position);
  for (const std::int64_t shift : shifts.all()) {
    NPK_TRY(read_moved(file_, position, shift, buffer_));
    if (std::ranges::equal(buffer_, expected)) return true;
  }
  return false;
}

// From the trailer that ends the range, as it has been written.
Result<Bytes> SetMender::make_trailer() const {
  const std::uint64_t end = set_.layout.end;
  Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(set_.layout.range_bytes(), format::kMaxTrailerFrameBytes)));
  NPK_ASSIGN(const std::size_t count, to_.source()->read_at(end - tail.size(), tail));
  NPK_ASSIGN(const std::uint32_t frame_bytes, format::locate_trailer(ByteView(tail).first(count)));
  if (count != tail.size() || frame_bytes > tail.size()) return fail_corrupt("the range that is protected does not end with a trailer");
  return closing_trailer(set_.layout, ByteView(tail).last(frame_bytes - format::kFrameHeaderBytes));
}

Result<void> SetMender::write_trailer() {
  const std::uint64_t position = set_.layout.trailer_position();
  const auto trailer = make_trailer();
  if (!trailer) {
    if (trailer.error().code == Errc::io) return std::unexpected(trailer.error());
    account_.lost.add(position, set_.layout.protected_end - position);
    buffer_.resize(static_cast<std::size_t>(set_.layout.protected_end - position));
    return copy(position, buffer_);
  }
  NPK_ASSIGN(const bool there, is_there(position, *trailer));
  if (!there) account_.mended.add(position, trailer->size());
  return to_.write_at(position, *trailer);
}

PackageRange SetMender::shard_range(std::uint32_t slot, std::uint32_t stripe) const noexcept {
  const std::uint64_t before = std::uint64_t{stripe} * set_.layout.shard_bytes;
  const std::uint64_t there = group_.run_file_bytes(slot);
  return {group_.run_position(slot) + before, there <= before ? 0 : std::min<std::uint64_t>(there - before, set_.layout.shard_bytes)};
}

}  // namespace npk::ops
