// Words for general content: by trial, without one, and in long blocks.
#include <gtest/gtest.h>

#include <memory>
#include <stop_token>

#include "block/seal_slots.h"
#include "unit/block/sealed_block.h"

namespace npk::block {
namespace {

using format::CodecId;
using testing::atoms, testing::expect_comes_back, testing::prose, testing::Sealed, testing::sealed, testing::some_words;

// Words are for what is written in words, not for columns of numbers.
TEST(SealWords, WordsWhereATrialSaysSo) {
  const SealOptions options{.encoder = {.step = {CodecId::lzma2, 6, 1U << 20}}, .filtered_encoder = {}, .word_filter = true};
  const std::string text = prose(1U << 19), columns = atoms(1U << 19);
  const Sealed of_text = sealed(as_bytes(text), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(of_text.opened().header), "words+lzma2");
  EXPECT_GT(of_text.opened().header.chain[0].level, 0);
  expect_comes_back(of_text, as_bytes(text));
  const Sealed of_columns = sealed(as_bytes(columns), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(of_columns.opened().header), "lzma2");
  const Sealed forced = sealed(as_bytes(columns), {.encoder = options.encoder, .forced_filters = {CodecId::words}}, codec::ContentKind::general);
  EXPECT_LT(of_columns.body.size(), forced.body.size());
}

// What the trial looks at is one text again and again, of which a dictionary is a good part; the block has much more.
TEST(SealWords, WordsWherePartsOfTextLoseLittle) {
  const SealOptions options{.encoder = {.step = {CodecId::lzma2, 6, 8U << 20}}, .word_filter = true};
  constexpr std::size_t kTrialBytes = 1U << 19;
  const std::string again = prose(15'000);
  std::string text = prose(8 * kTrialBytes).substr(0, 8 * kTrialBytes);
  for (const std::size_t trial : {3 * kTrialBytes / 2, 11 * kTrialBytes / 2}) {
    for (std::size_t at = 0; at < kTrialBytes; at += again.size()) text.replace(trial + at, again.size(), again);
  }
  const Sealed with = sealed(as_bytes(text), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(with.opened().header), "words+lzma2");
  EXPECT_LT(with.opened().header.chain[0].level, 0);
  EXPECT_LT(with.body.size(), sealed(as_bytes(text), {.encoder = options.encoder}, codec::ContentKind::general).body.size());
}

// Told by how much shorter text becomes; not of what is no text, nor of less than 256 KiB, nor of blocks longer than asked for.
TEST(SealWords, QuickWordsNeedNoTrial) {
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 23}},
                            .quick_words = {.zstd = {.strategy = 3, .min_match = 4}, .most_raw_bytes = 2U << 20}};
  const std::string text = prose(1U << 20), columns = atoms(1U << 20);
  const Sealed of_text = sealed(as_bytes(text), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(of_text.opened().header), "words+zstd");
  EXPECT_LT(of_text.opened().header.chain[0].level, -25);
  expect_comes_back(of_text, as_bytes(text));
  EXPECT_EQ(chain_name(sealed(as_bytes(columns), options, codec::ContentKind::general).opened().header), "zstd");
  EXPECT_EQ(chain_name(sealed(as_bytes(text).first((256U << 10) - 1), options, codec::ContentKind::general).opened().header), "zstd");
  EXPECT_EQ(chain_name(sealed(as_bytes(text), options, codec::ContentKind::lines).opened().header), "zstd");
  SealOptions shorter = options;
  shorter.quick_words.most_raw_bytes = text.size() - 1;
  EXPECT_EQ(chain_name(sealed(as_bytes(text), shorter, codec::ContentKind::general).opened().header), "zstd");
}

// One text in many versions, of which each has other words in places.
std::string versions(std::size_t bytes) {
  const std::string first = prose(64U << 10);
  const std::vector<std::string> words = some_words(3000);
  std::mt19937_64 random(10);
  std::string text;
  while (text.size() < bytes) {
    std::string next = first;
    for (int change = 0; change < 200; ++change) next.replace(random() % (next.size() - 16), random() % 16, words[random() % words.size()]);
    text += next;
  }
  return text;
}

// What shrinks to a quarter, and only that; and whatever the same sealer had before.
TEST(SealWords, QuickWordsThatRepeatThemselvesAreSearchedFurther) {
  const SealOptions same{.encoder = {.step = {CodecId::zstd, 6, 23}},
                         .quick_words = {.zstd = {.strategy = 3, .search_log = 3, .min_match = 4},
                                         .repetitive_zstd = {.strategy = 3, .search_log = 3, .min_match = 4},
                                         .most_raw_bytes = 2U << 20}};
  SealOptions further = same;
  further.quick_words.repetitive_zstd = {.strategy = 5, .search_log = 5, .min_match = 4};
  const std::string repetitive = versions(1U << 20), ordinary = prose(1U << 20);
  const Sealed searched = sealed(as_bytes(repetitive), further, codec::ContentKind::general);
  EXPECT_EQ(chain_name(searched.opened().header), "words+zstd");
  EXPECT_LT(searched.body.size() * 100, sealed(as_bytes(repetitive), same, codec::ContentKind::general).body.size() * 98);
  expect_comes_back(searched, as_bytes(repetitive));
  const Bytes once = sealed(as_bytes(ordinary), same, codec::ContentKind::general).body;
  EXPECT_EQ(sealed(as_bytes(ordinary), further, codec::ContentKind::general).body, once);

  BlockSealer sealer = BlockSealer::create(further).value();
  for (const std::string& text : {ordinary, repetitive, repetitive, ordinary}) {
    Bytes buffer(kSealHeadroom + text.size()), room(buffer.size());
    std::ranges::copy(as_bytes(text), buffer.begin() + kSealHeadroom);
    const ByteView body = sealer.seal(buffer, {}, room, codec::ContentKind::general).value();
    EXPECT_TRUE(std::ranges::equal(body, text == ordinary ? once : searched.body));
  }
}

// In a slot, with an encoder of their own; where words make two fifths less of it, which some of the middle tells ahead.
TEST(SealWords, LongBlocksHaveWordsWhereTheyAreMuchShorter) {
  const codec::ZstdParameters zstd{.strategy = 3, .search_log = 3, .min_match = 4};
  SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 23}},
                      .quick_words = {.zstd = zstd,
                                      .repetitive_zstd = zstd,
                                      .long_zstd = {.strategy = 5, .search_log = 5, .min_match = 4},
                                      .most_raw_bytes = 1U << 20,
                                      .most_long_raw_bytes = 8U << 20},
                      .slots = std::make_shared<FilterSlots>(1)};
  const std::string text = versions(4U << 20), columns = atoms(3U << 20);
  const Sealed of_text = sealed(as_bytes(text), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(of_text.opened().header), "words+zstd");
  EXPECT_LT(of_text.opened().header.chain[0].level, -40);
  expect_comes_back(of_text, as_bytes(text));
  SealOptions quicker = options;
  quicker.quick_words.long_zstd = zstd;
  EXPECT_LT(of_text.body.size(), sealed(as_bytes(text), quicker, codec::ContentKind::general).body.size());

  std::mt19937_64 random(12);
  std::string letters(1U << 20, ' ');
  for (char& letter : letters) letter = static_cast<char>('a' + random() % 26);
  const auto third = [](const std::string& of) { return of.substr(0, of.size() / 3); };
  EXPECT_EQ(chain_name(sealed(as_bytes(columns), options, codec::ContentKind::general).opened().header), "zstd");
  for (const std::string& raw : {third(text) + columns + third(text), letters + text.substr(0, text.size() / 2) + letters}) {
    const Sealed tried = sealed(as_bytes(raw), options, codec::ContentKind::general);
    expect_comes_back(tried, as_bytes(raw));
    const SealOptions plain{.encoder = behind_quick_words(options.encoder, options.quick_words.long_plain_zstd)};
    EXPECT_LE(tried.body.size(), sealed(as_bytes(raw), plain, codec::ContentKind::general).body.size());
  }
  options.quick_words.most_long_raw_bytes = text.size() - 1;
  EXPECT_EQ(chain_name(sealed(as_bytes(text), options, codec::ContentKind::general).opened().header), "zstd");
}

// Half text, half letters at random: too little of it is words to be sure, and what the compressor makes of both decides.
TEST(SealWords, LongBlocksAreTriedWithWordsWhereTheyMayBeShorter) {
  std::mt19937_64 random(14);
  const std::vector<std::string> words = some_words(3000);
  const auto mixed = [&](std::size_t bytes, std::size_t letters) {
    std::string text;
    while (text.size() < bytes) {
      for (int word = 0; word < 8; ++word) text += words[random() % words.size()] + " ";
      for (std::size_t letter = 0; letter < letters; ++letter) text += static_cast<char>('a' + random() % 16);
      text += '\n';
    }
    return text;
  };
  const codec::ZstdParameters zstd{.strategy = 3, .hash_log = 18, .search_log = 3, .min_match = 4};
  SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 23}},
                      .quick_words = {.zstd = zstd,
                                      .repetitive_zstd = zstd,
                                      .long_zstd = zstd,
                                      .long_plain_zstd = zstd,
                                      .most_raw_bytes = 1U << 20,
                                      .most_long_raw_bytes = 8U << 20},
                      .slots = std::make_shared<FilterSlots>(1)};
  const std::string text = mixed(4U << 20, 75);
  const Sealed with = sealed(as_bytes(text), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(with.opened().header), "words+zstd");
  expect_comes_back(with, as_bytes(text));
  const Bytes plain = sealed(as_bytes(text), {.encoder = behind_quick_words(options.encoder, zstd)}, codec::ContentKind::general).body;
  EXPECT_LT(with.body.size(), plain.size());

  options.quick_words.long_plain_zstd = {.strategy = 7, .hash_log = 20, .search_log = 6, .min_match = 3};
  options.quick_words.long_zstd = {.strategy = 1, .hash_log = 10, .min_match = 7};
  const Sealed without = sealed(as_bytes(text), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(without.opened().header), "zstd") << "which is the shorter now";
  EXPECT_LT(without.body.size(), plain.size());
  expect_comes_back(without, as_bytes(text));
}

// Without words, in such a slot, with a table that still has what is far behind.
TEST(SealWords, LongBlocksWithoutWordsHaveATableForAllOfThem) {
  std::mt19937_64 random(13);
  std::string letters(2U << 20, ' ');
  for (char& letter : letters) letter = static_cast<char>('a' + random() % 16);
  const std::string twice = letters + letters;
  SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 23}, .zstd = {.strategy = 3, .hash_log = 16, .search_log = 3}},
                      .quick_words = {.long_plain_zstd = {.strategy = 3, .hash_log = 22, .search_log = 3},
                                      .most_raw_bytes = 1U << 20,
                                      .most_long_raw_bytes = 8U << 20},
                      .slots = std::make_shared<FilterSlots>(1)};
  const Sealed found = sealed(as_bytes(twice), options, codec::ContentKind::general);
  EXPECT_EQ(chain_name(found.opened().header), "zstd");
  EXPECT_LT(found.body.size(), twice.size() / 3);
  expect_comes_back(found, as_bytes(twice));
  options.quick_words.most_raw_bytes = twice.size();
  EXPECT_GT(sealed(as_bytes(twice), options, codec::ContentKind::general).body.size(), twice.size() / 2) << "no long block";
}

// Not from a stopped sealer: another thread may have the only slot.
TEST(SealWords, LongBlocksWaitForASlot) {
  std::stop_source stop;
  const auto slots = std::make_shared<FilterSlots>(1);
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 23}, .stop = stop.get_token()},
                            .quick_words = {.most_raw_bytes = 1U << 20, .most_long_raw_bytes = 8U << 20},
                            .slots = slots};
  BlockSealer sealer = BlockSealer::create(options).value();
  const auto slot = slots->take({});
  stop.request_stop();
  Bytes buffer(kSealHeadroom + (2U << 20), 'a'), room(buffer.size());
  const auto body = sealer.seal(buffer, {}, room);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace npk::block
