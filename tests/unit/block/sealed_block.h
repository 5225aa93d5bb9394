// Blocks as the sealer leaves them, and content to seal.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "block/chain_name.h"
#include "block/open.h"
#include "block/seal.h"

namespace npk::block::testing {

struct Sealed {
  Bytes body;
  [[nodiscard]] format::OpenedBody opened() const { return format::split_body(body, Limits()).value(); }
};

inline Sealed sealed(ByteView raw, const SealOptions& options, codec::ContentKind kind) {
  Bytes buffer(kSealHeadroom + raw.size()), room(buffer.size());
  std::ranges::copy(raw, buffer.begin() + kSealHeadroom);
  BlockSealer sealer = BlockSealer::create(options).value();
  const ByteView body = sealer.seal(buffer, {}, room, kind).value();
  return {Bytes(body.begin(), body.end())};
}

inline void expect_comes_back(const Sealed& sealed, ByteView raw) {
  BlockOpener opener{Limits()};
  const format::OpenedBody opened = sealed.opened();
  for (const std::size_t wanted : {raw.size(), std::size_t{0}, std::size_t{1}, raw.size() / 3, raw.size() - 1}) {
    Bytes out(wanted);
    const auto decoded = opener.decode(opened, {}, out);
    ASSERT_TRUE(decoded) << decoded.error().to_string() << " " << chain_name(opened.header);
    EXPECT_TRUE(std::ranges::equal(out, raw.first(wanted))) << wanted << " " << chain_name(opened.header);
  }
}

inline std::vector<std::string> some_words(std::size_t count) {
  static constexpr std::array kParts = std::to_array<std::string_view>({"ab", "con", "der", "fi", "gen", "la", "mor", "pre", "ta", "un", "ver", "zu"});
  std::mt19937_64 random(5);
  std::vector<std::string> words(count);
  for (std::string& word : words) {
    for (std::uint64_t i = 2 + random() % 3; i > 0; --i) word += kParts[random() % kParts.size()];
  }
  return words;
}

// The first words are the frequent ones.
inline std::string prose(std::size_t bytes) {
  const std::vector<std::string> words = some_words(3000);
  std::mt19937_64 random(6);
  std::string text;
  while (text.size() < bytes) text += words[random() % (1 + random() % words.size())] + (random() % 9 == 0 ? ".\n" : " ");
  return text;
}

// The same atoms again and again, each with a number of its own.
inline std::string atoms(std::size_t bytes) {
  std::mt19937_64 random(7);
  std::vector<std::string> places(1500);
  for (std::string& place : places) {
    for (int axis = 0; axis < 3; ++axis) place += "      " + std::to_string(10 + random() % 90) + "." + std::to_string(100 + random() % 900);
  }
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += "ATOM  " + std::to_string(10000 + i) + (random() % 2 == 0 ? "  CA  ALA A" : "  N   ALA A") + std::to_string(1000 + i / 8) +
            places[i % places.size()] + "  1.00  0.00           C\n";
  return text;
}

}  // namespace npk::block::testing
