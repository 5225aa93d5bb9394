#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/executable/stretches_encode.h"
#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/executable/x86_instruction.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace x86;

constexpr std::size_t kBytesPerSign = 100;  // code has one in 30
constexpr std::size_t kSignBytes = 6;

// Sixteen positions at once; what compares true is all ones.
using Lanes __attribute__((vector_size(16))) = std::uint8_t;

Lanes bytes_at(const std::uint8_t* from) noexcept {
  Lanes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

auto is_end_of_near(Lanes highest) noexcept { return (highest == 0) | (highest == 0xFF); }

// Where what is frequent in code, and seldom elsewhere, begins: moves and the like of 64 bits, calls, branches and tests of registers.
auto signs_at(const std::uint8_t* at) noexcept {
  const Lanes first = bytes_at(at), second = bytes_at(at + 1);
  const auto is_wide =
      (first == 0x48) & (bytes_at(at + 2) != 0) & ((second == 0x83) | (second == 0x85) | (second == 0x89) | (second == 0x8B) | (second == 0x8D));
  const auto is_call = (first == 0xE8) & is_end_of_near(bytes_at(at + 4));
  const auto is_branch = (first == 0x0F) & ((second & 0xF0) == 0x80) & is_end_of_near(bytes_at(at + 5));
  return is_wide | is_call | is_branch | ((first == 0x85) & (second == 0xC0));
}

// To the last whole stride before `end` for which the block has the bytes.
std::size_t count_signs(ByteView raw, std::size_t from, std::size_t end) noexcept {
  static_assert(executable::kUnitBytes / sizeof(Lanes) <= 256);  // counts are bytes: of 256 signs in one lane, a unit counts none
  Lanes counts{};
  end = std::min(end, raw.size() - kSignBytes + 1);
  for (; from + sizeof(Lanes) <= end; from += sizeof(Lanes)) counts -= reinterpret_cast<Lanes>(signs_at(&raw[from]));
  std::size_t count = 0;
  for (std::size_t lane = 0; lane < sizeof(Lanes); ++lane) count += counts[lane];
  return count;
}

std::optional<std::uint8_t> find_code(ByteView raw, std::size_t from, std::size_t end) noexcept {
  return count_signs(raw, from, end) * kBytesPerSign >= end - from ? std::optional<std::uint8_t>(0) : std::nullopt;
}

class X86Splitter : public executable::StretchSplitter<X86Splitter, x86::Layout> {
 public:
  using StretchSplitter::StretchSplitter;

  void split_code(std::size_t, std::size_t end) {
    while (at_ + kMostInstructionBytes <= end) split_instruction(instruction_at(&raw_[at_]));
  }

 private:
  [[gnu::always_inline]] void split_instruction(const Instruction& seen) {
    const std::uint8_t* at = &raw_[at_];
    streams_.put_up_to_stride(kOperations, at, seen.operation_bytes);
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
    const std::uint32_t zigzag = executable::to_zigzag(load_le<std::uint32_t>(at)), distance = std::min(zigzag, kFarDistance);
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
};

}  // namespace

std::optional<std::size_t> encode_x86_branches(ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 256;
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  const std::vector<std::uint8_t> kinds = executable::kinds_of_units(raw, find_code, x86::Layout::kCodeKinds);
  if (std::ranges::all_of(kinds, [](std::uint8_t kind) { return kind == x86::Layout::kData; })) return std::nullopt;
  return encode_within(x86_branches_encoder_memory(raw.size()), 0,
                       [&] { return executable::encode_stretches<X86Splitter, x86::Layout>(raw, kinds, raw.size(), out); });
}

}  // namespace npk::codec
