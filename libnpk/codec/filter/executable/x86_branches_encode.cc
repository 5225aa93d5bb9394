#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/executable/x86_instruction.h"
#include "codec/filter/executable/x86_stretches_encode.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace x86;

// How long the streams are.
struct StreamLengths {
  std::array<std::size_t, kStreams> of{};

  template <std::size_t kLength>
  void put(std::size_t stream, const std::uint8_t*) {
    of[stream] += kLength;
  }
  void put_many(std::size_t stream, ByteView bytes) { of[stream] += bytes.size(); }
  void put_operation(const std::uint8_t*, std::size_t length) { of[kOperations] += length; }
};

// Streams to their places, each of which is as long as StreamLengths said.
struct StreamWriter {
  static constexpr std::size_t kStride = 16;

  std::array<std::uint8_t*, kStreams> to{};
  const std::uint8_t* operations_end = nullptr;

  template <std::size_t kLength>
  void put(std::size_t stream, const std::uint8_t* bytes) {
    std::memcpy(to[stream], bytes, kLength);
    to[stream] += kLength;
  }
  void put_many(std::size_t stream, ByteView bytes) { to[stream] = std::ranges::copy(bytes, to[stream]).out; }
  // kStride bytes can be read; what is written behind the length is overwritten by what follows.
  void put_operation(const std::uint8_t* bytes, std::size_t length) {
    std::uint8_t*& operations = to[kOperations];
    if (operations_end - operations >= std::ptrdiff_t{kStride}) {
      std::memcpy(operations, bytes, kStride);
    } else {
      std::memcpy(operations, bytes, length);
    }
    operations += length;
  }
};

template <class Sink>
class Splitter {
 public:
  Splitter(ByteView raw, Sink& sink) : raw_(raw), sink_(sink) {}

  void split(std::uint8_t kind, std::size_t end) {
    if (kind == kCode) split_code(end);
    if (kind >= kTable0 && kind <= kTable3) split_records(kind - kTable0, end);
    if (kind == kUnwinding) split_unwinding(end);
    split_other(end);
  }

 private:
  void split_other(std::size_t end) {
    sink_.put_many(kOther, raw_.subspan(at_, end - at_));
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
      for (std::size_t i = 0; i < kRecordBytes; ++i) sink_.template put<1>(kRecords + i, &bytes[i]);
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
    sink_.template put<1>(kUnwindingSizes, &size);
    split_other(end);
  }

  void split_unwinding_record(std::size_t length, UnwindingBefore& before) {
    const std::uint8_t* at = &raw_[at_];
    const auto size = static_cast<std::uint8_t>(length / 4 - 1);
    const std::uint32_t origin = load_le<std::uint32_t>(at + 4), range = load_le<std::uint32_t>(at + 12);
    const std::uint32_t begin = load_le<std::uint32_t>(at + 8) + position(at + 8);
    sink_.template put<1>(kUnwindingSizes, &size);
    put_planes(kUnwindingOrigins, origin - before.origin);
    put_planes(kUnwindingBegins, to_zigzag(begin - before.begin));
    put_planes(kUnwindingRanges, range);
    sink_.put_many(kUnwindingPrograms, {at + kUnwindingHeadBytes, length - kUnwindingHeadBytes});
    before = {origin + static_cast<std::uint32_t>(length), begin + range};
    at_ += length;
  }

  void put_planes(std::size_t first_plane, std::uint32_t value) {
    std::array<std::uint8_t, 4> bytes;
    store_le(bytes.data(), value);
    for (std::size_t i = 0; i < 4; ++i) sink_.template put<1>(first_plane + i, &bytes[i]);
  }

  void split_code(std::size_t end) {
    while (at_ + kMostInstructionBytes <= end) split_instruction(instruction_at(&raw_[at_]));
  }

  [[gnu::always_inline]] void split_instruction(const Instruction& seen) {
    const std::uint8_t* at = &raw_[at_];
    sink_.put_operation(at, seen.operation_bytes);
    at += seen.operation_bytes;
    const std::size_t immediate_bytes = kImmediateBytes[static_cast<std::size_t>(seen.immediate)];
    if (seen.displacement == Displacement::byte) {
      sink_.template put<1>(kByteDisplacements + seen.base, at++);
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
      case Immediate::byte: return sink_.template put<1>(kBytes, at);
      case Immediate::near: return sink_.template put<1>(kNear, at);
      case Immediate::jump: return split_distance(kJumps, at);
      case Immediate::branch: return split_distance(kBranches, at);
      case Immediate::word: return sink_.template put<2>(kWords, at);
      case Immediate::dword: return put_big_endian(kDwords, load_le<std::uint32_t>(at));
      case Immediate::qword: return sink_.template put<8>(kQwords, at);
      case Immediate::call: return put_big_endian(kCalls, load_le<std::uint32_t>(at) + position(at + 4));
      case Immediate::enter: sink_.template put<2>(kWords, at); return sink_.template put<1>(kBytes, at + 2);
      case Immediate::none: break;
    }
  }

  void split_distance(std::size_t first_plane, const std::uint8_t* at) {
    const std::uint32_t zigzag = to_zigzag(load_le<std::uint32_t>(at)), distance = std::min(zigzag, kFarDistance);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto byte = static_cast<std::uint8_t>(distance >> (16 - 8 * i));
      sink_.template put<1>(first_plane + i, &byte);
    }
    if (distance == kFarDistance) put_big_endian(kFar, zigzag);
  }

  void put_big_endian(std::size_t stream, std::uint32_t value) {
    std::array<std::uint8_t, 4> bytes;
    store_le(bytes.data(), __builtin_bswap32(value));
    sink_.template put<4>(stream, bytes.data());
  }

  [[nodiscard]] std::uint32_t position(const std::uint8_t* at) const { return static_cast<std::uint32_t>(at - raw_.data()); }

  ByteView raw_;
  Sink& sink_;
  std::size_t at_ = 0;
};

template <class Sink>
void split_all(ByteView raw, const std::vector<std::uint8_t>& kinds, Sink& sink, Bytes* stretches) {
  Splitter<Sink> splitter(raw, sink);
  for (std::size_t unit = 0; unit < kinds.size();) {
    std::size_t next = unit + 1;
    while (next < kinds.size() && kinds[next] == kinds[unit]) ++next;
    if (stretches != nullptr) append_varint((next - unit) * kKinds + kinds[unit], *stretches);
    splitter.split(kinds[unit], std::min(raw.size(), next * kUnitBytes));
    unit = next;
  }
}

std::optional<std::size_t> encode(ByteView raw, const std::vector<std::uint8_t>& kinds, MutableBytes out) {
  StreamLengths lengths;
  Bytes stretches, head;
  split_all(raw, kinds, lengths, &stretches);
  append_varint(stretches.size(), head);
  std::size_t all = stretches.size();
  for (const std::size_t length : lengths.of) {
    append_varint(length, head);
    all += length;
  }
  if (all + head.size() > out.size()) return std::nullopt;
  StreamWriter writer;
  std::uint8_t* to = std::ranges::copy(stretches, std::ranges::copy(head, out.data()).out).out;
  for (std::size_t i = 0; i < kStreams; ++i) {
    writer.to[i] = to;
    to += lengths.of[i];
  }
  writer.operations_end = writer.to[kOperations + 1];
  split_all(raw, kinds, writer, nullptr);
  return all + head.size();
}

}  // namespace

std::optional<std::size_t> encode_x86_branches(ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 256;
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  const std::vector<std::uint8_t> kinds = kinds_of_units(raw);
  const auto others = static_cast<std::size_t>(std::ranges::count(kinds, kData));
  if (others == kinds.size()) return std::nullopt;
  return encode(raw, kinds, out);
}

}  // namespace npk::codec
