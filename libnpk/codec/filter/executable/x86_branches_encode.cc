#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/executable/x86_instruction.h"
#include "codec/filter/executable/x86_streams_encode.h"
#include "codec/filter/executable/x86_stretches_encode.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace x86;

class Splitter {
 public:
  Splitter(ByteView raw, StreamPieces& streams) : raw_(raw), streams_(streams) {}

  void split(std::uint8_t kind, std::size_t end) {
    if (kind == kCode) split_code(end);
    if (kind >= kTable0 && kind <= kTable3) split_records(kind - kTable0, end);
    if (kind == kUnwinding) split_unwinding(end);
    split_other(end);
  }

 private:
  void split_other(std::size_t end) {
    streams_.put_many(kOther, raw_.subspan(at_, end - at_));
    at_ = end;
  }

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
      for (std::size_t i = 0; i < kRecordBytes; ++i) streams_.put<1>(kRecords + i, &bytes[i]);
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
    streams_.put<1>(kUnwindingSizes, &size);
    split_other(end);
  }

  void split_unwinding_record(std::size_t length, UnwindingBefore& before) {
    const std::uint8_t* at = &raw_[at_];
    const auto size = static_cast<std::uint8_t>(length / 4 - 1);
    const std::uint32_t origin = load_le<std::uint32_t>(at + 4), range = load_le<std::uint32_t>(at + 12);
    const std::uint32_t begin = load_le<std::uint32_t>(at + 8) + position(at + 8);
    streams_.put<1>(kUnwindingSizes, &size);
    put_planes(kUnwindingOrigins, origin - before.origin);
    put_planes(kUnwindingBegins, to_zigzag(begin - before.begin));
    put_planes(kUnwindingRanges, range);
    streams_.put_many(kUnwindingPrograms, {at + kUnwindingHeadBytes, length - kUnwindingHeadBytes});
    before = {origin + static_cast<std::uint32_t>(length), begin + range};
    at_ += length;
  }

  void put_planes(std::size_t first_plane, std::uint32_t value) {
    std::array<std::uint8_t, 4> bytes;
    store_le(bytes.data(), value);
    for (std::size_t i = 0; i < 4; ++i) streams_.put<1>(first_plane + i, &bytes[i]);
  }

  void split_code(std::size_t end) {
    while (at_ + kMostInstructionBytes <= end) split_instruction(instruction_at(&raw_[at_]));
  }

  [[gnu::always_inline]] void split_instruction(const Instruction& seen) {
    const std::uint8_t* at = &raw_[at_];
    streams_.put_operation(at, seen.operation_bytes);
    at += seen.operation_bytes;
    const std::size_t immediate_bytes = kImmediateBytes[static_cast<std::size_t>(seen.immediate)];
    if (seen.displacement == Displacement::byte) {
      streams_.put<1>(kByteDisplacements + seen.base, at++);
    } else if (seen.displacement != Displacement::none) {
      const bool is_place = seen.displacement == Displacement::place;
      put_big_endian(is_place ? kPlaces : kDwordDisplacements, load_le<std::uint32_t>(at) + (is_place ? position(at + 4 + immediate_bytes) : 0));
      at += 4;
    }
    if (seen.immediate != Immediate::none) split_immediate(seen.immediate, at);
    at_ = position(at + immediate_bytes);
  }

  [[gnu::always_inline]] void split_immediate(Immediate immediate, const std::uint8_t* at) {
    switch (immediate) {
      case Immediate::byte: return streams_.put<1>(kBytes, at);
      case Immediate::near: return streams_.put<1>(kNear, at);
      case Immediate::jump: return split_distance(kJumps, at);
      case Immediate::branch: return split_distance(kBranches, at);
      case Immediate::word: return streams_.put<2>(kWords, at);
      case Immediate::dword: return put_big_endian(kDwords, load_le<std::uint32_t>(at));
      case Immediate::qword: return streams_.put<8>(kQwords, at);
      case Immediate::call: return put_big_endian(kCalls, load_le<std::uint32_t>(at) + position(at + 4));
      case Immediate::enter: streams_.put<2>(kWords, at); return streams_.put<1>(kBytes, at + 2);
      case Immediate::none: break;
    }
  }

  void split_distance(std::size_t first_plane, const std::uint8_t* at) {
    const std::uint32_t zigzag = to_zigzag(load_le<std::uint32_t>(at)), distance = std::min(zigzag, kFarDistance);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto byte = static_cast<std::uint8_t>(distance >> (16 - 8 * i));
      streams_.put<1>(first_plane + i, &byte);
    }
    if (distance == kFarDistance) put_big_endian(kFar, zigzag);
  }

  void put_big_endian(std::size_t stream, std::uint32_t value) {
    std::array<std::uint8_t, 4> bytes;
    store_le(bytes.data(), __builtin_bswap32(value));
    streams_.put<4>(stream, bytes.data());
  }

  [[nodiscard]] std::uint32_t position(const std::uint8_t* at) const { return static_cast<std::uint32_t>(at - raw_.data()); }

  ByteView raw_;
  StreamPieces& streams_;
  std::size_t at_ = 0;
};

Bytes split_all(ByteView raw, const std::vector<std::uint8_t>& kinds, StreamPieces& streams) {
  Bytes stretches;
  Splitter splitter(raw, streams);
  for (std::size_t unit = 0; unit < kinds.size();) {
    std::size_t next = unit + 1;
    while (next < kinds.size() && kinds[next] == kinds[unit]) ++next;
    append_varint((next - unit) * kKinds + kinds[unit], stretches);
    splitter.split(kinds[unit], std::min(raw.size(), next * kUnitBytes));
    unit = next;
  }
  streams.finish();
  return stretches;
}

std::optional<std::size_t> encode(ByteView raw, const std::vector<std::uint8_t>& kinds, MutableBytes out) {
  StreamPieces streams(raw.size());
  const Bytes stretches = split_all(raw, kinds, streams);
  Bytes head;
  append_varint(stretches.size(), head);
  std::size_t all = stretches.size();
  for (std::size_t i = 0; i < kStreams; ++i) {
    append_varint(streams.length_of(i), head);
    all += streams.length_of(i);
  }
  if (!streams.is_whole() || all + head.size() > out.size()) return std::nullopt;
  std::uint8_t* to = std::ranges::copy(stretches, std::ranges::copy(head, out.data()).out).out;
  for (std::size_t i = 0; i < kStreams; ++i) to = streams.copy(i, to);
  return all + head.size();
}

}  // namespace

std::optional<std::size_t> encode_x86_branches(ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 256;
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  const std::vector<std::uint8_t> kinds = kinds_of_units(raw);
  const auto others = static_cast<std::size_t>(std::ranges::count(kinds, kData));
  if (others == kinds.size()) return std::nullopt;
  return encode_within(x86_branches_encoder_memory(raw.size()), 0, [&] { return encode(raw, kinds, out); });
}

}  // namespace npk::codec
