#include "npk/frame_parser.h"

#include <algorithm>
#include <optional>

#include "block/open.h"
#include "package/reader/frames/frame_order.h"
#include "package/reader/frames/frame_reader.h"
#include "package/reader/frames/key_search.h"

namespace npk {
namespace {

constexpr std::size_t kGrowth = 4U << 20;  // how far ahead of the bytes that came a claimed length is believed

bool begins_frame(ByteView bytes) noexcept {
  return bytes.size() >= format::kFrameMagic.size() &&
         std::ranges::equal(bytes.first(format::kFrameMagic.size()), format::kFrameMagic);
}

}  // namespace

class FrameParser::Impl {
 public:
  Impl(const Limits& limits, reader::Identities identities, BlockBodies block_bodies)
      : limits_(limits), identities_(std::move(identities)), block_bodies_(block_bodies) {}

  Result<void> feed(ByteView slice) {
    if (error_) return std::unexpected(*error_);
    if (!slice_.empty()) return fail(Errc::misuse, "a slice is fed before the one before it has been used up");
    slice_ = slice;
    if (!slice.empty()) ++slice_number_;
    return {};
  }

  Result<bool> next(FrameEvent& event) {
    if (error_) return std::unexpected(*error_);
    return keep_error(step(event));
  }

  Result<void> finish() {
    if (error_) return std::unexpected(*error_);
    if (!slice_.empty()) return fail(Errc::misuse, "finished before the last slice has been used up");
    return keep_error(check_finish());
  }

  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] const FrameParserCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] const std::shared_ptr<const crypto::BodyOpener>& opener() const noexcept { return opener_; }

 private:
  enum class Part : std::uint8_t { superblock, header, body };

  template <class T>
  Result<T> keep_error(Result<T> result) {
    if (!result) {
      result.error().offset = position_;
      error_ = result.error();
    }
    return result;
  }

  // What is being read lies in pending_ as far as it has come.
  Result<bool> step(FrameEvent& event) {
    if (!collect(part_length())) return false;
    switch (part_) {
      case Part::superblock:
        return take_superblock(event);
      case Part::header:
        return take_header(event);
      case Part::body:
        return take_body(event);
    }
    return false;
  }

  [[nodiscard]] std::uint64_t part_length() const noexcept {
    if (part_ == Part::superblock) return format::kSuperblockBytes;
    return part_ == Part::header ? format::kFrameHeaderBytes : header_.stored_length;
  }

  // Whether pending_ is whole now.
  bool collect(std::uint64_t length) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length - pending_.size(), slice_.size()));
    if (wanted == 0) return pending_.size() == length;
    if (part_ == Part::header && pending_.empty()) first_slice_ = slice_number_;
    make_room(wanted, length);
    pending_.insert(pending_.end(), slice_.begin(), slice_.begin() + static_cast<std::ptrdiff_t>(wanted));
    slice_ = slice_.subspan(wanted);
    counts_.bytes += wanted;
    return pending_.size() == length;
  }

  void make_room(std::size_t more, std::uint64_t length) {
    const std::size_t needed = pending_.size() + more;
    if (needed <= pending_.capacity()) return;
    const std::uint64_t ahead = std::max<std::uint64_t>(needed, pending_.size() + std::max(pending_.size(), kGrowth));
    pending_.reserve(static_cast<std::size_t>(std::min(length, ahead)));
  }

  Result<bool> take_superblock(FrameEvent& event) {
    NPK_ASSIGN(superblock_, format::decode_superblock(pending_));
    NPK_TRY(reader::check_sealing_expected(superblock_, identities_));
    if (superblock_.sealed) keys_.emplace(superblock_, identities_);
    if (keys_ && (identities_ == nullptr || identities_->empty())) return pass_on(keys_->opener());  // no_key
    tag_ = format::package_tag(superblock_.package_id);
    pending_.clear();
    part_ = Part::header;
    hand_out(event, FrameEvent::Kind::superblock);
    position_ = format::kSuperblockBytes;
    return true;
  }

  Result<bool> take_header(FrameEvent& event) {
    NPK_TRY(check_follows_trailer());
    NPK_ASSIGN(header_, reader::decode_header(pending_, tag_, superblock_.sealed, limits_));
    if (header_.type == format::FrameType::envelope) NPK_TRY(reader::check_envelope_size(header_.stored_length));
    pending_.clear();
    part_ = Part::body;
    hand_out(event, FrameEvent::Kind::header);
    return true;
  }

  Result<bool> take_body(FrameEvent& event) {
    NPK_ASSIGN(event.hash, block::check_body(pending_, header_.body_check));
    NPK_TRY(order_.follow(header_, position_));
    after_trailer_ = header_.type == format::FrameType::trailer;
    NPK_TRY(open_body());
    hand_out(event, FrameEvent::Kind::body);
    std::swap(event.body, pending_);
    pending_.clear();
    part_ = Part::header;
    position_ = event.end();
    ++counts_.frames;
    if (first_slice_ != slice_number_) ++counts_.crossings;
    return true;
  }

  // Envelopes come before what they open.
  Result<void> open_body() {
    if (keys_ && header_.type == format::FrameType::envelope) return keys_->offer(pending_);
    if ((header_.flags & format::kFrameSealed) == 0) return {};
    NPK_ASSIGN(opener_, keys_->opener());
    const bool is_block = header_.type == format::FrameType::block || header_.type == format::FrameType::dictionary;
    if (is_block && block_bodies_ == BlockBodies::as_stored) return opener_->meet(header_, pending_);
    return reader::open_frame(opener_.get(), header_, pending_);
  }

  void hand_out(FrameEvent& event, FrameEvent::Kind kind) const {
    event.kind = kind;
    event.position = position_;
    event.superblock = superblock_;
    event.header = header_;
  }

  [[nodiscard]] Result<void> check_follows_trailer() const {
    if (after_trailer_ && !begins_frame(pending_)) return fail(Errc::trailing_data, "bytes follow the package");
    return {};
  }

  [[nodiscard]] Result<void> check_finish() const {
    switch (part_) {
      case Part::superblock:
        return refuse(format::decode_superblock(pending_));
      case Part::header:
        if (pending_.empty()) return reader::check_end(after_trailer_);
        NPK_TRY(check_follows_trailer());
        return refuse(format::decode_frame_header(pending_, tag_, limits_));
      case Part::body:
        return fail(Errc::truncated, "a frame's body is cut short");
    }
    return {};
  }

  // Of what is too short to be decoded.
  template <class T>
  static Result<void> refuse(const Result<T>& decoded) {
    return std::unexpected(decoded.error());
  }

  const Limits limits_;
  ByteView slice_;
  std::uint64_t slice_number_ = 0;
  std::uint64_t first_slice_ = 0;  // of the frame
  Part part_ = Part::superblock;
  Bytes pending_;
  const reader::Identities identities_;
  const BlockBodies block_bodies_;
  std::optional<reader::KeySearch> keys_;  // of a sealed package
  std::shared_ptr<const crypto::BodyOpener> opener_;
  format::Superblock superblock_;
  format::PackageTag tag_{};
  format::FrameHeader header_;
  reader::FrameOrder order_;
  bool after_trailer_ = false;
  std::uint64_t position_ = 0;
  FrameParserCounts counts_;
  std::optional<Error> error_;
};

FrameParser::FrameParser(const Limits& limits, std::shared_ptr<const std::vector<Identity>> identities,
                         BlockBodies block_bodies)
    : impl_(std::make_unique<Impl>(limits, std::move(identities), block_bodies)) {}
FrameParser::FrameParser(FrameParser&&) noexcept = default;
FrameParser& FrameParser::operator=(FrameParser&&) noexcept = default;
FrameParser::~FrameParser() = default;

Result<void> FrameParser::feed(ByteView slice) {
  return impl_->feed(slice);
}
Result<bool> FrameParser::next(FrameEvent& event) {
  return impl_->next(event);
}
Result<void> FrameParser::finish() {
  return impl_->finish();
}
std::shared_ptr<const crypto::BodyOpener> FrameParser::opener() const {
  return impl_->opener();
}
std::uint64_t FrameParser::position() const noexcept {
  return impl_->position();
}
FrameParserCounts FrameParser::counts() const noexcept {
  return impl_->counts();
}

}  // namespace npk
