#include "ops/write/earlier_package.h"

#include <algorithm>
#include <utility>

#include "block/open.h"
#include "package/reader/frames/frame_walker.h"
#include "package/reader/locate.h"

namespace npk::ops {
namespace {

struct NamedBlock {
  Digest name;
  format::FrameReference place;
};

// Of the blocks that consist of their chunks and nothing else, as npk's writer makes them.
std::vector<NamedBlock> named_blocks(const format::ChunkPage& page) {
  struct Named {
    writer::BlockName name;
    std::uint64_t bytes = 0;
    bool whole = true;
  };
  std::vector<Named> names(page.blocks.size());
  for (const format::ChunkRow& chunk : page.chunks) {
    Named& named = names[chunk.block];
    named.whole = named.whole && chunk.offset == named.bytes;
    named.name.add(chunk);
    named.bytes += chunk.length;
  }
  std::vector<NamedBlock> blocks;
  std::vector<std::optional<Digest>> digests(names.size());  // of those that may be used
  for (std::size_t i = 0; i < names.size(); ++i) {
    const format::BlockRow& row = page.blocks[i];
    if (!names[i].whole || names[i].bytes != row.raw_length || row.base_distance > i) continue;
    const std::optional<Digest> base = row.base_distance == 0 ? Digest() : digests[i - static_cast<std::size_t>(row.base_distance)];
    if (!base) continue;
    digests[i] = row.base_distance == 0 ? names[i].name.finish() : writer::name_with_base(names[i].name.finish(), *base);
    blocks.push_back({*digests[i], {row.position, row.stored_length, row.hash}});
  }
  return blocks;
}

// As it was before it was padded and sealed. Nothing if it was stored as it is: whether that was for want of gain or for
// its kind, it does not say.
std::optional<Bytes> unpadded(Bytes body, std::uint64_t raw_length, const Limits& limits) {
  const auto opened = format::split_body(body, limits);
  if (!opened || opened->header.raw_length != raw_length || opened->header.chain.empty())
    return std::nullopt;
  const auto end = static_cast<std::size_t>(opened->payload.data() + opened->payload.size() - body.data());
  body.resize(end);
  store_le(body.data() + format::kPaddingLengthOffset, std::uint32_t{0});
  return body;
}

}  // namespace

EarlierPackage::EarlierPackage(const reader::PackageExtent& extent, const Limits& limits)
    : frames_(extent, limits, std::make_shared<reader::ReadCounters>()) {}

Result<std::unique_ptr<EarlierPackage>> EarlierPackage::read(const reader::PackageExtent& extent, std::uint64_t begin,
                                                             const Limits& limits) {
  std::unique_ptr<EarlierPackage> package(new EarlierPackage(extent, limits));
  NPK_TRY(package->scan(begin));
  return package;
}

Result<std::unique_ptr<EarlierPackage>> EarlierPackage::read(std::shared_ptr<const RandomAccessSource> source,
                                                             const std::shared_ptr<const std::vector<Identity>>& identities,
                                                             const Limits& limits) {
  const ReaderOptions options{.limits = limits, .identities = identities};
  auto begun = reader::locate_begun(std::move(source), options, std::make_shared<reader::ReadCounters>());
  if (begun) return read(begun->extent, format::kSuperblockBytes, limits);
  if (begun.error().code == Errc::io || begun.error().code == Errc::no_key) return pass_on(std::move(begun));
  return std::unique_ptr<EarlierPackage>();
}

// Bodies of blocks are not read here: find() reads those that are wanted.
Result<void> EarlierPackage::scan(std::uint64_t begin) {
  reader::FrameScanner scanner(frames_, begin);
  reader::Frame frame;
  while (scanner.position() < frames_.extent().length) {
    const std::uint64_t position = scanner.position();
    const auto header = scanner.next_header();
    if (!header) {
      if (header.error().code == Errc::io) return std::unexpected(header.error());
      NPK_ASSIGN(const bool more, scanner.resync());
      if (!more) return {};
    } else if (!*header) {
      return {};
    } else if ((*header)->type != format::FrameType::chunk_page) {
      static_cast<void>(frames_.pass(position, **header));
    } else if (frames_.read_frame(position, frame)) {
      take_page(frame.body);
    }
  }
  return {};
}

void EarlierPackage::take_page(ByteView body) {
  const auto raw = block::open_page(body, frames_.limits());
  if (!raw) return;
  const auto page = format::decode_chunk_page(*raw, frames_.limits());
  if (!page) return;  // a node
  for (const NamedBlock& block : named_blocks(*page)) blocks_.insert_or_assign(block.name, block.place);
}

std::optional<Bytes> EarlierPackage::find(const Digest& name, std::uint64_t raw_length) const {
  const auto found = blocks_.find(name);
  if (found == blocks_.end()) return std::nullopt;
  Bytes body;
  const auto plain = frames_.read_body(format::FrameType::block, found->second, frames_.extent().length, body);
  if (!plain) return std::nullopt;
  if (plain->data() != body.data() || plain->size() != body.size()) body = Bytes(plain->begin(), plain->end());
  return unpadded(std::move(body), raw_length, frames_.limits());
}

}  // namespace npk::ops
