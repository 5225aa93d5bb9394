#include <algorithm>
#include <optional>

#include "block/open.h"
#include "npk/format/commit.h"
#include "npk/format/page.h"
#include "ops/read/manifest_restorer.h"
#include "package/reader/frame_walker.h"
#include "package/reader/tally.h"

namespace npk::ops {
namespace {

using format::FrameType;

constexpr std::uint64_t kBlocksInMemory = 96ULL << 20;  // stored: 64 MiB of input, and a block
constexpr std::uint64_t kLeastBlocksInMemory = 8ULL << 20;

std::uint64_t blocks_in_memory(std::uint64_t memory_bytes) noexcept {
  return memory_bytes == 0 ? kBlocksInMemory : std::clamp(memory_bytes / 2, kLeastBlocksInMemory, kBlocksInMemory);
}

bool belongs_to_generation(FrameType type) noexcept {
  return type == FrameType::block || type == FrameType::dictionary || type == FrameType::manifest ||
         type == FrameType::chunk_page || type == FrameType::commit;
}

class StreamExtraction {
 public:
  StreamExtraction(SequentialSource& source, const ExtractOptions& options)
      : name_(source.name()),
        session_(options),
        walker_(source, options.limits),
        blocks_(options.spool_directory, options.spool_bytes, blocks_in_memory(options.memory_bytes)),
        manifests_(session_, chunks_, blocks_) {}

  // What is wrong with the package is said when everything that could be extracted has been.
  Result<ExtractReport> run() {
    session_.reporter().expect_unknown();
    NPK_TRY(walker_.read_superblock());
    NPK_TRY(session_.open_target());
    NPK_TRY(walk());
    NPK_TRY(session_.finish());
    if (wrong_) return std::unexpected(*std::move(wrong_));
    return session_.reporter().finish(true);
  }

 private:
  // Errors: those that stop everything.
  Result<void> walk() {
    reader::Frame frame;
    while (!wrong_) {
      if (session_.options().stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      const Result<bool> found = walker_.next(frame);
      if (!found)
        wrong_ = found.error();
      else if (!*found)
        break;
      else
        NPK_TRY(take(frame));
    }
    return {};
  }

  Result<void> take(reader::Frame& frame) {
    if (commit_ && belongs_to_generation(frame.header.type))
      return judge(frame, fail(Errc::unsupported, "a package of several generations can't be extracted from a pipe"));
    switch (frame.header.type) {
      case FrameType::block:
      case FrameType::dictionary:
        blocks_.add(frame);
        return {};
      case FrameType::chunk_page:
        return judge(frame, take_chunk_page(frame));
      case FrameType::manifest:
        return take_manifest(frame);
      case FrameType::commit:
        return judge(frame, take_commit(frame));
      case FrameType::trailer:
        return judge(frame, take_trailer(frame));
      default:
        return {};
    }
  }

  // A fault of the package ends the walk, no more.
  Result<void> judge(const reader::Frame& frame, Result<void> taken) {
    if (!taken) wrong_ = std::move(taken).error().at(frame.position).in(name_);
    return {};
  }

  Result<void> take_chunk_page(const reader::Frame& frame) {
    NPK_ASSIGN(const Bytes raw, block::open_page(frame.body, session_.options().limits));
    if (raw.empty() || raw[0] != static_cast<std::uint8_t>(format::PageKind::chunk_leaf)) return {};
    NPK_ASSIGN(const format::ChunkPage page, format::decode_chunk_page(raw, session_.options().limits));
    NPK_TRY(chunks_.add(page));
    for (std::size_t i = 0; i < page.blocks.size(); ++i) {
      if (blocks_.came_by(page.blocks[i])) chunks_.set_came_by(page.first_block + i);
    }
    return {};
  }

  Result<void> take_manifest(const reader::Frame& frame) {
    auto raw = block::open_page(frame.body, session_.options().limits);
    if (!raw) return judge(frame, pass_on(std::move(raw)));
    auto page = format::CatalogPage::decode(*std::move(raw), format::PageKind::manifest, session_.options().limits);
    if (!page) return judge(frame, pass_on(std::move(page)));
    for (std::size_t i = 0; i < page->row_count(); ++i) tally_.add(page->row(i));
    return manifests_.restore(*page, walker_.position());
  }

  Result<void> take_commit(const reader::Frame& frame) {
    NPK_ASSIGN(const Bytes raw, block::open_page(frame.body, session_.options().limits));
    NPK_ASSIGN(const format::Commit commit, format::decode_commit(raw, frame.position, session_.options().limits));
    NPK_TRY(format::check_features(commit.placement.features));
    commit_ = format::FrameReference{frame.position, frame.body.size(), frame.hash};
    const format::Totals& totals = commit.placement.totals;
    NPK_TRY(tally_.check(totals));
    if (totals.chunks == chunks_.chunk_count() && totals.blocks == chunks_.block_count() &&
        totals.unique_bytes == chunks_.unique_bytes() && totals.stored_bytes == chunks_.stored_bytes())
      return {};
    return fail(Errc::corrupt, "the commit's totals are not what came before it");
  }

  Result<void> take_trailer(const reader::Frame& frame) {
    NPK_ASSIGN(const format::Trailer trailer, format::decode_trailer(frame.body));
    if (!commit_) return fail(Errc::corrupt, "a trailer comes before any commit");
    if (trailer.commit != *commit_) return fail(Errc::corrupt, "the trailer names another commit");
    if (trailer.package_length != frame.end())
      return fail(Errc::corrupt, "the trailer names another length of the package");
    return {};
  }

  const std::string name_;
  ExtractSession session_;
  reader::FrameWalker walker_;
  StreamChunks chunks_;
  StreamBlocks blocks_;
  ManifestRestorer manifests_;
  reader::Tally tally_;
  std::optional<format::FrameReference> commit_;
  std::optional<Error> wrong_;
};

}  // namespace

Result<ExtractReport> extract_stream(SequentialSource& source, const ExtractOptions& options) {
  return StreamExtraction(source, options).run();
}

}  // namespace npk::ops
