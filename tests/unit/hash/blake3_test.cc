#include "unit/hash/blake3_vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hash/hash.h"

namespace npk::hash {
namespace {

Bytes pattern(std::size_t length) {
  Bytes bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

std::string hex(const Digest& digest) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Digest in_pieces(Blake3 state, ByteView bytes, std::size_t piece) {
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    state.update(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  }
  return state.finish();
}

TEST(Blake3, AgreesWithTheOfficialVectors) {
  static_assert(kBlake3Vectors.size() == 35);
  for (const Blake3Vector& vector : kBlake3Vectors) {
    EXPECT_EQ(hex(blake3(pattern(vector.length))), vector.hash) << vector.length;
  }
}

TEST(Blake3, DerivesKeysAsTheOfficialVectorsDo) {
  for (const Blake3Vector& vector : kBlake3Vectors) {
    Blake3 state = Blake3::derive_key(kVectorContext);
    state.update(pattern(vector.length));
    EXPECT_EQ(hex(state.finish()), vector.derive_key) << vector.length;
  }
}

TEST(Blake3, DoesNotDependOnHowTheInputIsCut) {
  for (const std::size_t length : {0U, 1U, 64U, 1025U, 8193U, 100'000U}) {
    const Bytes bytes = pattern(length);
    for (const std::size_t piece : {1U, 63U, 64U, 65U, 1023U, 1024U, 4096U, 65'536U}) {
      EXPECT_EQ(in_pieces(Blake3(), bytes, piece), blake3(bytes)) << length << " in pieces of " << piece;
    }
  }
}

TEST(Blake3, GoesOnAfterFinishAndCopiesAreIndependent) {
  const Bytes bytes = pattern(5000);
  const ByteView view(bytes);
  Blake3 state;
  state.update(view.first(3000));
  EXPECT_EQ(state.finish(), blake3(view.first(3000)));
  Blake3 copy = state;
  copy.update(view.subspan(3000, 100));
  state.update(view.subspan(3000));
  EXPECT_EQ(state.finish(), blake3(bytes));
  EXPECT_EQ(copy.finish(), blake3(view.first(3100)));
}

TEST(Blake3, ContextsAreDomainsOfTheirOwn) {
  const Bytes bytes = pattern(100);
  EXPECT_NE(in_pieces(Blake3::derive_key("a"), bytes, 100), in_pieces(Blake3::derive_key("b"), bytes, 100));
  EXPECT_NE(in_pieces(Blake3::derive_key(""), bytes, 100), blake3(bytes));
}

}  // namespace
}  // namespace npk::hash
