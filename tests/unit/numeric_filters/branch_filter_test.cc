// Filters of machine code against their plain decoders: real x86-64 code, made-up ARM64 code, and damaged payloads of both.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "unit/codec/reference_comparison.h"
#include "unit/numeric_filters/filter_support.h"

namespace npk::codec {
namespace {

constexpr std::size_t kPiece = 512 << 10U;

// Pieces of the running program that get shorter: those that are code, not only begin or end with it.
std::vector<Bytes> own_code() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const Bytes all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<Bytes> pieces;
  for (std::size_t from = 0; from + kPiece <= all.size() && pieces.size() < 2; from += kPiece / 2) {
    const ByteView piece = ByteView(all).subspan(from, kPiece);
    const auto filtered = filter(format::CodecId::x86_branches, piece);
    if (filtered && filtered->size() < kPiece) pieces.emplace_back(piece.begin(), piece.end());
  }
  return pieces;
}

// Words of every class, with operands that are any, or as code has them.
Bytes arm64_code(std::size_t length, unsigned seed = 7) {
  std::mt19937 random(seed);
  Bytes code(length);
  std::uint32_t page_register = 0;
  for (std::uint32_t at = 0; at + 4 <= length; at += 4) {
    const auto kind = static_cast<std::uint32_t>(random() % 24), any = static_cast<std::uint32_t>(random());
    const std::uint32_t target = any % static_cast<std::uint32_t>(length / 4) - at / 4;
    std::uint32_t word = 0xAA0003E0U | (any & 0x001F001FU);
    if (kind == 0) word = 0x94000000U | (target & 0x3FFFFFFU);
    if (kind == 1) word = 0x14000000U | ((any % 8 == 0 ? any : target) & 0x3FFFFFFU);
    if (kind == 2) word = 0x90000000U | (any & 0x60FFFFFFU), page_register = any & 31U;
    if (kind >= 3 && kind <= 6) word = (any % 2 == 0 ? 0xF9400000U : 0x91000000U) | (any & 0x3FFC1FU) | page_register << 5U;
    if (kind == 7) word = 0x3D800000U | (any & 0xC07FFFFFU);
    if (kind == 8) word = 0x54000000U | (any & 0xFFFFFFU);
    if (kind == 9) word = 0x34000000U | (any & 0x81FFFFFFU);
    if (kind == 10) word = 0x36000000U | (any & 0x81FFFFFFU);
    if (kind == 11) word = 0x28000000U | (any & 0xC5FFFFFFU);
    if (kind == 12) word = 0x11000000U | (any & 0xE0FFFFFFU);
    if (kind == 13) word = any;
    if (kind == 14) word = 0xD2800000U | (any & 0x7FFFFFU);
    store_le(&code[at], word);
  }
  return code;
}

// However much longer it gets: distances that are noise take seven bytes.
std::optional<Bytes> filter_at_length(format::CodecId id, ByteView raw) {
  Bytes out(2 * raw.size() + kMaxFilterGrowth);
  const auto length = find_filter_encoder(id)->encode(raw, out);
  if (!length) return std::nullopt;
  out.resize(*length);
  return out;
}

void check(format::CodecId id, const Bytes& raw, std::size_t seldom) {
  const auto filtered = filter_at_length(id, raw);
  ASSERT_TRUE(filtered.has_value()) << raw.size();
  for (const std::size_t wanted : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4097}, std::size_t{99'999}, raw.size() - 1, raw.size()}) {
    if (wanted > raw.size()) continue;
    const auto restored = restore(id, *filtered, raw.size(), wanted);
    ASSERT_TRUE(restored.has_value());
    EXPECT_TRUE(std::ranges::equal(*restored, ByteView(raw).first(wanted))) << wanted;
  }
  ReferenceComparison comparison(id);
  comparison.add(*filtered, raw.size());
  comparison.add_damaged(*filtered, raw.size(), seldom);
  comparison.add_damaged(ByteView(*filtered).first(2), raw.size(), 1);
  for (const std::size_t kept : {std::size_t{0}, std::size_t{1}, filtered->size() / 2, filtered->size() - 1})
    comparison.add(ByteView(*filtered).first(kept), raw.size());
  EXPECT_GE(comparison.refused(), 4U);
  EXPECT_TRUE(comparison.agrees());
}

TEST(BranchFilter, X86AgreesOnTheTestItself) {
#ifndef __x86_64__
  GTEST_SKIP() << "this is no x86-64 program";
#endif
  const std::vector<Bytes> pieces = own_code();
  ASSERT_FALSE(pieces.empty());
  for (const Bytes& raw : pieces) {
    check(format::CodecId::x86_branches, raw, 199'999);
  }
}

// No length is given up for the room that the streams take while they grow.
TEST(BranchFilter, X86TakesCodeOfAnyLength) {
#ifndef __x86_64__
  GTEST_SKIP() << "this is no x86-64 program";
#endif
  const std::vector<Bytes> pieces = own_code();
  ASSERT_FALSE(pieces.empty());
  Bytes all;
  while (all.size() < kMaxFilteredRawBytes) all.insert(all.end(), pieces[0].begin(), pieces[0].end());
  for (const std::size_t length :
       {kPiece + 1, (std::size_t{1} << 20) - 1, std::size_t{3'300'000}, std::size_t{8'200'000}, std::size_t{9'437'185}, kMaxFilteredRawBytes}) {
    const Bytes raw(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(length));
    const auto filtered = filter(format::CodecId::x86_branches, raw);
    ASSERT_TRUE(filtered) << length;
    EXPECT_TRUE(restore(format::CodecId::x86_branches, *filtered, raw.size(), raw.size()).value() == raw) << length;
  }
}

// Any bytes, with so many moves between them that all is taken for code.
Bytes noise_with_moves(std::size_t length, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes;
  while (bytes.size() < length) {
    for (const int byte : {0x48, 0x8B, 0x45, 0xF8}) bytes.push_back(static_cast<std::uint8_t>(byte));
    for (auto i = random() % 24; i > 0; --i) bytes.push_back(static_cast<std::uint8_t>(random()));
  }
  bytes.resize(length);
  return bytes;
}

// Each opcode of one byte, and behind 0F, VEX and EVEX of each map, with each prefix that changes its operands and each ModRM byte.
Bytes all_operations() {
  const std::vector<Bytes> prefixes{{}, {0x66}, {0x48}, {0x66, 0x48}, {0xF2, 0x2E, 0x66, 0x64, 0x41}, {0x67, 0xF3, 0xF0, 0x3E, 0x26}};
  const std::vector<Bytes>
      maps{{}, {0x0F}, {0x0F, 0x38}, {0x0F, 0x3A}, {0xC5, 0xF8}, {0xC4, 0xE1, 0x78}, {0xC4, 0x43, 0x01}, {0x62, 0xF1, 0x7C, 0x48}, {0x62, 0xF3, 0x7D, 0x08}};
  Bytes bytes;
  std::uint8_t last = 0;
  for (const Bytes& prefix : prefixes) {
    for (const Bytes& map : maps) {
      for (unsigned opcode = 0; opcode < 256; ++opcode) {
        for (const int byte : {0x48, 0x8B, 0x45, 0xF8}) bytes.push_back(static_cast<std::uint8_t>(byte));
        bytes.insert(bytes.end(), prefix.begin(), prefix.end());
        bytes.insert(bytes.end(), map.begin(), map.end());
        bytes.push_back(static_cast<std::uint8_t>(opcode));
        for (unsigned i = 0; i < 11; ++i) bytes.push_back(static_cast<std::uint8_t>(last += 37));
      }
    }
  }
  return bytes;
}

// As in .eh_frame_hdr: two numbers a record, both growing, from byte `phase` on.
Bytes table_of_pairs(std::size_t length, std::size_t phase) {
  Bytes bytes(phase, 0x11);
  for (std::uint32_t i = 0; bytes.size() + 8 <= length; ++i) {
    std::array<std::uint8_t, 8> record;
    store_le(record.data(), 0xFFF0'0000U + 64 * i + i % 7);
    store_le(record.data() + 4, 0x0012'3400U + 24 * i);
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  bytes.resize(length, 0x22);
  return bytes;
}

// Records of .eh_frame of two CIEs, with an end of all records and a long one among them.
Bytes unwinding(std::size_t length, std::size_t phase) {
  Bytes bytes(phase, 0x33);
  std::uint32_t origin = 28, begin = 0x5000;
  for (std::uint32_t i = 0; bytes.size() + 1200 <= length; ++i) {
    const std::uint32_t size = i % 97 == 96 ? 1100 : 20 + 4 * (i % 3);
    std::array<std::uint8_t, 16> head;
    store_le(head.data(), size - 4);
    store_le(&head[4], origin);
    store_le(&head[8], begin - static_cast<std::uint32_t>(bytes.size() + 8));
    store_le(&head[12], 40 + i % 50);
    bytes.insert(bytes.end(), head.begin(), head.end());
    for (std::uint32_t rest = 16; rest < size; ++rest) bytes.push_back(static_cast<std::uint8_t>(i * rest));
    begin += i % 31 == 7 ? 0U - 5000 : 48 + i % 50;
    origin = i % 150 == 149 ? 28 : origin + size;
    if (i % 200 == 199) bytes.insert(bytes.end(), {0, 0, 0, 0, 0x77});
  }
  bytes.resize(length, 0x22);
  return bytes;
}

TEST(BranchFilter, X86TakesUnwindingApart) {
  for (std::size_t phase = 0; phase < 4; ++phase) {
    const Bytes raw = unwinding(16'384 + 900 * phase, phase);
    check(format::CodecId::x86_branches, raw, 9'973);
    const auto filtered = filter_at_length(format::CodecId::x86_branches, raw);
    ASSERT_TRUE(filtered.has_value());
    EXPECT_GE(std::ranges::count(*filtered, std::uint8_t{0}), 9 * 400) << "what the record before predicts is not zero";
  }
}

TEST(BranchFilter, X86AgreesOnAnyOperations) {
  check(format::CodecId::x86_branches, all_operations(), 199'999);
  check(format::CodecId::x86_branches, noise_with_moves(100'007, 3), 49'999);
  for (const std::size_t length : {256U, 275U, 276U, 4096U, 4097U, 4115U, 4116U, 8191U})
    check(format::CodecId::x86_branches, noise_with_moves(length, 5), 4'999);
}

TEST(BranchFilter, X86TakesTablesApart) {
  for (std::size_t phase = 0; phase < 4; ++phase) {
    Bytes raw = noise_with_moves(4096, 7);
    const Bytes table = table_of_pairs(8192 + 1024 + 3, phase);
    raw.insert(raw.end(), table.begin(), table.end());
    check(format::CodecId::x86_branches, raw, 9'973);
    const auto filtered = filter(format::CodecId::x86_branches, table);
    ASSERT_TRUE(filtered.has_value());
    EXPECT_LE(std::ranges::count(*filtered, std::uint8_t{0x12}), 4) << "the second numbers' third bytes are in no plane";
  }
}

TEST(BranchFilter, X86LeavesOtherDataAlone) {
  EXPECT_FALSE(filter(format::CodecId::x86_branches, random_bytes(100'000, 9)).has_value());
  EXPECT_FALSE(filter(format::CodecId::x86_branches, Bytes(100'000, 0)).has_value());
  EXPECT_FALSE(filter(format::CodecId::x86_branches, noise_with_moves(255, 1)).has_value());
}

TEST(BranchFilter, Arm64Agrees) {
  check(format::CodecId::arm64_branches, arm64_code(kPiece + 5), 1'000'003);
  for (std::size_t phase = 0; phase < 4; ++phase) {
    Bytes shifted = arm64_code(20'003, static_cast<unsigned>(phase));
    shifted.insert(shifted.begin(), phase, std::uint8_t{0});
    check(format::CodecId::arm64_branches, shifted, 4999);
  }
  for (const std::size_t length : {256U, 257U, 4095U, 4096U, 4097U, 4098U, 4099U, 4100U, 8191U})
    check(format::CodecId::arm64_branches, arm64_code(length), 4'999);
}

// Each prefix by itself: it may end within a word.
TEST(BranchFilter, Arm64GivesAnyPrefix) {
  Bytes raw = arm64_code(600);
  raw.insert(raw.begin(), {1, 2, 3});
  const auto filtered = filter_at_length(format::CodecId::arm64_branches, raw);
  ASSERT_TRUE(filtered);
  for (std::size_t wanted = 1; wanted <= raw.size(); ++wanted) {
    const auto restored = restore(format::CodecId::arm64_branches, *filtered, raw.size(), wanted);
    ASSERT_TRUE(restored) << wanted;
    EXPECT_TRUE(std::ranges::equal(*restored, ByteView(raw).first(wanted))) << wanted;
  }
}

TEST(BranchFilter, Arm64TakesTablesAndUnwindingApart) {
  Bytes raw = arm64_code(8192);
  for (const Bytes& part : {table_of_pairs(8192, 1), unwinding(16'384, 2)}) raw.insert(raw.end(), part.begin(), part.end());
  check(format::CodecId::arm64_branches, raw, 9'973);
}

// What is added to a page is in its stream: the words are the same, wherever they point.
TEST(BranchFilter, Arm64TakesAddressesOutOfWords) {
  Bytes raw(8192);
  for (std::uint32_t at = 0; at < raw.size(); at += 16) {
    store_le(&raw[at], 0x90000000U | (at * 77 & 0x60FFFFE0U) | 3U);
    store_le(&raw[at + 4], 0xAA0103E2U);
    store_le(&raw[at + 8], 0xF9400000U | (at * 5 & 0x1FFU) << 10U | 3U << 5U | 4U);
    store_le(&raw[at + 12], 0xD65F03C0U);
  }
  const auto filtered = filter_at_length(format::CodecId::arm64_branches, raw);
  ASSERT_TRUE(filtered);
  EXPECT_EQ(std::ranges::count(*filtered, std::uint8_t{0xF9}), static_cast<std::ptrdiff_t>(raw.size() / 16));
  const auto word = std::to_array<std::uint8_t>({0xF9, 0x00, 0x03, 0x24});
  std::size_t words = 0;
  for (auto from = filtered->begin();; ++words, ++from)
    if (from = std::search(from, filtered->end(), word.begin(), word.end()); from == filtered->end()) break;
  EXPECT_EQ(words, raw.size() / 16);
  check(format::CodecId::arm64_branches, raw, 9'973);
}

// Calls alone would be twice as long: what grows by more than a quarter is declined.
TEST(BranchFilter, Arm64DeclinesWhatGrowsTooMuch) {
  Bytes raw(65'536);
  for (std::size_t at = 0; at < raw.size(); at += 4) store_le(&raw[at], 0x94000000U);
  EXPECT_FALSE(filter(format::CodecId::arm64_branches, raw));
}

TEST(BranchFilter, Arm64LeavesOtherDataAlone) {
  EXPECT_FALSE(filter(format::CodecId::arm64_branches, random_bytes(100'000, 9)).has_value());
  EXPECT_FALSE(filter(format::CodecId::arm64_branches, Bytes(100'000, 0)).has_value());
  EXPECT_FALSE(filter(format::CodecId::arm64_branches, noise_with_moves(100'000, 1)).has_value());
}

}  // namespace
}  // namespace npk::codec
