#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/executable/x86_instruction.h"
#include "codec/filter/varint.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

using namespace x86;

std::unexpected<Error> corrupt(const char* what) { return fail(Errc::corrupt, what); }

constexpr std::size_t kStride = 16;
constexpr std::size_t kSlack = 32;  // what may be written behind an instruction's begin

class X86BranchesDecoder final : public FilterDecoder {
 public:
  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override {
    if (filtered.size() < filtered_length) return false;
    NPK_TRY(open(filtered, raw_length));
    out_ = out;
    written_ = 0;
    for (std::size_t units = 0; written_ < out.size();) {
      NPK_ASSIGN(const std::uint64_t stretch, take_varint(stretches_));
      const std::uint64_t here = stretch / kKinds;
      if (here == 0 || here > units_of(raw_length) - units) return corrupt("a stretch of code is not within its block");
      units += static_cast<std::size_t>(here);
      const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(raw_length, std::uint64_t{units} * kUnitBytes));
      if (!restore_stretch(static_cast<std::uint8_t>(stretch % kKinds), end)) return corrupt("a stream of code ends early");
    }
    if (out.size() == raw_length && !is_used_up()) return corrupt("bytes are left over of a block with code");
    return true;
  }

 private:
  struct Cursor {
    const std::uint8_t* at = nullptr;
    const std::uint8_t* end = nullptr;

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }
  };

  Result<void> open(ByteView filtered, std::uint64_t raw_length) {
    NPK_ASSIGN(const std::uint64_t stretch_bytes, take_varint(filtered));
    std::array<std::uint64_t, kStreams> lengths{};
    std::uint64_t all = 0;
    if (stretch_bytes > raw_length) return corrupt("there is more code than bytes");
    for (std::uint64_t& length : lengths) {
      NPK_ASSIGN(length, take_varint(filtered));
      if (length > raw_length) return corrupt("a stream of code is longer than its block");
      all += length;
    }
    if (filtered.size() != all + stretch_bytes) return corrupt("the streams of code are not as long as they say");
    stretches_ = filtered.first(static_cast<std::size_t>(stretch_bytes));
    const std::uint8_t* at = filtered.data() + stretch_bytes;
    for (std::size_t i = 0; i < kStreams; ++i) {
      streams_[i] = {at, at + lengths[i]};
      at += lengths[i];
    }
    return {};
  }

  [[nodiscard]] bool is_used_up() const {
    return stretches_.empty() && std::ranges::all_of(streams_, [](const Cursor& stream) { return stream.at == stream.end; });
  }

  bool restore_stretch(std::uint8_t kind, std::size_t end) {
    if (kind == kCode && !restore_code(end)) return false;
    if (kind == kUnwinding && !restore_unwinding(end)) return false;
    if (kind >= kTable0 && kind <= kTable3 && !restore_records(kind - kTable0, end)) return false;
    return restore_other(end);
  }

  bool restore_other(std::size_t end) {
    end = std::min(end, out_.size());
    if (written_ >= end) return true;
    Cursor& other = streams_[kOther];
    const std::size_t length = end - written_;
    if (other.left() < length) return false;
    std::memcpy(out_.data() + written_, other.at, length);
    other.at += length;
    written_ = end;
    return true;
  }

  bool restore_records(std::size_t phase, std::size_t end) {
    if (!restore_other(std::min(end, written_ + phase))) return false;
    std::array<std::uint32_t, 2> record{};
    for (; end >= written_ + kRecordBytes && written_ < out_.size();) {
      std::array<std::uint8_t, kRecordBytes> bytes{};
      for (std::size_t i = 0; i < kRecordBytes; ++i) {
        Cursor& plane = streams_[kRecords + i];
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
      if (!take<1>(kUnwindingSizes, &size)) return false;
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
    Cursor& programs = streams_[kUnwindingPrograms];
    if (!take_planes(kUnwindingOrigins, origin) || !take_planes(kUnwindingBegins, step) || !take_planes(kUnwindingRanges, range)) return false;
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

  void put(const std::uint8_t* bytes, std::size_t length) {
    length = std::min(length, out_.size() - written_);
    std::memcpy(out_.data() + written_, bytes, length);
    written_ += length;
  }

  // What changes with each instruction is in locals: the bytes written might be members.
  bool restore_code(std::size_t end) {
    Cursor operations = streams_[kOperations];
    std::size_t at = written_;
    const std::size_t fast_end = std::min(end < kMostInstructionBytes ? 0 : end - kMostInstructionBytes + 1, out_.size() < kSlack ? 0 : out_.size() - kSlack);
    for (std::uint8_t* const out = out_.data(); at < fast_end;) {
      const std::size_t length = restore_instruction(operations, at, out + at);
      if (length == 0) return false;
      at += length;
    }
    written_ = at;
    while (written_ + kMostInstructionBytes <= end && written_ < out_.size()) {
      std::array<std::uint8_t, kSlack> bytes;
      const std::size_t length = restore_instruction(operations, written_, bytes.data());
      if (length == 0) return false;
      put(bytes.data(), length);
    }
    streams_[kOperations] = operations;
    return true;
  }

  // Of the instruction at position `at`, to `to`, where kSlack bytes can be written; 0 if a stream ends.
  [[gnu::always_inline]] std::size_t restore_instruction(Cursor& operations, std::size_t at, std::uint8_t* to) {
    static_assert(kStride >= kMostOperationBytes);
    Instruction made;
    if (operations.left() >= kStride) [[likely]] {
      made = instruction_at(operations.at);
      std::memcpy(to, operations.at, kStride);
    } else {
      std::array<std::uint8_t, kStride> padded{};
      std::copy(operations.at, operations.end, padded.begin());
      made = instruction_at(padded.data());
      if (operations.left() < made.operation_bytes) return 0;
      std::memcpy(to, padded.data(), kStride);
    }
    operations.at += made.operation_bytes;
    return restore_operands(made, at, to);
  }

  [[gnu::always_inline]] std::size_t restore_operands(const Instruction& made, std::size_t at, std::uint8_t* begin) {
    std::uint8_t* to = begin + made.operation_bytes;
    bool good = true;
    if (made.displacement == Displacement::byte) {
      good = take<1>(kByteDisplacements + made.base, to);
      to += 1;
    } else if (made.displacement != Displacement::none) {
      const bool is_place = made.displacement == Displacement::place;
      const auto behind = static_cast<std::uint32_t>(at + made.operation_bytes + 4 + kImmediateBytes[static_cast<std::size_t>(made.immediate)]);
      good = take_big_endian(is_place ? kPlaces : kDwordDisplacements, is_place ? behind : 0, to);
      to += 4;
    }
    if (made.immediate != Immediate::none) good = restore_immediate(made.immediate, at + static_cast<std::size_t>(to - begin), to) && good;
    to += kImmediateBytes[static_cast<std::size_t>(made.immediate)];
    return good ? static_cast<std::size_t>(to - begin) : 0;
  }

  // `at`: the immediate's position.
  [[gnu::always_inline]] bool restore_immediate(Immediate immediate, std::size_t at, std::uint8_t* to) {
    switch (immediate) {
      case Immediate::byte: return take<1>(kBytes, to);
      case Immediate::near: return take<1>(kNear, to);
      case Immediate::jump: return restore_distance(kJumps, to);
      case Immediate::branch: return restore_distance(kBranches, to);
      case Immediate::word: return take<2>(kWords, to);
      case Immediate::qword: return take<8>(kQwords, to);
      case Immediate::enter: return take<2>(kWords, to) && take<1>(kBytes, to + 2);
      case Immediate::call: return take_big_endian(kCalls, static_cast<std::uint32_t>(at + 4), to);
      case Immediate::dword: return take_big_endian(kDwords, 0, to);
      case Immediate::none: break;
    }
    return true;
  }

  [[gnu::always_inline]] bool take_big_endian(std::size_t stream, std::uint32_t less, std::uint8_t* to) {
    Cursor& from = streams_[stream];
    if (from.left() < sizeof(std::uint32_t)) [[unlikely]] return false;
    const std::uint32_t value = __builtin_bswap32(load_le<std::uint32_t>(from.at)) - less;
    from.at += sizeof value;
    store_le(to, value);
    return true;
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

  [[gnu::always_inline]] bool restore_distance(std::size_t first_plane, std::uint8_t* to) {
    Cursor* planes = &streams_[first_plane];
    if (planes[0].at == planes[0].end || planes[1].at == planes[1].end || planes[2].at == planes[2].end) [[unlikely]] return false;
    std::uint32_t distance = static_cast<std::uint32_t>(*planes[0].at++) << 16U;
    distance |= static_cast<std::uint32_t>(*planes[1].at++) << 8U;
    distance |= *planes[2].at++;
    if (distance == kFarDistance) [[unlikely]] {
      if (!take<4>(kFar, to)) return false;
      distance = __builtin_bswap32(load_le<std::uint32_t>(to));
      if (distance < kFarDistance) return false;
    }
    store_le(to, from_zigzag(distance));
    return true;
  }

  MutableBytes out_;
  std::size_t written_ = 0;
  ByteView stretches_;
  std::array<Cursor, kStreams> streams_;
};

}  // namespace

std::unique_ptr<FilterDecoder> create_x86_branches_decoder() { return std::make_unique<X86BranchesDecoder>(); }
std::uint64_t x86_branches_decoder_memory(std::uint64_t) { return 4096; }

}  // namespace npk::codec
