#include "ops/read/package_stream.h"

#include "block/open.h"
#include "npk/format/page.h"

namespace npk::ops {
namespace {

using format::FrameType;

bool brings_content(FrameType type) noexcept {
  return type == FrameType::block || type == FrameType::dictionary || type == FrameType::manifest || type == FrameType::chunk_page;
}

// But for one whose manifests, all before the first commit, are those of the newest (spec section 12).
std::unexpected<Error> several_generations() {
  return fail(
      Errc::unsupported,
      "a package of several generations can't be extracted as it comes: what came before may be gone, or renamed. "
      "Keep all of it first, in a file or a spool, or have npk compact put it in order");
}

}  // namespace

PackageStream::PackageStream(SequentialSource& source, const Limits& limits, StreamBlocks blocks, std::stop_token stop,
                             std::shared_ptr<const std::vector<Identity>> identities, Profile* profile)
    : name_(source.name()),
      limits_(limits),
      stop_(std::move(stop)),
      profile_(profile),
      walker_(source, limits, std::move(identities), BlockBodies::as_stored),
      blocks_(std::move(blocks)) {
  blocks_.record_to(profile);
}

Result<void> PackageStream::open() {
  NPK_ASSIGN(superblock_, walker_.read_superblock());
  return {};
}

Result<bool> PackageStream::next(reader::Frame& frame) {
  ProfileSpan span(profile_, ProfileStage::check);
  const Result<bool> found = walker_.next(frame);
  if (found && *found) span.add_bytes(frame.header.stored_length, frame.body.size());
  return found;
}

Result<void> PackageStream::walk(const TakeManifest& take_manifest) {
  reader::Frame frame;
  while (!wrong_) {
    if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const Result<bool> found = next(frame);
    if (!found)
      wrong_ = found.error();
    else if (!*found)
      break;
    else
      NPK_TRY(take(frame, take_manifest));
  }
  return {};
}

Result<void> PackageStream::take(reader::Frame& frame, const TakeManifest& take_manifest) {
  if (commit_ && brings_content(frame.header.type)) return judge(frame, several_generations());
  switch (frame.header.type) {
    case FrameType::block:
    case FrameType::dictionary:
      blocks_.open_with(walker_.opener());
      blocks_.add(frame);
      return {};
    case FrameType::chunk_page:
      return judge(frame, take_chunk_page(frame));
    case FrameType::manifest:
      return take_manifest_frame(frame, take_manifest);
    case FrameType::commit:
      return judge(frame, take_commit(frame));
    case FrameType::trailer:
      return judge(frame, take_trailer(frame));
    default:
      return {};
  }
}

// A fault of the package ends the walk, no more.
Result<void> PackageStream::judge(const reader::Frame& frame, Result<void> taken) {
  if (!taken) wrong_ = std::move(taken).error().at(frame.position).in(name_);
  return {};
}

Result<void> PackageStream::take_chunk_page(const reader::Frame& frame) {
  NPK_ASSIGN(const Bytes raw, block::open_page(frame.body, limits_));
  if (raw.empty() || raw[0] != static_cast<std::uint8_t>(format::PageKind::chunk_leaf)) return {};
  NPK_ASSIGN(const format::ChunkPage page, format::decode_chunk_page(raw, limits_));
  NPK_TRY(chunks_.add(page));
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    if (blocks_.came_by(page.blocks[i])) chunks_.set_came_by(page.first_block + i);
  }
  return {};
}

Result<void> PackageStream::take_manifest_frame(const reader::Frame& frame, const TakeManifest& take_manifest) {
  auto raw = block::open_page(frame.body, limits_);
  if (!raw) return judge(frame, pass_on(std::move(raw)));
  auto page = format::CatalogPage::decode(*std::move(raw), format::PageKind::manifest, limits_);
  if (!page) return judge(frame, pass_on(std::move(page)));
  for (std::size_t i = 0; i < page->row_count(); ++i) tally_.add(page->row(i));
  return take_manifest(*page, walker_.position());
}

Result<void> PackageStream::take_commit(const reader::Frame& frame) {
  NPK_ASSIGN(const Bytes raw, block::open_page(frame.body, limits_));
  NPK_ASSIGN(const format::Commit commit, format::decode_commit(raw, frame.position, limits_));
  NPK_TRY(format::check_features(commit.placement.features));
  is_one_of_several_ = commit_.has_value();
  commit_ = format::FrameReference{frame.position, frame.header.stored_length, frame.hash};
  totals_ = commit.placement.totals;
  return {};
}

// The last one counts: which it is shows at the trailer.
Result<void> PackageStream::check_totals() const {
  const auto borne_out = tally_.check(totals_);
  if (!borne_out && is_one_of_several_) return several_generations();
  NPK_TRY(borne_out);
  const format::Totals& totals = totals_;
  if (totals.chunks == chunks_.chunk_count() && totals.blocks == chunks_.block_count() &&
      totals.unique_bytes == chunks_.unique_bytes() && totals.stored_bytes == chunks_.stored_bytes())
    return {};
  return fail_corrupt("the commit's totals are not what came before it");
}

Result<void> PackageStream::take_trailer(const reader::Frame& frame) {
  NPK_ASSIGN(const format::Trailer trailer, format::decode_trailer(frame.body));
  if (!commit_) return fail_corrupt("a trailer comes before any commit");
  NPK_TRY(check_totals());
  if (trailer.commit != *commit_) return fail_corrupt("the trailer names another commit");
  if (trailer.package_length != frame.end())
    return fail_corrupt("the trailer names another length of the package");
  return {};
}

}  // namespace npk::ops
