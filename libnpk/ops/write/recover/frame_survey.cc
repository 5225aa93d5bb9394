#include "ops/write/recover/frame_survey.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "block/open.h"
#include "hash/hash.h"
#include "npk/checked.h"
#include "npk/format/commit.h"

namespace npk::ops {
namespace {

constexpr std::size_t kWindowBytes = 1U << 20;
constexpr std::size_t kFirstWindowBytes = 1U << 12;
constexpr std::size_t kMostSpans = 100'000;
// What reading bodies that then fail their check may cost beyond the source's own length, in its lengths.
constexpr std::uint64_t kWastedLengths = 4;
constexpr std::uint64_t kFreeWaste = 1ULL << 30;

using Tag = format::PackageTag;

Tag tag_of(ByteView header) {
  Tag tag;
  std::copy_n(header.begin() + 8, tag.size(), tag.begin());
  return tag;
}

// Finds byte sequences ahead of where it is.
class PatternSearch {
 public:
  PatternSearch(const RandomAccessSource& source, std::uint64_t size) : source_(source), size_(size) {}

  // First position >= from where `pattern` lies; none: the end.
  Result<std::optional<std::uint64_t>> next(ByteView pattern, std::uint64_t from) {
    std::size_t window = kFirstWindowBytes;
    while (from < size_) {
      room_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(window + pattern.size() - 1, size_ - from)));
      NPK_ASSIGN(const std::size_t count, source_.read_at(from, room_));
      const void* hit = ::memmem(room_.data(), count, pattern.data(), pattern.size());
      if (hit != nullptr) return from + static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(hit) - room_.data());
      from += window;
      window = std::min(2 * window, kWindowBytes);
    }
    return std::nullopt;
  }

 private:
  const RandomAccessSource& source_;
  std::uint64_t size_;
  Bytes room_;
};

class Surveyor {
 public:
  Surveyor(const RandomAccessSource& source, const Limits& limits, const ProgressCallback& progress, const std::stop_token& stop)
      : source_(source), limits_(limits), progress_(progress), stop_(stop), room_(kWindowBytes) {}

  Result<Survey> run() {
    NPK_ASSIGN(survey_.source_bytes, source_.size());
    waste_left_ = checked_add(checked_multiply(kWastedLengths, survey_.source_bytes).value_or(UINT64_MAX), kFreeWaste).value_or(UINT64_MAX);
    NPK_TRY(find_identity());
    NPK_TRY(find_frames());
    if (survey_.frames.empty()) return fail_corrupt("no frame of a package is in it");
    NPK_TRY(find_superblock());
    NPK_TRY(list_gaps());
    return std::move(survey_);
  }

 private:
  Result<bool> read(std::uint64_t position, MutableBytes out) const {
    NPK_ASSIGN(const std::size_t count, source_.read_at(position, out));
    return count == out.size();
  }

  Result<std::optional<format::Superblock>> superblock_at(std::uint64_t position) const {
    std::array<std::uint8_t, format::kSuperblockBytes> bytes{};
    NPK_ASSIGN(const bool whole, read(position, bytes));
    const auto superblock = format::decode_superblock(bytes);
    if (!whole || !superblock) return std::nullopt;
    return *superblock;
  }

  Result<void> find_identity() {
    NPK_ASSIGN(survey_.superblock, superblock_at(0));
    if (survey_.superblock) {
      tag_ = format::package_tag(survey_.superblock->package_id);
      return {};
    }
    return find_tag_at_end();
  }

  Result<void> find_tag_at_end() {
    Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(format::kMaxTrailerFrameBytes, survey_.source_bytes)));
    NPK_ASSIGN(const bool whole, read(survey_.source_bytes - tail.size(), tail));
    const auto bytes = format::locate_trailer(tail);
    if (!whole || !bytes || *bytes > tail.size()) return {};
    const ByteView frame = ByteView(tail).last(*bytes);
    if (format::decode_frame_header(frame, tag_of(frame), limits_)) tag_ = tag_of(frame);
    return {};
  }

  Result<void> find_frames() {
    PatternSearch search(source_, survey_.source_bytes);
    std::uint64_t position = survey_.superblock ? format::kSuperblockBytes : 0;
    for (;;) {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      NPK_ASSIGN(const std::optional<FoundFrame> frame, frame_at(position));
      if (frame) {
        survey_.frames.push_back(*frame);
        position = frame->end();
      } else {
        NPK_ASSIGN(const auto next, search.next(format::kFrameMagic, position + 1));
        if (!next) break;
        position = *next;
      }
      tell(position);
    }
    return {};
  }

  Result<std::optional<FoundFrame>> frame_at(std::uint64_t position) {
    FoundFrame frame{.position = position, .header = {}, .hash = {}};
    std::array<std::uint8_t, format::kFrameHeaderBytes> bytes{};
    NPK_ASSIGN(const bool whole, read(position, bytes));
    if (!whole) return std::nullopt;
    const auto header = format::decode_frame_header(bytes, tag_.value_or(tag_of(bytes)), limits_);
    if (!header) return std::nullopt;
    frame.header = *header;
    NPK_ASSIGN(const bool sound, check_body(frame));
    if (!sound) return std::nullopt;
    tag_ = frame.header.tag;
    return frame;
  }

  Result<bool> check_body(FoundFrame& frame) {
    const std::uint64_t begin = frame.position + format::kFrameHeaderBytes;
    if (!range_within(begin, frame.header.stored_length, survey_.source_bytes)) return false;
    hash::Blake3 hasher;
    for (std::uint64_t done = 0; done < frame.header.stored_length;) {
      const MutableBytes room = MutableBytes(room_).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(room_.size(), frame.header.stored_length - done)));
      NPK_ASSIGN(const bool whole, read(begin + done, room));
      if (!whole) return false;
      hasher.update(room);
      done += room.size();
    }
    frame.hash = hasher.finish();
    if (block::body_check_of(frame.hash) == frame.header.body_check) return true;
    if (frame.header.stored_length > waste_left_)
      return fail(Errc::limit, "what is damaged claims more frames than a package of this size can have");
    waste_left_ -= frame.header.stored_length;
    return false;
  }

  // Of a package within a larger file, or one that has something in front of it by mistake.
  Result<void> find_superblock() {
    if (survey_.superblock) return {};
    PatternSearch search(source_, survey_.source_bytes);
    for (std::uint64_t from = 0;;) {
      NPK_ASSIGN(const auto position, search.next(format::kSuperblockMagic, from));
      if (!position) return {};
      NPK_ASSIGN(const auto superblock, superblock_at(*position));
      if (superblock && format::package_tag(superblock->package_id) == *tag_) {
        survey_.superblock = superblock;
        superblock_position_ = *position;
        return {};
      }
      from = *position + 1;
    }
  }

  Result<void> list_gaps() {
    std::uint64_t end = survey_.superblock ? superblock_position_ + format::kSuperblockBytes : 0;
    const auto add = [&](std::uint64_t begin) {
      if (begin <= end) return;
      survey_.gap_bytes += begin - end;
      if (survey_.gaps.size() < kMostSpans) survey_.gaps.push_back({end, begin - end});
    };
    for (const FoundFrame& frame : survey_.frames) {
      add(frame.position);
      end = frame.end();
    }
    add(survey_.source_bytes);
    return {};
  }

  void tell(std::uint64_t position) {
    constexpr auto kInterval = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (!progress_ || now < next_telling_) return;
    next_telling_ = now + kInterval;
    progress_({.done_bytes = position, .total_bytes = survey_.source_bytes});
  }

  const RandomAccessSource& source_;
  const Limits& limits_;
  const ProgressCallback& progress_;
  const std::stop_token& stop_;
  Bytes room_;
  Survey survey_;
  std::optional<Tag> tag_;
  std::uint64_t superblock_position_ = 0;
  std::uint64_t waste_left_ = 0;
  std::chrono::steady_clock::time_point next_telling_;
};

}  // namespace

Result<Survey> survey_frames(const RandomAccessSource& source, const Limits& limits, const ProgressCallback& progress,
                             const std::stop_token& stop) {
  return Surveyor(source, limits, progress, stop).run();
}

}  // namespace npk::ops
