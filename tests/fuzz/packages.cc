#include "fuzz/packages.h"

#include <vector>

#include "fuzz/fuzz_input.h"
#include "hash/content_root.h"
#include "hash/hash.h"
#include "npk/files.h"
#include "npk/format/crc32c.h"
#include "npk/format/frame.h"
#include "npk/format/path.h"
#include "package/reader/impl.h"

namespace npk::fuzz {
namespace {

constexpr std::size_t kMostFrames = 256;
constexpr std::size_t kTypeOffset = 4, kLengthOffset = 32, kCheckOffset = 48, kHeaderChecksumOffset = 60;

struct FrameSpan {
  std::size_t position = 0;
  std::size_t body_bytes = 0;

  [[nodiscard]] std::size_t body() const noexcept { return position + format::kFrameHeaderBytes; }
};

std::vector<FrameSpan> frames_of(ByteView package) {
  std::vector<FrameSpan> frames;
  std::size_t at = format::kSuperblockBytes;
  while (frames.size() < kMostFrames && package.size() >= at + format::kFrameHeaderBytes) {
    if (!std::ranges::equal(package.subspan(at, format::kFrameMagic.size()), format::kFrameMagic)) break;
    const auto length = load_le<std::uint64_t>(package.data() + at + kLengthOffset);
    const std::size_t room = package.size() - at - format::kFrameHeaderBytes;
    frames.push_back({at, static_cast<std::size_t>(std::min<std::uint64_t>(length, room))});
    at = frames.back().body() + frames.back().body_bytes;
  }
  return frames;
}

// The storage root of a commit's body, from the two roots in its placement (spec sections 7 and 10).
void fix_storage_root(MutableBytes body) {
  constexpr std::size_t kStatement = format::kInnerHeaderFixedBytes + 4, kRootInStatement = 112, kFixedStatement = 144;
  constexpr std::size_t kCatalogHash = 32 + 16, kChunkHash = 80 + 16, kHashBytes = sizeof(Digest);
  if (body.size() < kStatement + kFixedStatement) return;
  const std::size_t length = load_le<std::uint32_t>(body.data() + kStatement - 4);
  const std::size_t placement = kStatement + length + 4;
  if (length < kFixedStatement || body.size() < placement + kChunkHash + kHashBytes) return;
  Digest catalog, chunks;
  std::copy_n(body.begin() + static_cast<std::ptrdiff_t>(placement + kCatalogHash), kHashBytes, catalog.begin());
  std::copy_n(body.begin() + static_cast<std::ptrdiff_t>(placement + kChunkHash), kHashBytes, chunks.begin());
  std::ranges::copy(hash::storage_root(catalog, chunks), body.begin() + kStatement + kRootInStatement);
}

// `old` begins the hash that references to a body now hold.
void replace_hash(MutableBytes body, ByteView old, const Digest& hash) {
  for (auto at = body.begin();; ++at) {
    at = std::search(at, body.end(), old.begin(), old.end());
    if (static_cast<std::size_t>(body.end() - at) < hash.size()) return;
    std::ranges::copy(hash, at);
  }
}

void fix_frame(Bytes& package, const std::vector<FrameSpan>& frames, std::size_t index) {
  const FrameSpan& frame = frames[index];
  const MutableBytes header = MutableBytes(package).subspan(frame.position, format::kFrameHeaderBytes);
  const MutableBytes body = MutableBytes(package).subspan(frame.body(), frame.body_bytes);
  if (static_cast<format::FrameType>(header[kTypeOffset]) == format::FrameType::commit) fix_storage_root(body);
  const Digest hash = hash::blake3(body);
  const ByteView check = ByteView(hash).first(8);
  const Bytes old(header.begin() + kCheckOffset, header.begin() + kCheckOffset + 8);
  std::ranges::copy(check, header.begin() + kCheckOffset);
  store_le(header.data() + kHeaderChecksumOffset, format::crc32c(ByteView(header).first(kHeaderChecksumOffset)));
  if (std::ranges::equal(old, check) || std::ranges::count(old, 0) > 4) return;
  for (std::size_t later = index + 1; later < frames.size(); ++later)
    replace_hash(MutableBytes(package).subspan(frames[later].body(), frames[later].body_bytes), old, hash);
}

constexpr std::uint64_t kMostEntries = 300;
constexpr std::size_t kReadBytes = 3000;

void read_ends(const PackageReader& reader, const Entry& entry) {
  static_cast<void>(reader.digest(entry));
  auto stream = reader.open_stream(entry);
  require(stream.has_value() == (entry.row().kind == EntryKind::regular), "streams of regular files only");
  if (!stream) return;
  const std::uint64_t size = entry.row().size;
  require(stream->size() == size, "a stream of the entry's size");
  Bytes head(kReadBytes), tail(kReadBytes);
  const auto read = stream->read(head);
  require(!read || *read == std::min<std::uint64_t>(size, kReadBytes), "as many bytes as there are");
  const std::uint64_t offset = size < kReadBytes ? 0 : size - kReadBytes;
  const auto end = stream->read_at(offset, tail);
  require(!end || *end == std::min<std::uint64_t>(size, kReadBytes), "as many bytes as there are at the end");
  if (read && end && offset == 0)
    require(std::ranges::equal(ByteView(head).first(*read), ByteView(tail).first(*end)), "the same bytes twice");
  require(stream->seek(size).has_value() && stream->position() == size, "a seek to the end");
}

void look_up(const PackageReader& reader, const Entry& entry) {
  const auto found = reader.find(entry.path());
  require(!found || (*found && (*found)->number() == entry.number() && (*found)->path() == entry.path()),
          "an entry found by its path");
  const auto by_number = reader.entry(entry.number());
  require(!by_number || by_number->path() == entry.path(), "an entry found by its number");
  static_cast<void>(reader.lower_bound(std::string(entry.path()) + "/"));
}

std::vector<Entry> list(const PackageReader& reader) {
  std::vector<Entry> entries;
  const auto listed = reader.for_each([&](const Entry& entry) {
    require(entries.empty() || format::path_less(entries.back().path(), entry.path()), "entries in path order");
    require(entry.number() == entries.size(), "entries numbered in order");
    entries.push_back(entry);
    return entries.size() < kMostEntries;
  });
  require(!listed || entries.size() == std::min(kMostEntries, reader.entry_count()), "as many entries as there are");
  return entries;
}

}  // namespace

void reseal(Bytes& package) {
  if (package.size() < format::kSuperblockBytes) return;
  store_le(package.data() + format::kSuperblockBytes - 4,
           format::crc32c(ByteView(package).first(format::kSuperblockBytes - 4)));
  const std::vector<FrameSpan> frames = frames_of(package);
  for (std::size_t index = 0; index < frames.size(); ++index) fix_frame(package, frames, index);
}

void use_package(ByteView package, bool accept_recovered) {
  ReaderOptions options;
  options.limits = limits();
  options.block_cache_bytes = 1U << 18;
  options.page_cache_bytes = 1U << 16;
  options.accept_recovered = accept_recovered;
  const auto reader = PackageReader::open(memory_source(package), options);
  if (!reader) return;
  require(reader->info().package_length <= package.size() && !(reader->info().recovered && !accept_recovered),
          "a package in its source");
  const std::vector<Entry> entries = list(*reader);
  for (const Entry& entry : entries) {
    look_up(*reader, entry);
    read_ends(*reader, entry);
  }
  static_cast<void>(reader->find("no/such/entry"));
  require(!reader->entry(reader->entry_count()), "no entry behind the last");
  static_cast<void>(reader->impl().chunks().for_each_page([](const format::ChunkPage&) { return Result<void>(); }));
}

}  // namespace npk::fuzz
