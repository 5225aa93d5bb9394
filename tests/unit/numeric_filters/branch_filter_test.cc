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

// Pieces of the running program that the filter takes: those with code.
std::vector<Bytes> own_code() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const Bytes all{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<Bytes> pieces;
  for (std::size_t from = 0; from + kPiece <= all.size() && pieces.size() < 2; from += kPiece / 2) {
    const ByteView piece = ByteView(all).subspan(from, kPiece);
    if (filter(format::CodecId::x86_branches, Bytes(piece.begin(), piece.end()))) pieces.emplace_back(piece.begin(), piece.end());
  }
  return pieces;
}

Bytes arm64_code(std::size_t length) {
  std::mt19937 random(7);
  Bytes code(length);
  for (std::uint32_t at = 0; at + 4 <= length; at += 4) {
    const std::uint32_t kind = random() % 8, any = static_cast<std::uint32_t>(random());
    const std::uint32_t target = any % static_cast<std::uint32_t>(length / 4) - at / 4;
    std::uint32_t word = 0x91000000U | (any & 0x3FFFFFU);
    if (kind == 0) word = 0x94000000U | (target & 0x3FFFFFFU);
    if (kind == 1) word = 0x14000000U | (target & 0x3FFFFFFU);
    if (kind == 2) word = 0x90000000U | (any & 0x60FFFFFFU);
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
    EXPECT_FALSE(filter(format::CodecId::arm64_branches, raw).has_value());
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
  for (const std::size_t length : {kPiece + 1, (std::size_t{1} << 20) - 1, std::size_t{3'300'000}, std::size_t{8'200'000}, std::size_t{9'437'185}, kMaxFilteredRawBytes}) {
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
  const std::vector<Bytes> maps{{}, {0x0F}, {0x0F, 0x38}, {0x0F, 0x3A}, {0xC5, 0xF8}, {0xC4, 0xE1, 0x78}, {0xC4, 0x43, 0x01}, {0x62, 0xF1, 0x7C, 0x48}, {0x62, 0xF3, 0x7D, 0x08}};
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
  for (const std::size_t length : {256U, 275U, 276U, 4096U, 4097U, 4115U, 4116U, 8191U}) check(format::CodecId::x86_branches, noise_with_moves(length, 5), 4'999);
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
  Bytes shifted = arm64_code(20'003);
  shifted.insert(shifted.begin(), 3, std::uint8_t{0});
  check(format::CodecId::arm64_branches, shifted, 1999);
}

}  // namespace
}  // namespace npk::codec
