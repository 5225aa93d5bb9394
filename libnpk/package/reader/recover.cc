#include "package/reader/recover.h"

#include <algorithm>
#include <string>

#include "block/open.h"
#include "hash/hash.h"
#include "package/reader/frames/frame_walker.h"

namespace npk::reader {
namespace {

using format::CatalogPage;

// All manifests are held: what they take may be this, or so much for each byte of the package where that is more.
// (An entry takes 130 bytes and its path; hostile manifests take a million times their own size.)
constexpr std::uint64_t kFreeManifestMemory = 256ULL << 20;
constexpr std::uint64_t kManifestMemoryPerByte = 64;

// The newest commit that fits, by the last good header, if all that was written since the one before it is there: what was
// not synced may have reached the disk in any order, the commit before the blocks it names.
class CommitSearch {
 public:
  CommitSearch(LocatedPackage& package, const FrameReader& frames) : package_(package), frames_(frames) {}

  Result<bool> run() {
    NPK_ASSIGN(const bool found, find_last());
    if (!found) return false;
    const std::uint64_t before = package_.info.commit.placement.previous_commit;
    NPK_ASSIGN(const bool whole, is_whole_since(before));
    if (whole) return true;
    NPK_ASSIGN(const bool older, try_commit(before));
    return older || find_last();
  }

 private:
  Result<bool> find_last() {
    NPK_ASSIGN(const auto position, find_last_frame(frames_));
    if (!position) return false;
    NPK_ASSIGN(const format::FrameHeader header, header_of(*position));
    package_.info.package_length = *position;
    const std::uint64_t room = frames_.extent().length - *position - format::kFrameHeaderBytes;
    if (header.stored_length <= room) package_.info.package_length += format::kFrameHeaderBytes + header.stored_length;
    if (header.type == format::FrameType::commit) {
      NPK_ASSIGN(const bool found, try_commit(*position));
      if (found) return true;
    }
    if (header.last_commit < format::kSuperblockBytes || header.last_commit >= *position) return false;
    return try_commit(header.last_commit);
  }

  // `before`: where the commit before lies, whose trailer was written when all up to it was on the disk; 0: there is none.
  Result<bool> is_whole_since(std::uint64_t before) const {
    if (before == 0) return true;
    FrameScanner scanner(frames_, before);
    Frame frame;
    while (scanner.position() < package_.commit_position) {
      const Result<bool> more = scanner.next(frame);
      if (!more && more.error().code == Errc::io) return pass_on(Result<bool>(more));
      if (!more || !*more) return false;
    }
    return scanner.position() == package_.commit_position;
  }

  Result<format::FrameHeader> header_of(std::uint64_t position) const {
    std::array<std::uint8_t, format::kFrameHeaderBytes> bytes;
    const PackageExtent& extent = frames_.extent();
    NPK_ASSIGN(const std::size_t count, extent.source->read_at(extent.offset + position, bytes));
    return decode_header(ByteView(bytes).first(count), extent.tag, extent.opener != nullptr, frames_.limits());
  }

  // A commit that is damaged does not fit; one that asks for what this build can't do, or a source that fails, is an
  // error.
  Result<bool> try_commit(std::uint64_t position) {
    Frame frame;
    Result<format::Commit> commit = read(position, frame);
    if (commit) {
      package_.info.commit = *std::move(commit);
      package_.info.statement_hash = hash::blake3(format::encode_statement(package_.info.commit.statement));
      package_.commit_position = position;
      package_.info.commit_place = {position, frame.header.stored_length, frame.hash};
      return true;
    }
    const Errc code = commit.error().code;
    if (code == Errc::io || code == Errc::unsupported || code == Errc::limit) return pass_on(std::move(commit));
    return false;
  }

  Result<format::Commit> read(std::uint64_t position, Frame& frame) const {
    NPK_TRY(frames_.read_frame(position, frame));
    if (frame.header.type != format::FrameType::commit) return fail_corrupt("no commit lies where a frame says");
    return open_commit(frame.body, position, frames_.limits());
  }

  LocatedPackage& package_;
  const FrameReader& frames_;
};

// Walks the frames before the damage and keeps what describes entries and chunks.
class ManifestSearch {
 public:
  ManifestSearch(LocatedPackage& package, const FrameReader& frames) : package_(package), frames_(frames) {}

  // The error is what ended the walk.
  Result<void> run() {
    FrameScanner scanner(frames_);
    for (;;) {
      const std::uint64_t position = scanner.position();
      package_.info.package_length = position;
      NPK_ASSIGN(const auto header, scanner.next_header());
      if (!header) return {};
      NPK_TRY(frames_.placed(take(position, *header), position));
    }
  }

 private:
  Result<void> take(std::uint64_t position, const format::FrameHeader& header) {
    if (header.type == format::FrameType::chunk_page) return take_chunk_page(position);
    if (header.type == format::FrameType::manifest) return take_manifest(position);
    return frames_.pass(position, header);
  }

  Result<void> take_chunk_page(std::uint64_t position) {
    NPK_TRY(frames_.read_frame(position, frame_));
    NPK_ASSIGN(const Bytes raw, block::open_page(frame_.body, frames_.limits()));
    if (!raw.empty() && raw[0] == static_cast<std::uint8_t>(format::PageKind::chunk_node)) return {};
    NPK_ASSIGN(const format::ChunkPage page, format::decode_chunk_page(raw, frames_.limits()));
    ChunkCounts& counts = package_.chunk_totals;
    if (page.first_chunk < counts.chunks && page.first_chunk + page.chunks.size() == counts.chunks &&
        page.first_block + page.blocks.size() == counts.blocks)
      return {};  // of several small pages one has been made: its chunks are known
    if (page.chunks.empty() || ChunkCounts{page.first_chunk, page.first_block, page.first_byte} != counts)
      return fail_corrupt("a chunk page does not follow on the one before it");
    package_.chunk_pages.push_back({{position, frame_.header.stored_length, frame_.hash}, counts});
    counts.chunks += page.chunks.size();
    counts.blocks += page.blocks.size();
    for (const format::ChunkRow& chunk : page.chunks) counts.bytes += chunk.length;
    return {};
  }

  Result<void> take_manifest(std::uint64_t position) {
    NPK_TRY(frames_.read_frame(position, frame_));
    NPK_ASSIGN(Bytes raw, block::open_page(frame_.body, frames_.limits()));
    NPK_ASSIGN(CatalogPage page, CatalogPage::decode(std::move(raw), format::PageKind::manifest, frames_.limits()));
    NPK_TRY(check_runs(page));
    entries_ += page.row_count();
    if (entries_ > frames_.limits().max_entries)
      return fail(Errc::limit, "the manifests name more entries than the limit");
    memory_bytes_ += page.memory_bytes();
    if (memory_bytes_ > std::max(kFreeManifestMemory, kManifestMemoryPerByte * frames_.extent().length))
      return fail(Errc::limit, "the manifests take more memory than a package of this size may ask for");
    package_.manifests.push_back(std::make_shared<const CatalogPage>(std::move(page)));
    return {};
  }

  Result<void> check_runs(const CatalogPage& page) const {
    for (std::size_t row = 0; row < page.row_count(); ++row) {
      for (const format::Run& run : page.row(row).runs) {
        if (run.chunk_count != 0 && run.first_chunk + run.chunk_count > package_.chunk_totals.chunks)
          return fail_corrupt("a manifest names chunks of pages that are not before it");
      }
    }
    return {};
  }

  LocatedPackage& package_;
  const FrameReader& frames_;
  Frame frame_;
  std::uint64_t entries_ = 0;
  std::uint64_t memory_bytes_ = 0;
};

Error warning(Errc code, std::string message, const FrameReader& frames) {
  return {.code = code, .message = std::move(message), .path = frames.extent().source->name()};
}

}  // namespace

Result<LocatedPackage> recover_package(LocatedPackage package, const Limits& limits,
                                       const std::shared_ptr<ReadCounters>& counters) {
  const FrameReader frames(package.extent, limits, counters);
  NPK_ASSIGN(const bool committed, CommitSearch(package, frames).run());
  if (committed) {
    package.extent.newest_commit = package.commit_position;
    const std::string generation = std::to_string(package.info.commit.statement.generation);
    package.info.warnings.push_back(
        warning(Errc::truncated, "the last commit that can be read answers: generation " + generation, frames));
    return package;
  }
  Result<void> walked = ManifestSearch(package, frames).run();
  if (!walked && walked.error().code == Errc::io) return pass_on(std::move(walked));
  if (package.manifests.empty())
    return fail(Errc::truncated, "cut short or damaged before its first entries were listed: nothing can be recovered");
  package.info.commit.statement.generation = 0;  // of which they are is not told
  if (!walked) package.info.warnings.push_back(std::move(walked).error());
  package.info.warnings.push_back(
      warning(Errc::truncated, "no commit can be read: the entries are those written before the damage", frames));
  return package;
}

}  // namespace npk::reader
