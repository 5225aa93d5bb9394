// The checksums' check values, and that parts summed up apart come to what they come to in one go.
#include "npk/checksum.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <random>

namespace npk {
namespace {

struct Sums {
  Crc32c castagnoli;
  Crc32 ieee;

  void update(ByteView bytes) {
    castagnoli.update(bytes);
    ieee.update(bytes);
  }
  void append(const Sums& next, std::uint64_t bytes) {
    const ChecksumShift shift(bytes);
    castagnoli.append(next.castagnoli, shift);
    ieee.append(next.ieee, shift);
  }
  friend bool operator==(const Sums& a, const Sums& b) { return a.castagnoli.value() == b.castagnoli.value() && a.ieee.value() == b.ieee.value(); }
};

Sums sums_of(ByteView bytes) {
  Sums sums;
  sums.update(bytes);
  return sums;
}

std::uint32_t crc32c_of(ByteView bytes) { return sums_of(bytes).castagnoli.value(); }

Bytes random_bytes(std::size_t count, std::mt19937_64& random) {
  Bytes bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

TEST(Checksum, HasTheCheckValues) {
  Crc32c castagnoli;
  Crc32 ieee;
  for (const char* part : {"1234", "", "56789"}) {
    castagnoli.update(as_bytes(part));
    ieee.update(as_bytes(part));
  }
  EXPECT_EQ(castagnoli.value(), 0xE3069283U);
  EXPECT_EQ(ieee.value(), 0xCBF43926U);
  EXPECT_EQ(Crc32c().value(), 0U);
  EXPECT_EQ(Crc32().value(), 0U);
  // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending.
  EXPECT_EQ(crc32c_of(Bytes(32, 0)), 0x8A9136AAU);
  EXPECT_EQ(crc32c_of(Bytes(32, 0xFF)), 0x62A8AB43U);
}

TEST(Checksum, AppendsPartsSummedUpApart) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    const Bytes bytes = random_bytes(random() % 3000, random);
    const Sums expected = sums_of(bytes);
    Sums parts;
    for (ByteView rest = bytes; !rest.empty();) {
      const std::size_t count = std::min(rest.size(), random() % 5 == 0 ? 0 : 1 + random() % 1000);
      parts.append(sums_of(rest.first(count)), count);
      rest = rest.subspan(count);
    }
    EXPECT_EQ(parts, expected) << bytes.size();
    parts.update(bytes);
    Sums twice = expected;
    twice.append(expected, bytes.size());
    EXPECT_EQ(twice, parts) << bytes.size();
  }
}

TEST(Checksum, AppendsNothingToNothing) {
  Sums none;
  none.append(Sums(), 0);
  EXPECT_EQ(none, Sums());
  const Sums some = sums_of(as_bytes("some"));
  Sums before = some, after;
  before.append(Sums(), 0);
  after.append(some, 4);
  EXPECT_EQ(before, some);
  EXPECT_EQ(after, some);
}

// 5 GiB, each byte summed up.
TEST(Checksum, AppendsMoreThanFourGibibytes) {
  std::mt19937_64 random(6);
  constexpr std::size_t kPiece = 32U << 20;
  const Bytes piece = random_bytes(kPiece, random), head = random_bytes(1001, random);
  constexpr std::uint64_t kPieces = 160;
  Sums straight = sums_of(head), tail;
  const Sums one = sums_of(piece);
  for (std::uint64_t i = 0; i < kPieces; ++i) {
    straight.update(piece);
    tail.append(one, kPiece);
  }
  Sums joined = sums_of(head);
  joined.append(tail, kPieces * kPiece);
  EXPECT_EQ(joined, straight);
}

// Up to 2^62 bytes: doubled again and again, or in one step, in whichever order.
TEST(Checksum, AppendsAnyNumberOfBytes) {
  Sums doubled = sums_of(as_bytes("x"));
  Sums all_of_them;
  std::uint64_t all = 0;
  for (std::uint64_t count = 1; count < std::uint64_t{1} << 61; count *= 2) {
    Sums behind = doubled;
    behind.append(all_of_them, all);
    all_of_them.append(doubled, count);
    all += count;
    EXPECT_EQ(behind, all_of_them) << count;
    const Sums half = doubled;
    doubled.append(half, count);
  }
}

}  // namespace
}  // namespace npk
