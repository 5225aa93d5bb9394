#include <algorithm>
#include <array>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/executable/arm64_branches.h"
#include "codec/filter/executable/stretches_encode.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace arm64;

// The highest bytes of nine in ten words of code: calls and branches, addresses, moves, additions, comparisons, loads and stores.
constexpr std::array<std::uint8_t, 256> kIsFrequent = [] {
  std::array<std::uint8_t, 256> is{};
  for (const int high : {0x94, 0x97, 0x14, 0x17, 0x54, 0x34, 0x35, 0xB4, 0xB5, 0xD6, 0x90, 0xB0, 0xD0, 0xF0, 0x91, 0xD1, 0x8B,
                         0xAA, 0x2A, 0x52, 0xD2, 0x12, 0x92, 0xEB, 0x6B, 0xF1, 0x71, 0xF9, 0xB9, 0x39, 0xF8, 0xB8, 0xA9, 0xD5})
    is[static_cast<std::size_t>(high)] = 1;
  return is;
}();

// The phase in which at least half of the words have such a byte.
std::optional<std::uint8_t> find_code(ByteView raw, std::size_t from, std::size_t end) noexcept {
  std::array<std::size_t, kWordBytes> counts{};
  for (std::size_t at = from + 3; at + kWordBytes <= end; at += kWordBytes)
    for (std::size_t phase = 0; phase < kWordBytes; ++phase) counts[phase] += kIsFrequent[raw[at + phase]];
  const auto best = std::ranges::max_element(counts);
  if (*best == 0 || *best * 2 * kWordBytes < end - from) return std::nullopt;
  return static_cast<std::uint8_t>(best - counts.begin());
}

class Arm64Splitter : public executable::StretchSplitter<Arm64Splitter, arm64::Layout> {
 public:
  using StretchSplitter::StretchSplitter;

  void split_code(std::size_t phase, std::size_t end) {
    split_other(std::min(end, at_ + phase));
    low_at_.fill(raw_.size());
    for (; at_ + kWordBytes <= end; at_ += kWordBytes) split_word(load_le<std::uint32_t>(&raw_[at_]), end);
  }

 private:
  [[gnu::always_inline]] void split_word(std::uint32_t word, std::size_t end) {
    const std::uint32_t words = static_cast<std::uint32_t>(at_ / kWordBytes);
    switch (class_of(word)) {
      case Class::plain: return put_word(kOperations, plain_operation(word));
      case Class::pair: return put_word(kOperations, pair_operation(word));
      case Class::immediate: return put_word(kOperations, immediate_operation(word) & (low_at_[moved<5, 5, 0>(word)] == at_ ? ~kOperationImmediate : ~0U));
      case Class::call: put_word(kOperations, 0x94000000U); return put_word(kCalls, (word + words) & 0x03FFFFFFU);
      case Class::page: return split_page(word, end);
      case Class::jump: return split_jump(executable::to_zigzag(extended<26>(word)));
      case Class::branch: return split_branch(word, executable::to_zigzag(extended<19>(word >> 5U)));
      case Class::test: return split_test(word, executable::to_zigzag(extended<14>(word >> 5U)));
    }
  }

  void split_page(std::uint32_t word, std::size_t end) {
    const std::uint32_t page = (moved<5, 19, 2>(word) | moved<29, 2, 0>(word)) + static_cast<std::uint32_t>(at_ >> 12U);
    put_word(kOperations, 0x90000000U | moved<20, 1, 5>(page) | moved<0, 5, 0>(word));
    put_word(kPages, page << 12U | find_low(moved<0, 5, 0>(word), end));
  }

  // What is added to the page that register `to` has; 0 if nothing is soon.
  std::uint32_t find_low(std::uint32_t to, std::size_t end) {
    const std::size_t last = std::min(at_ + kPageReach + kWordBytes, end);
    low_at_[to] = raw_.size();
    for (std::size_t at = at_ + kWordBytes; at + kWordBytes <= last; at += kWordBytes) {
      const auto word = load_le<std::uint32_t>(&raw_[at]);
      if (class_of(word) == Class::page && moved<0, 5, 0>(word) == to) return 0;
      if (class_of(word) != Class::immediate || moved<5, 5, 0>(word) != to) continue;
      low_at_[to] = at;
      return low_address(word);
    }
    return 0;
  }

  void split_jump(std::uint32_t distance) {
    put_word(kOperations, 0x14000000U | moved<16, 10, 0>(distance));
    put_planes(kJumps, distance);
  }

  void split_branch(std::uint32_t word, std::uint32_t distance) {
    put_word(kOperations, (word & 0xFF00001FU) | moved<16, 3, 5>(distance));
    put_planes(kBranches, distance);
  }

  void split_test(std::uint32_t word, std::uint32_t distance) {
    put_word(kOperations, (word & 0xFF00001FU) | moved<11, 3, 5>(distance) | moved<8, 3, 13>(distance) | moved<19, 5, 8>(word));
    const auto low = static_cast<std::uint8_t>(distance);
    streams_.put<1>(kTests, &low);
  }

  // Of a signed number of so many bits.
  template <unsigned bits>
  [[nodiscard]] static std::uint32_t extended(std::uint32_t number) noexcept {
    constexpr std::uint32_t kSign = 1U << (bits - 1);
    return (number & (2 * kSign - 1)) - 2 * (number & kSign);
  }

  void put_planes(std::size_t first, std::uint32_t value) {
    const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
    streams_.put<1>(first, &bytes[0]);
    streams_.put<1>(first + 1, &bytes[1]);
  }

  [[gnu::always_inline]] void put_word(std::size_t stream, std::uint32_t value) {
    std::array<std::uint8_t, kWordBytes> bytes;
    store_le(bytes.data(), __builtin_bswap32(value));
    streams_.put<kWordBytes>(stream, bytes.data());
  }

  std::array<std::size_t, 32> low_at_;  // by register: the word whose immediate is in kPages
};

}  // namespace

std::optional<std::size_t> encode_arm64_branches(ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 256;
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  const std::vector<std::uint8_t> kinds = executable::kinds_of_units(raw, find_code, arm64::Layout::kCodeKinds);
  if (std::ranges::all_of(kinds, [](std::uint8_t kind) { return kind == arm64::Layout::kData; })) return std::nullopt;
  const auto most = static_cast<std::size_t>(most_filtered_bytes(format::CodecId::arm64_branches, raw.size(), true));
  return encode_within(arm64_branches_encoder_memory(raw.size()), 0,
                       [&] { return executable::encode_stretches<Arm64Splitter, arm64::Layout>(raw, kinds, most, out); });
}

}  // namespace npk::codec
