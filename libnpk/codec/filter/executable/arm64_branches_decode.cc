#include "codec/filter/executable/arm64_branches.h"
#include "codec/filter/executable/stretches_decode.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

using namespace arm64;

class Arm64BranchesDecoder final : public executable::StretchDecoder<Arm64BranchesDecoder, arm64::Layout> {
 public:
  bool restore_code(std::size_t phase, std::size_t end) {
    if (!restore_other(std::min(end, written_ + phase))) return false;
    lows_ = {};
    Cursor operations = streams_[kOperations];
    std::size_t at = written_;
    const std::size_t words = std::min(at < end ? (end - at) / kWordBytes : 0, operations.left() / kWordBytes);
    const std::size_t last = at + std::min(words, at < out_.size() ? (out_.size() - at) / kWordBytes : 0) * kWordBytes;
    for (std::uint8_t* const out = out_.data(); at < last; at += kWordBytes, operations.at += kWordBytes) {
      std::uint32_t word = 0;
      if (!restore_word(operations.at, static_cast<std::uint32_t>(at), word)) return false;
      store_le(out + at, word);
    }
    streams_[kOperations] = operations;
    written_ = at;
    return at + kWordBytes > end || at >= out_.size() || restore_last(operations);
  }

 private:
  // What is added to the page in a register.
  struct Low {
    std::uint32_t end = 0;  // the word that has it begins before
    std::uint32_t address = 0;
  };

  // A word that is wanted in part.
  bool restore_last(const Cursor& operations) {
    std::uint32_t word = 0;
    if (operations.left() < kWordBytes || !restore_word(operations.at, static_cast<std::uint32_t>(written_), word)) return false;
    std::array<std::uint8_t, kWordBytes> bytes;
    store_le(bytes.data(), word);
    put(bytes.data(), kWordBytes);
    return true;
  }

  // Of the word at position `at`. False if there is none.
  [[gnu::always_inline]] bool restore_word(const std::uint8_t* from, std::uint32_t at, std::uint32_t& word) {
    const std::uint32_t operation = __builtin_bswap32(load_le<std::uint32_t>(from));
    switch (class_of(operation)) {
      case Class::plain: word = plain_word(operation); return true;
      case Class::pair: word = pair_word(operation); return true;
      case Class::immediate: return restore_immediate(operation, at, word);
      case Class::call: return restore_call(operation, at, word);
      case Class::page: return restore_page(operation, at, word);
      case Class::jump: return restore_jump(operation, word);
      case Class::branch: return restore_branch(operation, word);
      case Class::test: return restore_test(operation, word);
    }
    return false;
  }

  [[gnu::always_inline]] bool restore_immediate(std::uint32_t operation, std::uint32_t at, std::uint32_t& word) {
    word = immediate_word(operation);
    Low& low = lows_[moved<5, 5, 0>(word)];
    if (at >= low.end) return true;
    low.end = 0;
    const bool good = (word & kWordImmediate) == 0;
    word |= immediate_of(low.address, word);
    return good;
  }

  [[gnu::always_inline]] bool restore_call(std::uint32_t operation, std::uint32_t at, std::uint32_t& word) {
    std::uint32_t target = 0;
    if (!take_big_endian(kCalls, target)) return false;
    word = operation | ((target - at / kWordBytes) & 0x03FFFFFFU);
    return operation == 0x94000000U && target <= 0x03FFFFFFU;
  }

  [[gnu::always_inline]] bool restore_page(std::uint32_t operation, std::uint32_t at, std::uint32_t& word) {
    std::uint32_t address = 0;
    if (!take_big_endian(kPages, address)) return false;
    const std::uint32_t page = (moved<5, 1, 20>(operation) | address >> 12U) - (at >> 12U), to = moved<0, 5, 0>(operation);
    lows_[to] = {static_cast<std::uint32_t>(at + kPageReach + 1), address & 0xFFFU};
    word = 0x90000000U | moved<0, 2, 29>(page) | moved<2, 19, 5>(page) | to;
    return (operation & 0xFFFFFFC0U) == 0x90000000U;
  }

  [[gnu::always_inline]] bool restore_jump(std::uint32_t operation, std::uint32_t& word) {
    std::uint32_t distance = 0;
    if (!take_planes(kJumps, distance)) return false;
    word = 0x14000000U | (executable::from_zigzag(moved<0, 10, 16>(operation) | distance) & 0x03FFFFFFU);
    return (operation & 0xFFFFFC00U) == 0x14000000U;
  }

  [[gnu::always_inline]] bool restore_branch(std::uint32_t operation, std::uint32_t& word) {
    std::uint32_t distance = 0;
    if (!take_planes(kBranches, distance)) return false;
    word = (operation & 0xFF00001FU) | moved<0, 19, 5>(executable::from_zigzag(moved<5, 3, 16>(operation) | distance));
    return (operation & 0x00FFFF00U) == 0;
  }

  [[gnu::always_inline]] bool restore_test(std::uint32_t operation, std::uint32_t& word) {
    std::uint8_t low = 0;
    if (!take<1>(kTests, &low)) return false;
    const std::uint32_t distance = moved<5, 3, 11>(operation) | moved<13, 3, 8>(operation) | low;
    word = (operation & 0xFF00001FU) | moved<8, 5, 19>(operation) | moved<0, 14, 5>(executable::from_zigzag(distance));
    return (operation & 0x00FF0000U) == 0;
  }

  [[gnu::always_inline]] bool take_big_endian(std::size_t stream, std::uint32_t& value) {
    std::array<std::uint8_t, 4> bytes;
    if (!take<4>(stream, bytes.data())) return false;
    value = __builtin_bswap32(load_le<std::uint32_t>(bytes.data()));
    return true;
  }

  [[gnu::always_inline]] bool take_planes(std::size_t first, std::uint32_t& value) {
    std::uint8_t high = 0, low = 0;
    if (!take<1>(first, &high) || !take<1>(first + 1, &low)) return false;
    value = static_cast<std::uint32_t>(high) << 8U | low;
    return true;
  }

  std::array<Low, 32> lows_;  // by register
};

}  // namespace

std::unique_ptr<FilterDecoder> create_arm64_branches_decoder() { return std::make_unique<Arm64BranchesDecoder>(); }
std::uint64_t arm64_branches_decoder_memory(std::uint64_t) { return 4096; }

}  // namespace npk::codec
