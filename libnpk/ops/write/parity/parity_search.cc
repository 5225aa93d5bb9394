#include "ops/write/parity/parity_search.h"

#include <algorithm>
#include <map>
#include <optional>

#include "npk/format/commit.h"
#include "ops/write/parity/stored_frames.h"

namespace npk::ops {
namespace {

using format::PackageTag;

// Heads that turn out to be none may be so large in all; hostile files have many.
constexpr std::uint64_t kFreeSearchWaste = 64ULL << 20;
constexpr std::uint64_t kSearchWastePerByte = 4;

PackageTag tag_at(const std::uint8_t* header) {
  PackageTag tag;
  std::copy_n(header + 8, tag.size(), tag.begin());
  return tag;
}

// What the superblock at the start says, or else the trailer at the end.
std::optional<PackageTag> known_tag(const RandomAccessSource& source, std::uint64_t bytes, const Limits& limits) {
  Bytes buffer(format::kSuperblockBytes);
  const auto first = source.read_at(0, buffer);
  if (first && *first == buffer.size()) {
    if (const auto superblock = format::decode_superblock(buffer)) return format::package_tag(superblock->package_id);
  }
  buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, format::kMaxTrailerFrameBytes)));
  const auto last = source.read_at(bytes - buffer.size(), buffer);
  if (!last || *last != buffer.size()) return std::nullopt;
  const auto length = format::locate_trailer(buffer);
  if (!length || *length > buffer.size()) return std::nullopt;
  const ByteView frame = ByteView(buffer).last(*length);
  const PackageTag tag = tag_at(frame.data());
  const auto header = format::decode_frame_header(frame, tag, limits);
  return header && header->type == format::FrameType::trailer ? std::optional(tag) : std::nullopt;
}

using SetKey = Bytes;  // all that the layout says

SetKey key_of(const format::ParityLayout& layout) { return format::encode_parity_head({.layout = layout, .group = 0, .row = 0, .checks = {}, .hash = {}}); }

class ParitySearch {
 public:
  ParitySearch(const RandomAccessSource& source, std::uint64_t bytes, const Limits& limits, const std::stop_token& stop)
      : bytes_(bytes), frames_(source, 0, bytes, limits), stop_(stop), tag_(known_tag(source, bytes, limits)) {}

  // A frame that does not follow on the one before is looked for from behind that one's header: bytes of it may be
  // missing. No byte is searched twice.
  Result<void> run() {
    std::uint64_t searched = 0;  // no header begins before, but those met
    for (std::uint64_t position = format::kSuperblockBytes; position < bytes_;) {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      auto frame = frames_.try_at(position, tag_);
      if (!frame) {
        NPK_ASSIGN(frame, frames_.find(searched, tag_, stop_));
        if (!frame) return {};
      }
      NPK_TRY(note_parity(*frame));
      searched = std::max(searched, frame->body());
      position = frame->end();
    }
    return {};
  }

  // Of one package; see find_parity.
  std::vector<FoundSet> take() {
    std::map<std::uint64_t, FoundSet> by_begin;
    for (auto& [key, set] : sets_) {
      if (std::ranges::equal(key_package(key), key_package(last_))) {
        FoundSet& best = by_begin[set.layout.begin];
        if (best.heads.size() < set.heads.size()) best = std::move(set);
      }
    }
    std::vector<FoundSet> sets;
    for (auto& [begin, set] : by_begin) sets.push_back(std::move(set));
    return sets;
  }

 private:
  static ByteView key_package(const SetKey& key) { return ByteView(key).subspan(8, format::kSuperblockBytes); }

  Result<void> note_parity(const StoredFrame& frame) {
    if (frame.header.type != format::FrameType::parity) return {};
    const auto head = frames_.parity_head(frame);
    if (!head) {
      if (head.error().code == Errc::io) return std::unexpected(head.error());
      wasted_ += std::min(frame.header.stored_length, format::kMaxParityHeadBytes);
      if (wasted_ > kFreeSearchWaste + kSearchWastePerByte * bytes_) return fail(Errc::limit, "much in it looks like parity frames and is none");
      return {};
    }
    last_ = key_of(head->layout);
    FoundSet& set = sets_[last_];
    set.layout = head->layout;
    set.heads.push_back({frame.position, head->group, head->row});
    return {};
  }

  std::uint64_t bytes_;
  StoredFrames frames_;
  std::stop_token stop_;
  std::optional<PackageTag> tag_;
  std::map<SetKey, FoundSet> sets_;
  SetKey last_;
  std::uint64_t wasted_ = 0;
};

}  // namespace

Result<std::vector<FoundSet>> find_parity(const RandomAccessSource& source, const Limits& limits, const std::stop_token& stop) {
  NPK_ASSIGN(const std::uint64_t bytes, source.size());
  ParitySearch search(source, bytes, limits, stop);
  NPK_TRY(search.run());
  return search.take();
}

}  // namespace npk::ops
