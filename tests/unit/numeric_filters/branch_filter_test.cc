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

// Pieces of the running program that the filter takes: not those whose calls mostly lead out of them, as many do in a sanitized program.
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

void check(format::CodecId id, const Bytes& raw, std::size_t seldom) {
  const auto filtered = filter(id, raw);
  ASSERT_TRUE(filtered.has_value());
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

TEST(BranchFilter, Arm64Agrees) {
  check(format::CodecId::arm64_branches, arm64_code(kPiece + 5), 1'000'003);
  Bytes shifted = arm64_code(20'003);
  shifted.insert(shifted.begin(), 3, std::uint8_t{0});
  check(format::CodecId::arm64_branches, shifted, 1999);
}

}  // namespace
}  // namespace npk::codec
