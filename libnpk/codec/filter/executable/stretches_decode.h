// What decoders of machine code have in common; `Code` restores code by `bool restore_code(std::size_t phase, std::size_t end)`.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/executable/stretches.h"
#include "codec/filter/varint.h"
#include "codec/filter_decoder.h"
#include "npk/bytes.h"

namespace npk::codec::executable {

template <class Code, class Layout>
class StretchDecoder : public FilterDecoder {
 public:
  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override {
    if (filtered.size() < filtered_length) return false;
    NPK_TRY(open(filtered, raw_length));
    out_ = out;
    written_ = 0;
    for (std::size_t units = 0; written_ < out.size();) {
      NPK_ASSIGN(const std::uint64_t stretch, take_varint(stretches_));
      const std::uint64_t here = stretch / Layout::kKinds;
      if (here == 0 || here > units_of(raw_length) - units) return fail_corrupt("a stretch of code is not within its block");
      units += static_cast<std::size_t>(here);
      const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(raw_length, std::uint64_t{units} * kUnitBytes));
      if (!restore_stretch(static_cast<std::uint8_t>(stretch % Layout::kKinds), end))
        return fail_corrupt("a stream of code ends early, or holds what none does");
    }
    if (out.size() == raw_length && !is_used_up()) return fail_corrupt("bytes are left over of a block with code");
    return true;
  }

 protected:
  struct Cursor {
    const std::uint8_t* at = nullptr;
    const std::uint8_t* end = nullptr;

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }
  };

  bool restore_other(std::size_t end) {
    end = std::min(end, out_.size());
    if (written_ >= end) return true;
    Cursor& other = streams_[Layout::kOther];
    const std::size_t length = end - written_;
    if (other.left() < length) return false;
    std::memcpy(out_.data() + written_, other.at, length);
    other.at += length;
    written_ = end;
    return true;
  }

  void put(const std::uint8_t* bytes, std::size_t length) {
    length = std::min(length, out_.size() - written_);
    std::memcpy(out_.data() + written_, bytes, length);
    written_ += length;
  }

  // Writes zeros where the stream ends.
  template <std::size_t kLength>
  [[gnu::always_inline]] bool take(std::size_t stream, std::uint8_t* to) {
    Cursor& from = streams_[stream];
    if (from.left() < kLength) [[unlikely]] {
      std::memset(to, 0, kLength);
      return false;
    }
    std::memcpy(to, from.at, kLength);
    from.at += kLength;
    return true;
  }

  MutableBytes out_;
  std::size_t written_ = 0;
  std::array<Cursor, Layout::kStreams> streams_;

 private:
  Result<void> open(ByteView filtered, std::uint64_t raw_length) {
    const std::size_t all_bytes = filtered.size();
    NPK_ASSIGN(const std::uint64_t stretch_bytes, take_varint(filtered));
    std::array<std::uint64_t, Layout::kStreams> lengths{};
    std::uint64_t all = 0;
    if (stretch_bytes > raw_length) return fail_corrupt("there is more code than bytes");
    for (std::uint64_t& length : lengths) {
      NPK_ASSIGN(length, take_varint(filtered));
      if (length > raw_length) return fail_corrupt("a stream of code is longer than its block");
      all += length;
    }
    const std::uint64_t padding = (0U - (all_bytes - filtered.size() + stretch_bytes)) % Layout::kAlignment;
    if (filtered.size() != stretch_bytes + padding + all) return fail_corrupt("the streams of code are not as long as they say");
    stretches_ = filtered.first(static_cast<std::size_t>(stretch_bytes));
    const std::uint8_t* at = filtered.data() + stretch_bytes;
    for (std::uint64_t i = 0; i < padding; ++i)
      if (*at++ != 0) return fail_corrupt("streams of code do not begin behind zeros");
    for (std::size_t i = 0; i < Layout::kStreams; ++i) {
      streams_[i] = {at, at + lengths[i]};
      at += lengths[i];
    }
    return {};
  }

  [[nodiscard]] bool is_used_up() const {
    return stretches_.empty() && std::ranges::all_of(streams_, [](const Cursor& stream) { return stream.at == stream.end; });
  }

  bool restore_stretch(std::uint8_t kind, std::size_t end) {
    if (kind == Layout::kUnwinding) {
      if (!restore_unwinding(end)) return false;
    } else if (kind >= Layout::kTables) {
      if (!restore_records(kind - Layout::kTables, end)) return false;
    } else if (kind >= Layout::kCode) {
      if (!static_cast<Code*>(this)->restore_code(kind - Layout::kCode, end)) return false;
    }
    return restore_other(end);
  }

  bool restore_records(std::size_t phase, std::size_t end) {
    if (!restore_other(std::min(end, written_ + phase))) return false;
    std::array<std::uint32_t, 2> record{};
    for (; end >= written_ + kRecordBytes && written_ < out_.size();) {
      std::array<std::uint8_t, kRecordBytes> bytes{};
      for (std::size_t i = 0; i < kRecordBytes; ++i) {
        Cursor& plane = streams_[Layout::kRecords + i];
        if (plane.at == plane.end) return false;
        bytes[i] = *plane.at++;
      }
      record[0] += load_le<std::uint32_t>(bytes.data());
      record[1] += load_le<std::uint32_t>(bytes.data() + 4);
      store_le(bytes.data(), record[0]);
      store_le(bytes.data() + 4, record[1]);
      put(bytes.data(), kRecordBytes);
    }
    return true;
  }

  bool restore_unwinding(std::size_t end) {
    UnwindingBefore before;
    while (written_ < end && written_ < out_.size()) {
      std::uint8_t size = 0;
      if (!this->template take<1>(Layout::kUnwindingSizes, &size)) return false;
      const std::size_t length = size == kUnwindingByte ? 1 : size == kUnwindingWord ? 4 : 4 + std::size_t{4} * size;
      const std::size_t until = size == kUnwindingEnd ? std::min(end, unit_end(written_)) : written_ + length;
      if (until > end) return false;
      if (size >= kLeastUnwinding ? !restore_unwinding_record(length, before) : !restore_other(until)) return false;
    }
    return true;
  }

  bool restore_unwinding_record(std::size_t length, UnwindingBefore& before) {
    std::array<std::uint8_t, kMostUnwindingBytes> bytes;
    std::uint32_t origin = 0, step = 0, range = 0;
    Cursor& programs = streams_[Layout::kUnwindingPrograms];
    if (!take_planes(Layout::kUnwindingOrigins, origin) || !take_planes(Layout::kUnwindingBegins, step) || !take_planes(Layout::kUnwindingRanges, range))
      return false;
    if (programs.left() < length - kUnwindingHeadBytes) return false;
    origin += before.origin;
    const std::uint32_t begin = before.begin + from_zigzag(step);
    store_le(bytes.data(), static_cast<std::uint32_t>(length - 4));
    store_le(bytes.data() + 4, origin);
    store_le(bytes.data() + 8, begin - static_cast<std::uint32_t>(written_ + 8));
    store_le(bytes.data() + 12, range);
    std::memcpy(bytes.data() + kUnwindingHeadBytes, programs.at, length - kUnwindingHeadBytes);
    programs.at += length - kUnwindingHeadBytes;
    before = {origin + static_cast<std::uint32_t>(length), begin + range};
    put(bytes.data(), length);
    return true;
  }

  bool take_planes(std::size_t first_plane, std::uint32_t& value) {
    std::array<std::uint8_t, 4> bytes;
    for (std::size_t i = 0; i < 4; ++i)
      if (!take<1>(first_plane + i, &bytes[i])) return false;
    value = load_le<std::uint32_t>(bytes.data());
    return true;
  }

  ByteView stretches_;
};

}  // namespace npk::codec::executable
