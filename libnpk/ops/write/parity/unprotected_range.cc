#include "ops/write/parity/unprotected_range.h"

#include <algorithm>

namespace npk::ops {
namespace {

constexpr std::size_t kRangeCopyBytes = 1U << 20;

// Where the frames that hold end; `after_trailer`: with a trailer.
struct WholeFrames {
  std::uint64_t end = 0;
  bool after_trailer = false;
};

Result<WholeFrames> walk(const RandomAccessSource& written, PackageRange range, const format::PackageTag& tag, const Limits& limits) {
  StoredFrames frames(written, 0, range.position + range.length, limits);
  WholeFrames whole{.end = std::max<std::uint64_t>(range.position, format::kSuperblockBytes)};
  while (whole.end < frames.length()) {
    const auto frame = frames.at(whole.end, tag);
    if (!frame) return frame.error().code == Errc::io ? Result<WholeFrames>(std::unexpected(frame.error())) : whole;
    const auto sound = frames.check_body(*frame);
    if (!sound) return sound.error().code == Errc::io ? Result<WholeFrames>(std::unexpected(sound.error())) : whole;
    whole = {frame->end(), frame->header.type == format::FrameType::trailer};
  }
  return whole;
}

}  // namespace

Result<void> copy_unprotected(const DamagedFile& file, const ShardPlaces& places, PackageRange range, const format::PackageTag& tag,
                              io::PlacedSink& to, MendingAccount& account, const std::stop_token& stop) {
  Bytes buffer(kRangeCopyBytes);
  const std::int64_t shift = places.shift_behind(range.position);
  for (std::uint64_t done = 0; done < range.length; done += kRangeCopyBytes) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const MutableBytes piece = MutableBytes(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(kRangeCopyBytes, range.length - done)));
    NPK_TRY(read_moved(file, range.position + done, shift, piece));
    NPK_TRY(to.write_at(range.position + done, piece));
  }
  NPK_ASSIGN(const WholeFrames whole, walk(*to.source(), range, tag, file.limits));
  const std::uint64_t end = range.position + range.length;
  if (whole.end < end) account.lost.add(whole.end, end - whole.end);
  else if (!whole.after_trailer) account.lost.add(end, 1);
  return {};
}

}  // namespace npk::ops
