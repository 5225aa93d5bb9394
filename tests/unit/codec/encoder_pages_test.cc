// Pages that encoders work in: pieces never overlap, are found again once they are given back, and go back to the system when nothing fits.
#include "codec/encoder_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "codec/encoder.h"
#include "codec/filter/encoder_memory.h"

namespace npk::codec {
namespace {

constexpr std::size_t kAll = 4U << 20;

bool fits(EncoderPages& pages, std::size_t bytes) {
  void* const memory = pages.take(bytes);
  return memory != nullptr && pages.give_back(memory);
}

struct Taken {
  std::uint8_t* memory;
  std::size_t bytes;
  std::uint8_t mark;
};

TEST(EncoderPages, PiecesNeverOverlapAndAreJoinedAgain) {
  EncoderPages pages(kAll);
  std::mt19937_64 random(20261201);
  std::vector<Taken> taken;
  std::size_t held = 0, refused = 0;
  for (int step = 0; step < 4000; ++step) {
    if (random() % 2 == 0 && !taken.empty()) {
      std::swap(taken[random() % taken.size()], taken.back());
      const Taken piece = taken.back();
      taken.pop_back();
      EXPECT_EQ(std::ranges::count(std::span(piece.memory, piece.bytes), piece.mark), static_cast<std::ptrdiff_t>(piece.bytes));
      EXPECT_TRUE(pages.give_back(piece.memory));
      held -= piece.bytes;
      continue;
    }
    const std::size_t bytes = 1 + random() % (200U << 10);
    auto* const memory = static_cast<std::uint8_t*>(pages.take(bytes));
    if (memory == nullptr) {
      ++refused;
      continue;
    }
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % EncoderPages::kPageBytes, 0U);
    taken.push_back({memory, bytes, static_cast<std::uint8_t>(step)});
    std::memset(memory, taken.back().mark, bytes);
    held += bytes;
    ASSERT_LE(held, kAll);
  }
  EXPECT_GT(refused, 0U);
  for (const Taken& piece : taken) EXPECT_TRUE(pages.give_back(piece.memory));
  EXPECT_TRUE(fits(pages, kAll));
  EXPECT_FALSE(fits(pages, kAll + 1));
}

TEST(EncoderPages, HaveWhatTheyHadUntilNothingFits) {
  EncoderPages pages(kAll);
  auto* memory = static_cast<std::uint8_t*>(pages.take(kAll / 2));
  void* const kept = pages.take(EncoderPages::kPageBytes);
  std::memset(memory, 1, kAll / 2);
  std::memset(kept, 2, EncoderPages::kPageBytes);
  EXPECT_TRUE(pages.give_back(memory));
  memory = static_cast<std::uint8_t*>(pages.take(kAll / 4));
  EXPECT_EQ(memory[0], 1);
  EXPECT_TRUE(pages.give_back(memory));
  EXPECT_EQ(pages.take(kAll), nullptr);
  memory = static_cast<std::uint8_t*>(pages.take(kAll / 2));
  EXPECT_EQ(std::ranges::count(std::span(memory, kAll / 2), 0), kAll / 2);
  EXPECT_EQ(*static_cast<std::uint8_t*>(kept), 2);
  EXPECT_TRUE(pages.give_back(memory));
  EXPECT_TRUE(pages.give_back(kept));
}

TEST(EncoderPages, OfOthersAreNotTheirs) {
  EncoderPages none(EncoderPages::kPageBytes - 1), pages(kAll), others(kAll);
  EXPECT_EQ(none.take(1), nullptr);
  int local = 0;
  void* const memory = others.take(1);
  for (EncoderPages* refusing : {&none, &pages}) {
    EXPECT_FALSE(refusing->give_back(&local));
    EXPECT_FALSE(refusing->give_back(memory));
  }
  EXPECT_TRUE(others.give_back(memory));
}

TEST(EncoderPages, AreTheThreadsWhileTheyAreUsed) {
  EncoderPages outer(kAll), inner(kAll);
  EXPECT_EQ(EncoderPages::current(), nullptr);
  {
    const EncoderPages::Use use(&outer);
    {
      const EncoderPages::Use used_within(&inner);
      EXPECT_EQ(EncoderPages::current(), &inner);
    }
    EXPECT_EQ(EncoderPages::current(), &outer);
  }
  EXPECT_EQ(EncoderPages::current(), nullptr);
}

// Of filters, and none of one call's own where the thread has some.
TEST(EncoderPages, ServeWhatFiltersKeep) {
  EncoderPages pages(kAll);
  {
    const EncoderPages::Use use(&pages);
    EncoderMemory memory(kAll);
    FilterBytes bytes(3U << 20), too_long;
    EXPECT_FALSE(fits(pages, 2U << 20));
    EXPECT_THROW(too_long.resize(2U << 20), FilterMemoryExceeded);
    let_go(bytes);
    EXPECT_TRUE(fits(pages, kAll));
  }
  EncoderMemory memory(kAll);
  const FilterBytes bytes(3U << 20);
  EXPECT_TRUE(fits(pages, kAll));
}

TEST(EncoderPages, ServeEncodersWhichMakeTheSameOfThemOrTheHeap) {
  std::mt19937_64 random(1);
  Bytes raw(1U << 20);
  for (std::uint8_t& byte : raw) byte = static_cast<std::uint8_t>(random() % 20);
  for (const CodecStep step : {CodecStep{format::CodecId::zstd, 9, 20}, CodecStep{format::CodecId::lzma2, 3, 1U << 20}}) {
    Bytes expected(raw.size()), made(raw.size());
    expected.resize(make_encoder({.step = step}).value()->encode(raw, {}, expected).value().value());
    for (const std::size_t bytes : {std::size_t{64} << 20, std::size_t{1} << 20}) {  // which is too little
      EncoderPages pages(bytes);
      for (int round = 0; round < 2; ++round) {  // the second in what the first left
        const auto encoder = make_encoder({.step = step, .pages = &pages}).value();
        const std::size_t length = encoder->encode(raw, {}, made).value().value();
        EXPECT_TRUE(std::ranges::equal(std::span(made).first(length), expected));
        EXPECT_TRUE(bytes == 1U << 20 || !fits(pages, bytes));
      }
      EXPECT_TRUE(fits(pages, bytes));
    }
  }
}

}  // namespace
}  // namespace npk::codec
