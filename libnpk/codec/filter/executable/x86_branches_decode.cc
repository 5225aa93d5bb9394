#include "codec/filter/executable/stretches_decode.h"
#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/executable/x86_instruction.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

using namespace x86;

constexpr std::size_t kStride = 16;
constexpr std::size_t kSlack = 32;  // what may be written behind an instruction's begin

class X86BranchesDecoder final : public executable::StretchDecoder<X86BranchesDecoder, x86::Layout> {
 public:
  // What changes with each instruction is in locals: the bytes written might be members.
  bool restore_code(std::size_t, std::size_t end) {
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

 private:
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
    store_le(to, executable::from_zigzag(distance));
    return true;
  }
};

}  // namespace

std::unique_ptr<FilterDecoder> create_x86_branches_decoder() { return std::make_unique<X86BranchesDecoder>(); }
std::uint64_t x86_branches_decoder_memory(std::uint64_t) { return 4096; }

}  // namespace npk::codec
