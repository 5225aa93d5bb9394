#include "ops/read/verify_frames.h"

#include <algorithm>
#include <string>
#include <utility>

#include "block/open.h"
#include "hash/hash.h"
#include "npk/checked.h"
#include "npk/format/page.h"
#include "package/reader/frames/parity_frame.h"
#include "package/reader/signatures.h"

namespace npk::ops {
namespace {

using format::FrameType;

// A statement names the one before it; where that was dropped from the package, one that is not there.
Result<void> check_history(const format::Commit& commit, const std::optional<format::Statement>& before, std::uint64_t before_position) {
  if (commit.placement.previous_commit != before_position) return fail_corrupt("a commit names another one as the one before it");
  if (!before) return {};
  if (commit.statement.generation <= before->generation) return fail_corrupt("a commit's generation is not above that of the one before it");
  if (commit.statement.generation != before->generation + 1) return {};
  if (commit.statement.previous_statement != hash::blake3(format::encode_statement(*before)))
    return fail_corrupt("a commit does not name the statement before it");
  return {};
}

}  // namespace

Result<void> FrameCheck::run(std::stop_token stop) {
  reader::FrameScanner scanner(frames_);
  for (;;) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_ASSIGN(const bool more, step(scanner));
    if (!more) return {};
  }
}

Result<bool> FrameCheck::step(reader::FrameScanner& scanner) {
  const std::uint64_t position = scanner.position();
  auto header = scanner.next_header();
  if (!header) return step_past(scanner, std::move(header).error());
  if (!*header) return false;
  NPK_TRY(check_frame(position, **header));
  return true;
}

Result<bool> FrameCheck::step_past(reader::FrameScanner& scanner, Error error) {
  const std::uint64_t end = package_.extent().length;
  const std::uint64_t position = scanner.position();
  if (position >= end) {
    NPK_TRY(placed_note(DamageKind::frame, std::move(error), std::min(position, end)));
    return false;
  }
  if (const auto header = frames_.read_header(position)) {  // good but for its place in the order
    NPK_TRY(placed_note(DamageKind::frame, std::move(error), position));
    NPK_TRY(check_frame(position, *header));
    return scanner.resync();
  }
  NPK_ASSIGN(const bool more, scanner.resync());
  if (!more && after_trailer_) {
    const std::string bytes = std::to_string(end - position);
    NPK_TRY(placed_note(DamageKind::trailing, {Errc::trailing_data, bytes + " bytes follow the package"}, position));
  } else {
    NPK_TRY(placed_note(DamageKind::frame, std::move(error), position));
  }
  return more;
}

Result<void> FrameCheck::placed_note(DamageKind kind, Error error, std::uint64_t position, std::vector<ChunkRange> lost) {
  is_whole_so_far_ = false;
  const reader::PackageExtent& extent = package_.extent();
  return damages_.note(kind, std::move(std::move(error).at(extent.offset + position)).in(extent.source->name()), std::move(lost));
}

Result<void> FrameCheck::check_frame(std::uint64_t position, const format::FrameHeader& header) {
  ++frame_count_;
  after_trailer_ = header.type == FrameType::trailer;
  const auto block = std::ranges::lower_bound(blocks_, position, {}, &BlockPlace::position);
  Result<void> sound;
  if (block != blocks_.end() && block->position == position) {
    met_[static_cast<std::size_t>(block - blocks_.begin())] = true;
    sound = check_block_header(*block, header);
    if (!sound) return placed_note(DamageKind::block, std::move(sound).error(), position, chunks_.chunks_of_block(block->number));
  } else {
    sound = check_body(position);
  }
  if (sound) return {};
  return placed_note(header.type == FrameType::commit ? DamageKind::commit : DamageKind::frame, std::move(sound).error(), position);
}

Result<void> FrameCheck::check_block_header(const BlockPlace& block, const format::FrameHeader& header) {
  ++block_count_;
  if (header.type != (block.is_dictionary ? FrameType::dictionary : FrameType::block)) return fail_corrupt("a frame of another type lies where a block should");
  if (header.stored_length != block.stored_length) return fail_corrupt("a block's frame has another length than its chunk page says");
  if (header.body_check != block.check) return fail_corrupt("a block's frame has another check than its chunk page says");
  return {};
}

Result<void> FrameCheck::check_body(std::uint64_t position) {
  NPK_TRY(frames_.read_frame(position, frame_));
  switch (frame_.header.type) {
    case FrameType::manifest:
    case FrameType::catalog_page:
    case FrameType::chunk_page:
    case FrameType::hint_page: return check_page(frame_.header.type);
    case FrameType::commit: return check_commit(position);
    case FrameType::trailer: return check_trailer();
    case FrameType::signature: return check_signature(position);
    case FrameType::parity: return check_parity(position);
    case FrameType::block:
    case FrameType::dictionary: {
      NPK_ASSIGN(const format::OpenedBody opened, format::split_body(frame_.body, package_.limits()));
      static_cast<void>(opened);
      return {};
    }
    case FrameType::padding:
      return std::ranges::all_of(frame_.body, [](std::uint8_t byte) { return byte == 0; }) ? Result<void>() : fail_corrupt("a padding frame is not all zeros");
    default: return {};
  }
}

Result<void> FrameCheck::check_page(FrameType type) {
  NPK_ASSIGN(Bytes raw, block::open_page(frame_.body, package_.limits()));
  if (type == FrameType::manifest) return check_manifest(std::move(raw));
  NPK_ASSIGN(const format::PageView page, format::PageView::parse(raw, package_.limits()));
  return page.header().kind == format::PageKind::chunk_leaf ? check_chunk_page(raw) : Result<void>();
}

Result<void> FrameCheck::check_chunk_page(ByteView raw) {
  NPK_ASSIGN(const format::ChunkPage page, format::decode_chunk_page(raw, package_.limits()));
  chunks_met_ = std::max(chunks_met_, page.first_chunk + page.chunks.size());
  return {};
}

// Its runs refer to chunks of pages before it only (spec section 12).
Result<void> FrameCheck::check_manifest(Bytes raw) {
  NPK_ASSIGN(const auto page, format::CatalogPage::decode(std::move(raw), format::PageKind::manifest, package_.limits()));
  for (std::size_t row = 0; is_whole_so_far_ && row < page.row_count(); ++row) {
    for (const format::Run& run : page.row(row).runs) {
      if (run.chunk_count != 0 && !range_within(run.first_chunk, run.chunk_count, chunks_met_))
        return fail_corrupt("a manifest names chunks of pages that are not before it");
    }
  }
  return {};
}

Result<void> FrameCheck::check_commit(std::uint64_t position) {
  NPK_ASSIGN(format::Commit commit, reader::open_commit(frame_.body, position, package_.limits()));
  const auto history = check_history(commit, last_statement_, last_commit_.position);
  last_commit_ = {position, frame_.header.stored_length, frame_.hash};
  last_statement_ = std::move(commit.statement);
  return history;
}

// Of the shards it protects, only its own are compared with their hashes: the others are in frames that have theirs.
Result<void> FrameCheck::check_parity(std::uint64_t position) {
  NPK_ASSIGN(const format::ParityHead head, reader::open_parity(frame_.body, position));
  const format::ParityLayout& layout = head.layout;
  if (layout.superblock != format::encode_superblock(package_.info().superblock)) return fail_corrupt("a parity frame has another superblock than the package");
  const std::uint64_t before = std::uint64_t{head.row} * layout.groups() + head.group;
  if (frame_.header.sequence - before != layout.first_sequence || frame_.header.last_commit != layout.last_commit)
    return fail_corrupt("a parity frame says that its set lies elsewhere in the order of frames");
  return {};
}

// Well formed, and of the newest commit before it. Whose it is, and whether it holds, is for who expects a signer.
Result<void> FrameCheck::check_signature(std::uint64_t position) {
  NPK_ASSIGN(const reader::SignatureFrame signature, reader::open_signature(frame_.body, position, package_.limits()));
  const format::SignatureRecord& record = signature.record;
  NPK_TRY(reader::parse_signature_frame(signature));
  const std::uint64_t before = std::exchange(last_signature_, position);
  if (record.previous != before) return fail_corrupt("a signature names another one as the one before it");
  if (!is_whole_so_far_) return {};  // its commit may not have been met
  if (record.commit != last_commit_ || !last_statement_) return fail_corrupt("a signature is of another commit than the newest before it");
  if (record.generation != last_statement_->generation ||
      record.statement_hash != hash::blake3(format::encode_statement(*last_statement_)))
    return fail_corrupt("a signature names another statement than its commit has");
  return {};
}

Result<void> FrameCheck::check_trailer() {
  NPK_ASSIGN(const format::Trailer trailer, format::decode_trailer(frame_.body));
  if (trailer.package_length != frame_.end()) return fail_corrupt("a trailer gives another length than the package has to its end");
  if (trailer.commit != last_commit_) return fail_corrupt("a trailer does not name the newest commit before it");
  if (trailer.signature_position != last_signature_) return fail_corrupt("a trailer does not name the newest signature before it");
  return {};
}

Result<void> FrameCheck::note_missing_blocks() {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (met_[i]) continue;
    NPK_TRY(placed_note(DamageKind::block, {Errc::corrupt, "no frame lies where block " + std::to_string(blocks_[i].number) + " should"},
                        blocks_[i].position, chunks_.chunks_of_block(blocks_[i].number)));
  }
  return {};
}

}  // namespace npk::ops
