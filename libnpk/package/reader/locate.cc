#include "package/reader/locate.h"

#include <algorithm>
#include <string>

#include "block/open.h"
#include "hash/content_root.h"
#include "hash/hash.h"
#include "package/reader/frames/frame_walker.h"
#include "package/reader/frames/key_search.h"
#include "package/reader/growing_end.h"
#include "package/reader/history.h"
#include "package/reader/recover.h"
#include "package/reader/signatures.h"

namespace npk::reader {
namespace {

// A trailer frame that is whole and ends a package that may be; what else it says is not judged yet.
struct TrailerFrame {
  format::FrameHeader header;
  Bytes body;
};

// `tail` is the end of the source, as far as a trailer can reach.
Result<TrailerFrame> find_trailer(ByteView tail, std::uint64_t source_bytes, const Limits& limits) {
  NPK_ASSIGN(const std::uint32_t frame_bytes, format::locate_trailer(tail));
  if (frame_bytes > tail.size()) return fail(Errc::truncated, "the trailer is cut short");
  const ByteView frame = tail.last(frame_bytes);
  const ByteView body = frame.subspan(format::kFrameHeaderBytes);
  format::PackageTag tag;  // as the header says
  std::copy_n(frame.begin() + 8, tag.size(), tag.begin());
  NPK_ASSIGN(const format::FrameHeader header, decode_header(frame, tag, false, limits));
  if (header.type != format::FrameType::trailer || header.stored_length != body.size())
    return fail_corrupt("the package does not end with a trailer");
  NPK_TRY(block::check_body(body, header.body_check));
  const auto package_bytes = load_le<std::uint64_t>(body.data());
  if (package_bytes > source_bytes)
    return fail(Errc::truncated, "the trailer says the package has " + std::to_string(package_bytes) +
                                     " bytes, but only " + std::to_string(source_bytes) + " are there");
  return TrailerFrame{header, Bytes(body.begin(), body.end())};
}

Result<TrailerFrame> read_trailer(const RandomAccessSource& source, std::uint64_t source_bytes, const Limits& limits) {
  Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(source_bytes, format::kMaxTrailerFrameBytes)));
  NPK_ASSIGN(const std::size_t count, source.read_at(source_bytes - tail.size(), tail));
  if (count < tail.size()) return fail(Errc::truncated, "the source is shorter than it said");
  return find_trailer(tail, source_bytes, limits);
}

// The trailer that counts, and where it ends.
struct PackageEnd {
  std::uint64_t bytes = 0;
  Result<TrailerFrame> trailer;
  bool is_growing = false;  // a writer adds behind it
};

// Where a writer is at work, what lies behind the last whole trailer is not looked at. It may begin or end between any two
// steps here: so what was seen without one must be seen twice.
Result<PackageEnd> find_end(const std::shared_ptr<const RandomAccessSource>& source, const Limits& limits) {
  constexpr unsigned kTries = 16;
  std::optional<std::uint64_t> seen;
  for (unsigned tries = 0;; ++tries) {
    NPK_ASSIGN(const std::uint64_t bytes, source->size());
    auto trailer = read_trailer(*source, bytes, limits);
    const bool is_final = trailer || trailer.error().code == Errc::io || tries == kTries;
    if (is_final || seen == bytes) return PackageEnd{bytes, std::move(trailer), false};
    seen.reset();
    if (!source->is_being_added_to()) {
      seen = bytes;
      continue;
    }
    const auto end = growing_end(source, bytes, limits);
    if (!end || !*end) {
      if (tries + 1 == kTries) return PackageEnd{bytes, std::move(trailer), false};
      continue;
    }
    auto before = read_trailer(*source, **end, limits);
    if (before) return PackageEnd{**end, std::move(before), true};
  }
}

Result<format::Superblock> read_superblock(const RandomAccessSource& source, std::uint64_t offset) {
  std::array<std::uint8_t, format::kSuperblockBytes> bytes;
  NPK_ASSIGN(const std::size_t count, source.read_at(offset, bytes));
  NPK_ASSIGN(const format::Superblock superblock, format::decode_superblock(ByteView(bytes).first(count)));
  return superblock;
}

Result<void> check_against_trailer(const format::Commit& commit, const format::Trailer& trailer) {
  if (commit.statement.generation != trailer.generation || commit.placement.features != trailer.features)
    return fail_corrupt("the trailer describes another commit than the one it names");
  return {};
}

// None: another frame lies there. Errc::limit, before it is read, for one that no age file is as large as.
Result<std::optional<Frame>> read_envelope(const FrameReader& frames, std::uint64_t position) {
  NPK_ASSIGN(const format::FrameHeader header, frames.read_header(position));
  if (header.type != format::FrameType::envelope) return std::nullopt;
  NPK_TRY(frames.placed(check_envelope_size(header.stored_length), position));
  Frame frame;
  NPK_TRY(frames.read_frame(position, frame));
  return frame;
}

// The envelopes that the trailer names.
Result<void> open_seal(PackageExtent& extent, const format::Superblock& superblock, const format::Trailer& trailer,
                       const ReaderOptions& options, const std::shared_ptr<ReadCounters>& counters) {
  NPK_TRY(check_sealing_expected(superblock, options.identities));
  if (!superblock.sealed) return {};
  KeySearch keys(superblock, options.identities);
  const FrameReader frames(extent, options.limits, counters);
  for (const std::uint64_t position : trailer.envelope_positions) {
    if (!keys.goes_on()) break;
    NPK_ASSIGN(const std::optional<Frame> envelope, read_envelope(frames, position));
    if (!envelope) return fail_corrupt("the trailer names an envelope that is none");
    NPK_TRY(keys.offer(envelope->body));
  }
  NPK_ASSIGN(extent.opener, keys.opener());
  return {};
}

// Without a trailer: those right behind the superblock, where a writer puts the first ones.
Result<void> open_seal_at_start(PackageExtent& extent, const format::Superblock& superblock,
                                const ReaderOptions& options, const std::shared_ptr<ReadCounters>& counters) {
  NPK_TRY(check_sealing_expected(superblock, options.identities));
  if (!superblock.sealed) return {};
  KeySearch keys(superblock, options.identities);
  const FrameReader frames(extent, options.limits, counters);
  for (std::uint64_t position = format::kSuperblockBytes; keys.goes_on();) {
    const auto envelope = read_envelope(frames, position);
    if (!envelope && envelope.error().code == Errc::limit) return std::unexpected(envelope.error());
    if (!envelope || !*envelope) break;
    NPK_TRY(keys.offer((*envelope)->body));
    position = (*envelope)->end();
  }
  NPK_ASSIGN(extent.opener, keys.opener());
  return {};
}

Result<LocatedPackage> open_whole(std::shared_ptr<const RandomAccessSource> source, std::uint64_t source_bytes,
                                  const TrailerFrame& found, const ReaderOptions& options,
                                  const std::shared_ptr<ReadCounters>& counters) {
  const Limits& limits = options.limits;
  LocatedPackage package;
  package.trailer_header = found.header;
  NPK_ASSIGN(package.info.trailer, format::decode_trailer(found.body));
  const format::Trailer& trailer = package.info.trailer;
  const std::uint64_t trailer_position = trailer.package_length - format::kFrameHeaderBytes - found.body.size();
  package.info.package_length = trailer.package_length;
  package.info.package_offset = source_bytes - trailer.package_length;
  NPK_ASSIGN(package.info.superblock, read_superblock(*source, package.info.package_offset));
  package.extent = {std::move(source), package.info.package_offset, package.info.package_length,
                    format::package_tag(package.info.superblock.package_id)};
  if (package.extent.tag != found.header.tag) return fail_corrupt("the trailer is another package's");
  NPK_TRY(open_seal(package.extent, package.info.superblock, trailer, options, counters));
  package.extent.newest_commit = trailer.commit.position;
  const FrameReader frames(package.extent, limits, counters);
  Bytes buffer;
  NPK_ASSIGN(const ByteView body,
             frames.read_body(format::FrameType::commit, trailer.commit, trailer_position, buffer));
  package.commit_position = trailer.commit.position;
  const auto decode = [&]() -> Result<void> {
    NPK_ASSIGN(package.info.commit, open_commit(body, package.commit_position, limits));
    return check_against_trailer(package.info.commit, trailer);
  };
  NPK_TRY(frames.placed(decode(), package.commit_position));
  package.info.commit_place = trailer.commit;
  package.info.statement_hash = hash::blake3(format::encode_statement(package.info.commit.statement));
  if (options.generation != 0) NPK_TRY(select_generation(frames, options.generation, package.info));
  else if (options.not_after) NPK_TRY(select_not_after(frames, *options.not_after, package.info));
  package.commit_position = package.info.commit_place.position;
  NPK_TRY(check_expected(frames, package.info, options.expected));
  return package;
}

}  // namespace

Result<format::Commit> open_commit(ByteView body, std::uint64_t position, const Limits& limits) {
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(body, limits));
  if (!opened.header.chain.empty() || opened.header.base_position != 0) return fail_corrupt("a commit is not stored as it is");
  NPK_ASSIGN(format::Commit commit, format::decode_commit(opened.payload, position, limits));
  const format::Placement& placement = commit.placement;
  if (commit.statement.storage_root != hash::storage_root(placement))
    return fail_corrupt("a commit's storage root is not that of its pages and metadata");
  const format::Totals& totals = placement.totals;
  if (totals.chunks == 0 && (totals.blocks | totals.unique_bytes | totals.stored_bytes) != 0)
    return fail_corrupt("a commit counts blocks but has no chunks");
  return commit;
}

Result<std::optional<std::uint64_t>> last_whole_end(const std::shared_ptr<const RandomAccessSource>& source, const Limits& limits) {
  NPK_ASSIGN(const std::uint64_t bytes, source->size());
  if (const auto trailer = read_trailer(*source, bytes, limits)) return bytes;
  NPK_ASSIGN(const format::Superblock superblock, read_superblock(*source, 0));
  const PackageExtent extent{source, 0, bytes, format::package_tag(superblock.package_id)};
  const FrameReader frames(extent, limits, std::make_shared<ReadCounters>());
  for (std::uint64_t before = bytes;;) {
    NPK_ASSIGN(const auto position, find_trailer_before(frames, before));
    if (!position) return std::nullopt;
    Frame frame;
    if (frames.read_frame(*position, frame)) {
      const auto trailer = format::decode_trailer(frame.body);
      if (trailer && trailer->package_length == frame.end()) return frame.end();
    }
    before = *position;
  }
}

Result<EnvelopePlaces> locate_envelopes(std::shared_ptr<const RandomAccessSource> source, const Limits& limits) {
  NPK_ASSIGN(const std::uint64_t source_bytes, source->size());
  const auto locate = [&]() -> Result<EnvelopePlaces> {
    NPK_ASSIGN(const TrailerFrame found, read_trailer(*source, source_bytes, limits));
    NPK_ASSIGN(format::Trailer trailer, format::decode_trailer(found.body));
    const std::uint64_t offset = source_bytes - trailer.package_length;
    NPK_ASSIGN(const format::Superblock superblock, read_superblock(*source, offset));
    PackageExtent extent{source, offset, trailer.package_length, format::package_tag(superblock.package_id)};
    return EnvelopePlaces{std::move(extent), superblock, found.header, std::move(trailer)};
  };
  auto places = locate();
  if (!places) return std::unexpected(std::move(places).error().in(source->name()));
  return places;
}

Result<BegunPackage> locate_begun(std::shared_ptr<const RandomAccessSource> source, const ReaderOptions& options,
                                  const std::shared_ptr<ReadCounters>& counters) {
  BegunPackage package;
  NPK_ASSIGN(const std::uint64_t source_bytes, source->size());
  NPK_ASSIGN(package.superblock, read_superblock(*source, 0));
  package.extent = {std::move(source), 0, source_bytes, format::package_tag(package.superblock.package_id)};
  NPK_TRY(open_seal_at_start(package.extent, package.superblock, options, counters));
  return package;
}

Result<LocatedPackage> locate_package(std::shared_ptr<const RandomAccessSource> source, const ReaderOptions& options,
                                      const std::shared_ptr<ReadCounters>& counters) {
  const auto named = [&](Result<LocatedPackage>&& result) -> Result<LocatedPackage> {
    if (result) return std::move(result);
    return std::unexpected(std::move(result).error().in(source->name()));
  };
  auto end = find_end(source, options.limits);
  if (!end) return named(pass_on(std::move(end)));
  const std::uint64_t source_bytes = end->bytes;
  const Result<TrailerFrame>& trailer = end->trailer;
  if (trailer) {
    auto package = open_whole(source, source_bytes, *trailer, options, counters);
    if (package) package->info.is_being_added_to = end->is_growing;
    return named(std::move(package));
  }
  if (trailer.error().code == Errc::io) return named(std::unexpected(trailer.error()));
  const Result<format::Superblock> superblock = read_superblock(*source, 0);
  if (!superblock) return named(std::unexpected(superblock.error()));
  if (!options.accept_recovered) return named(std::unexpected(trailer.error()));
  LocatedPackage package;
  package.extent = {source, 0, source_bytes, format::package_tag(superblock->package_id)};
  if (auto opened = open_seal_at_start(package.extent, *superblock, options, counters); !opened)
    return named(pass_on(std::move(opened)));
  package.info.superblock = *superblock;
  package.info.recovered = true;
  package.info.warnings.push_back(Error(trailer.error()).in(source->name()));
  const FrameReader frames(package.extent, options.limits, counters);
  if (auto wanted = check_expected(frames, package.info, options.expected); !wanted) return named(pass_on(std::move(wanted)));
  return named(recover_package(std::move(package), options.limits, counters));
}

}  // namespace npk::reader
