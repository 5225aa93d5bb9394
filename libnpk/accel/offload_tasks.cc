#include "accel/offload_tasks.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "accel/cpu/operations.h"

namespace npk::accel {
namespace {

std::unexpected<Error> gave_back_no(const char* what) { return fail(Errc::io, std::string("the device gave back no ") + what); }

}  // namespace

Batch HashTask::common() const noexcept {
  Batch batch;
  batch.operation = Operation::blake3;
  return batch;
}

Result<void> HashTask::take(std::size_t index, const Outcome& outcome, ByteView output) {
  if (outcome != Outcome{sizeof(Digest), ItemStatus::ok}) return gave_back_no("digest");
  std::ranges::copy(output, digests_[index].begin());
  return {};
}

void HashTask::run_here() noexcept {
  for (std::size_t i = 0; i < extents_.size(); ++i) {
    const Outcome done = cpu::blake3({input(i), digests_[i], 0, sizeof(Digest)});
    static_cast<void>(done);  // it can't fail
  }
}

Batch CutTask::common() const noexcept {
  Batch batch;
  batch.operation = Operation::cut_points;
  batch.table = scanner_.gear_table();
  batch.cuts = {scanner_.loose_bound(), scanner_.strict_bound()};
  return batch;
}

std::uint32_t CutTask::parameter(std::size_t index) const noexcept {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(slices_[index].before, kWindowBytes));
}

ByteView CutTask::input(std::size_t index) const noexcept {
  const Extent& extent = slices_[index].extent;
  return bytes_.subspan(extent.offset - parameter(index), parameter(index) + extent.bytes);
}

std::uint64_t CutTask::output_room(std::size_t index) const noexcept {
  constexpr std::uint64_t kFewest = 64, kTimes = 4;
  const int bits = 64 - std::countr_zero(scanner_.loose_bound());  // of a position's hash that are zero where it is a candidate
  return 8 * (kFewest + kTimes * (slices_[index].extent.bytes >> bits));
}

Result<void> CutTask::take(std::size_t index, const Outcome& outcome, ByteView output) {
  const CutSlice& slice = slices_[index];
  if (outcome.status == ItemStatus::no_room) return scan_here(slice);
  if (outcome.status != ItemStatus::ok || outcome.bytes % 8 != 0) return gave_back_no("candidates");
  slice.found->clear();
  std::uint64_t last = 0;
  for (std::size_t at = 0; at < output.size(); at += 8) {
    const auto row = load_le<std::uint64_t>(output.data() + at);
    const std::uint64_t end = row & UINT32_MAX;
    if (end <= last || end > slice.extent.bytes) return gave_back_no("candidates in order");
    slice.found->push_back({static_cast<std::uint32_t>(end), row >> 32 != 0});
    last = end;
  }
  return {};
}

Result<void> CutTask::scan_here(const CutSlice& slice) const {
  slice.found->clear();
  return scanner_.scan(bytes_.subspan(slice.extent.offset - slice.before, slice.before), bytes_.subspan(slice.extent.offset, slice.extent.bytes), *slice.found);
}

Result<void> CutTask::run_here() {
  for (const CutSlice& slice : slices_) NPK_TRY(scan_here(slice));
  return {};
}

}  // namespace npk::accel
