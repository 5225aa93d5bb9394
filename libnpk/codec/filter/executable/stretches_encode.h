// Where code, tables and unwinding are in a block, by what their bytes look like, and how it is taken apart. Private to encoders of machine code.
#pragma once

#include <optional>
#include <vector>

#include "codec/filter/executable/streams_encode.h"
#include "codec/filter/executable/stretches.h"
#include "codec/filter/varint.h"

namespace npk::codec::executable {

// Nothing, or which of a Layout's kinds of code bytes `from` to `end` of a block are, from 0.
using FindCode = std::optional<std::uint8_t> (*)(ByteView raw, std::size_t from, std::size_t end) noexcept;

// A Layout's kind for each unit of the block. One pass.
[[nodiscard]] std::vector<std::uint8_t> kinds_of_units(ByteView raw, FindCode find_code, std::uint8_t code_kinds);

// The length of the record of .eh_frame that begins at `at`, if it looks like one that ends before `end`; else 0.
[[nodiscard]] std::size_t unwinding_record_at(ByteView raw, std::size_t at, std::size_t end) noexcept;

// Where the first of three records of the same CIE begins, within kMostUnwindingBytes from `from`; it ends before `end`, too.
[[nodiscard]] std::optional<std::size_t> first_unwinding_record(ByteView raw, std::size_t from, std::size_t end) noexcept;

// All but code, which `Code` takes apart by `void split_code(std::size_t kind, std::size_t end)`.
template <class Code, class Layout>
class StretchSplitter {
 public:
  using Streams = StreamPieces<Layout::kStreams>;
  StretchSplitter(ByteView raw, Streams& streams) : raw_(raw), streams_(streams) {}

  void split(std::uint8_t kind, std::size_t end) {
    if (kind == Layout::kUnwinding) {
      split_unwinding(end);
    } else if (kind >= Layout::kTables) {
      split_records(kind - Layout::kTables, end);
    } else if (kind >= Layout::kCode) {
      static_cast<Code*>(this)->split_code(kind - Layout::kCode, end);
    }
    split_other(end);
  }

 protected:
  void split_other(std::size_t end) {
    streams_.put_many(Layout::kOther, raw_.subspan(at_, end - at_));
    at_ = end;
  }

  [[nodiscard]] std::uint32_t position(const std::uint8_t* at) const { return static_cast<std::uint32_t>(at - raw_.data()); }

  ByteView raw_;
  Streams& streams_;
  std::size_t at_ = 0;

 private:
  void split_records(std::size_t phase, std::size_t end) {
    split_other(std::min(end, at_ + phase));
    std::array<std::uint32_t, 2> before{};
    for (; at_ + kRecordBytes <= end; at_ += kRecordBytes) {
      std::array<std::uint8_t, kRecordBytes> bytes;
      for (std::size_t i = 0; i < 2; ++i) {
        const std::uint32_t value = load_le<std::uint32_t>(&raw_[at_ + 4 * i]);
        store_le(&bytes[4 * i], value - before[i]);
        before[i] = value;
      }
      for (std::size_t i = 0; i < kRecordBytes; ++i) streams_.template put<1>(Layout::kRecords + i, &bytes[i]);
    }
  }

  // Records, and what is before, between and behind them.
  void split_unwinding(std::size_t end) {
    UnwindingBefore before;
    while (at_ < end) {
      if (const std::size_t length = unwinding_record_at(raw_, at_, end); length != 0) {
        split_unwinding_record(length, before);
      } else if (const auto next = first_unwinding_record(raw_, at_, end); next) {
        while (*next - at_ >= 4) skip_unwinding(kUnwindingWord, at_ + 4);
        while (at_ < *next) skip_unwinding(kUnwindingByte, at_ + 1);
      } else {
        skip_unwinding(kUnwindingEnd, std::min(end, unit_end(at_)));
      }
    }
  }

  void skip_unwinding(std::uint8_t size, std::size_t end) {
    streams_.template put<1>(Layout::kUnwindingSizes, &size);
    split_other(end);
  }

  void split_unwinding_record(std::size_t length, UnwindingBefore& before) {
    const std::uint8_t* at = &raw_[at_];
    const auto size = static_cast<std::uint8_t>(length / 4 - 1);
    const std::uint32_t origin = load_le<std::uint32_t>(at + 4), range = load_le<std::uint32_t>(at + 12);
    const std::uint32_t begin = load_le<std::uint32_t>(at + 8) + position(at + 8);
    streams_.template put<1>(Layout::kUnwindingSizes, &size);
    put_planes(Layout::kUnwindingOrigins, origin - before.origin);
    put_planes(Layout::kUnwindingBegins, to_zigzag(begin - before.begin));
    put_planes(Layout::kUnwindingRanges, range);
    streams_.put_many(Layout::kUnwindingPrograms, {at + kUnwindingHeadBytes, length - kUnwindingHeadBytes});
    before = {origin + static_cast<std::uint32_t>(length), begin + range};
    at_ += length;
  }

  void put_planes(std::size_t first_plane, std::uint32_t value) {
    std::array<std::uint8_t, 4> bytes;
    store_le(bytes.data(), value);
    for (std::size_t i = 0; i < 4; ++i) streams_.template put<1>(first_plane + i, &bytes[i]);
  }
};

template <class Code, class Layout>
Bytes split_all(ByteView raw, const std::vector<std::uint8_t>& kinds, StreamPieces<Layout::kStreams>& streams) {
  Bytes stretches;
  Code splitter(raw, streams);
  for (std::size_t unit = 0; unit < kinds.size();) {
    std::size_t next = unit + 1;
    while (next < kinds.size() && kinds[next] == kinds[unit]) ++next;
    append_varint((next - unit) * Layout::kKinds + kinds[unit], stretches);
    splitter.split(kinds[unit], std::min(raw.size(), next * kUnitBytes));
    unit = next;
  }
  streams.finish();
  return stretches;
}

// `most_bytes`: of all streams. Nothing if they are more, or what is made does not fit.
template <class Code, class Layout>
std::optional<std::size_t> encode_stretches(ByteView raw, const std::vector<std::uint8_t>& kinds, std::size_t most_bytes, MutableBytes out) {
  StreamPieces<Layout::kStreams> streams(most_bytes);
  const Bytes stretches = split_all<Code, Layout>(raw, kinds, streams);
  Bytes head;
  append_varint(stretches.size(), head);
  std::size_t all = 0;
  for (std::size_t i = 0; i < Layout::kStreams; ++i) {
    append_varint(streams.length_of(i), head);
    all += streams.length_of(i);
  }
  head.insert(head.end(), stretches.begin(), stretches.end());
  while (head.size() % Layout::kAlignment != 0) head.push_back(0);
  if (!streams.is_whole() || all + head.size() > out.size()) return std::nullopt;
  std::uint8_t* to = std::ranges::copy(head, out.data()).out;
  for (std::size_t i = 0; i < Layout::kStreams; ++i) to = streams.copy(i, to);
  return all + head.size();
}

}  // namespace npk::codec::executable
