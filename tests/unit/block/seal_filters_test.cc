// Chains of filters as a block is sealed and opened: every combination comes back exactly, whole and in part.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <random>
#include <span>
#include <string>

#include "block/chain_name.h"
#include "block/open.h"
#include "block/seal.h"
#include "block/seal_check.h"
#include "block/seal_filters.h"
#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "unit/block/sealed_block.h"

namespace npk::block {
namespace {

using format::CodecId;
using testing::atoms, testing::expect_comes_back, testing::prose, testing::Sealed, testing::sealed;

std::string json_records(int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) text += "{\"id\":" + std::to_string(i) + ",\"name\":\"n" + std::to_string(i % 97) + "\"},\n";
  return text + "{}]";
}

Bytes noise(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 7);
  return bytes;
}

// Of four bytes each, in no order.
Bytes counters(std::size_t size) {
  std::mt19937_64 random(8);
  Bytes bytes(size);
  for (std::size_t i = 0; i + 4 <= size; i += 4) {
    const auto value = static_cast<std::uint32_t>(random() % 3000);
    for (unsigned byte = 0; byte < 4; ++byte) bytes[i + byte] = static_cast<std::uint8_t>(value >> (8 * byte));
  }
  return bytes;
}

// Functions that call each other and load what they name.
Bytes x86_code(std::size_t size) {
  std::mt19937_64 random(9);
  Bytes code;
  while (code.size() < size) {
    code.insert(code.end(), {0x55, 0x48, 0x89, 0xE5, 0x48, 0x8B, 0x45, 0xF8, 0xE8});
    const auto to = static_cast<std::uint32_t>(random() % 64 * 1000 - code.size());
    for (unsigned byte = 0; byte < 4; ++byte) code.push_back(static_cast<std::uint8_t>(to >> (8 * byte)));
    code.insert(code.end(), {0x5D, 0xC3});
  }
  return code;
}

SealOptions forced(std::vector<CodecId> filters) {
  return {.encoder = {.step = {CodecId::zstd, 3, 0}}, .filtered_encoder = {}, .word_filter = false, .choose_filters = false, .forced_filters = std::move(filters)};
}

TEST(SealFilters, EveryPairOfFiltersComesBack) {
  const std::string json = json_records(2000);
  const Bytes few = noise(40'000, 1);
  for (const codec::FilterEncoderInfo& first : codec::filter_encoders()) {
    for (const codec::FilterEncoderInfo& second : codec::filter_encoders()) {
      expect_comes_back(sealed(as_bytes(json), forced({first.id, second.id}), codec::ContentKind::general), as_bytes(json));
      expect_comes_back(sealed(few, forced({first.id, second.id}), codec::ContentKind::general), few);
    }
  }
}

TEST(SealFilters, SevenFiltersComeBack) {
  const Bytes raw = noise(50'000, 2);
  std::vector<CodecId> filters;
  for (std::size_t i = 0; i < 7; ++i) filters.push_back(codec::filter_encoders()[i % codec::filter_encoders().size()].id);
  expect_comes_back(sealed(raw, forced(filters), codec::ContentKind::general), raw);
}

// All of each kind's encoders, one block after another; of too few pages as far as they go.
TEST(SealFilters, WorkInThePagesOfTheirSlot) {
  const std::string json = json_records(40'000);
  const Bytes code = x86_code(1U << 20), numbers = counters(1U << 20);
  for (const CodecId behind : {CodecId::zstd, CodecId::lzma2}) {
    const codec::CodecStep step{behind, 1, behind == CodecId::zstd ? 0U : 1U << 20};
    SealOptions options{.encoder = {.step = {CodecId::zstd, 3, 0}}, .filtered_encoder = {.step = step}, .choose_filters = true};
    const auto slots = std::make_shared<FilterSlots>(1, 64U << 20), few = std::make_shared<FilterSlots>(1, 256U << 10);
    for (const auto& [raw, kind] : {std::pair{as_bytes(json), codec::ContentKind::json}, std::pair{as_bytes(json), codec::ContentKind::lines},
                                    std::pair{ByteView(code), codec::ContentKind::x86_code}, std::pair{ByteView(numbers), codec::ContentKind::numeric}}) {
      options.slots = nullptr;
      const Sealed expected = sealed(raw, options, kind);
      options.slots = few;
      EXPECT_EQ(sealed(raw, options, kind).body, expected.body);
      options.slots = slots;
      EXPECT_EQ(sealed(raw, options, kind).body, expected.body);
      const FilterSlots::Slot slot = slots->take({}).value();
      constexpr std::size_t kSome = 512U << 10;
      auto* const memory = static_cast<std::uint8_t*>(slot.pages()->take(kSome));
      EXPECT_LT(std::ranges::count(std::span(memory, kSome), 0), kSome) << "as nothing worked in it";
      std::ranges::fill(std::span(memory, kSome), 0);
      EXPECT_TRUE(slot.pages()->give_back(memory));
    }
  }
}

// In the middle of the block is a long text that the filter makes nothing of, and records are around it.
TEST(SealFilters, JsonIsTriedInSeveralPlaces) {
  const std::string records = json_records(40'000);
  std::mt19937_64 random(4);
  std::string text = "{\"text\":\"";
  while (text.size() < records.size()) text += static_cast<char>('a' + random() % 26);
  const std::string raw = records + text + "\"}" + records;
  ASSERT_GT(raw.size(), 2U << 20);
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 3, 0}}, .choose_filters = true};
  const Sealed block = sealed(as_bytes(raw), options, codec::ContentKind::json);
  EXPECT_EQ(block.opened().header.chain.size(), 2U);
  expect_comes_back(block, as_bytes(raw));
}

// What containers write: the lines of a log in strings. Those of objects alone are JSON.
TEST(SealFilters, JsonByLineMayBeLines) {
  std::mt19937_64 random(6);
  std::string log, objects;
  for (int i = 0; i < 4000; ++i) {
    const auto number = [&](unsigned most) { return std::to_string(random() % most); };
    log += "{\"log\": \"10.0.0." + number(250) + " - [30/Nov/2026 06:" + number(60) + ":" + number(60) + "] \\\"GET /items/" + number(90'000);
    log += "/of/" + number(300) + " HTTP/1.1\\\" " + number(90'000) + " took " + number(5000) + " ms\\n\", \"stream\": \"out\"}\n";
    objects += "{\"id\": " + std::to_string(i) + ", \"places\": [" + number(1000);
    for (std::uint64_t more = random() % 6; more > 0; --more) objects += ", {\"x\": " + number(90) + ", \"name\": \"name " + number(40) + "\"}";
    objects += "], \"on\": true}\n";
  }
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 3, 0}}, .choose_filters = true};
  for (const auto& [text, chain] : {std::pair(log, "lines+zstd"), std::pair(objects, "json+zstd"), std::pair(json_records(9000), "json+zstd")}) {
    const Sealed block = sealed(as_bytes(text), options, codec::ContentKind::json);
    EXPECT_EQ(chain_name(block.opened().header), chain);
    expect_comes_back(block, as_bytes(text));
  }
}

TEST(SealFilters, EveryFilterCanBeUndone) {
  for (const codec::FilterEncoderInfo& filter : codec::filter_encoders()) {
    ASSERT_NE(codec::find_filter(filter.id), nullptr);
    EXPECT_LE(codec::find_filter(filter.id)->decoder_memory(1U << 20), (1U << 20) + (11U << 20));
  }
  EXPECT_EQ(codec::filters().size(), codec::filter_encoders().size());
}

std::optional<std::size_t> encode_wrongly(ByteView raw, MutableBytes out) {
  const auto length = codec::find_filter_encoder(CodecId::byte_shuffle)->encode(raw, out);
  if (length) out[*length - 1] ^= 1;
  return length;
}

// An encoder with an error in it costs space.
TEST(SealFilters, ABlockThatWouldNotComeBackIsNotFiltered) {
  const Bytes raw = counters(60'000);
  for (const bool is_forced : {true, false}) {
    SealOptions options = is_forced ? forced({CodecId::byte_shuffle}) : SealOptions{.encoder = {.step = {CodecId::zstd, 3, 0}}, .choose_filters = true};
    for (const bool is_right : {true, false}) {
      const auto encode = is_right ? codec::find_filter_encoder(CodecId::byte_shuffle)->encode : encode_wrongly;
      const codec::FilterEncoderInfo encoder{CodecId::byte_shuffle, encode, nullptr};
      options.filter_encoders = std::span(&encoder, 1);
      std::atomic<std::uint64_t> not_restored = 0;
      options.not_restored = &not_restored;
      const Sealed block = sealed(raw, options, codec::ContentKind::numeric);
      EXPECT_EQ(chain_name(block.opened().header), is_right ? "byte_shuffle+zstd" : "zstd");
      EXPECT_EQ(not_restored, is_right ? 0U : 1U);
      expect_comes_back(block, raw);
    }
  }
}

std::optional<std::size_t> encode_small_lines(ByteView raw, MutableBytes out) {
  return raw.size() > (1U << 20) ? std::nullopt : codec::find_filter_encoder(CodecId::lines)->encode(raw, out);
}

// As where a block takes more memory than an encoder may have.
TEST(SealFilters, WhatDeclinesAllOfABlockGivesWayToTheNext) {
  std::string text;
  for (int i = 0; text.size() < (2U << 20); ++i) text += "took " + std::to_string(i % 977) + " ms for request number " + std::to_string(i) + "\n";
  const std::array encoders = {codec::FilterEncoderInfo{CodecId::lines, encode_small_lines, nullptr}, *codec::find_filter_encoder(CodecId::words)};
  SealOptions options{.encoder = {.step = {CodecId::zstd, 3, 0}}, .tries_words = true, .choose_filters = true};
  options.filter_encoders = encoders;
  const Sealed small = sealed(as_bytes(text).first(1U << 20), options, codec::ContentKind::lines);
  EXPECT_EQ(chain_name(small.opened().header), "lines+zstd");
  const Sealed large = sealed(as_bytes(text), options, codec::ContentKind::lines);
  EXPECT_EQ(chain_name(large.opened().header), "words+zstd");
  expect_comes_back(large, as_bytes(text));
}

TEST(SealFilters, WhatComesBackIsCompared) {
  const Bytes raw = counters(60'000);
  Bytes filtered(raw.size()), shuffled(raw.size() + 64), room(raw.size() + kSealHeadroom);
  const auto length = codec::find_filter_encoder(CodecId::words)->encode(raw, filtered);
  ASSERT_TRUE(length);
  const auto shuffled_length = codec::find_filter_encoder(CodecId::byte_shuffle)->encode(ByteView(filtered).first(*length), shuffled);
  ASSERT_TRUE(shuffled_length);
  const FilteredBlock block{ByteView(shuffled).first(*shuffled_length),
                            {{CodecId::words, 0, static_cast<std::uint32_t>(*length)},
                             {CodecId::byte_shuffle, 0, static_cast<std::uint32_t>(*shuffled_length)}}};
  EXPECT_TRUE(comes_back(block, raw, room));
  Bytes other = raw;
  other.back() ^= 1;
  EXPECT_FALSE(comes_back(block, other, room));
  other.pop_back();
  EXPECT_FALSE(comes_back(block, other, room));
  shuffled[*shuffled_length / 2] ^= 1;
  EXPECT_FALSE(comes_back(block, raw, room));
  EXPECT_TRUE(comes_back({raw, {}}, raw, room));
}

TEST(SealFilters, ATrialDecides) {
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 0}}, .filtered_encoder = {.step = {CodecId::zstd, 9, 0}}, .choose_filters = true};
  const std::string json = json_records(5000);
  const Sealed chosen = sealed(as_bytes(json), options, codec::ContentKind::json);
  expect_comes_back(chosen, as_bytes(json));
  const auto& chain = chosen.opened().header.chain;
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[0].id, CodecId::json);
  EXPECT_GT(chain[0].level, 1);  // percent of the trial
  EXPECT_EQ(chain[1].level, 9);
  EXPECT_LT(chosen.body.size(), sealed(as_bytes(json), options, codec::ContentKind::general).body.size());
  const Bytes other = noise(60'000, 3);
  const Sealed not_chosen = sealed(other, options, codec::ContentKind::json);
  EXPECT_EQ(chain_name(not_chosen.opened().header), "zstd");
  expect_comes_back(not_chosen, other);
}

// Whether a filter takes it or not.
TEST(SealFilters, CodeHasAnEncoderOfItsOwn) {
  SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 0}}, .filtered_encoder = {.step = {CodecId::zstd, 9, 0}}, .choose_filters = true};
  const std::string text = json_records(1000);
  const auto level = [&](codec::ContentKind kind) { return sealed(as_bytes(text), options, kind).opened().header.chain.back().level; };
  EXPECT_EQ(level(codec::ContentKind::x86_code), 9) << "none is given";
  options.code_encoder = {.step = {CodecId::zstd, 7, 0}, .zstd = {.most_block_bytes = 32 << 10}};
  EXPECT_EQ(level(codec::ContentKind::x86_code), 7);
  EXPECT_EQ(level(codec::ContentKind::arm64_code), 7);
  EXPECT_EQ(level(codec::ContentKind::json), 9);
  EXPECT_EQ(level(codec::ContentKind::general), 6);
  options.forced_filters = {CodecId::x86_branches};
  const Bytes code = x86_code(64U << 10);
  const Sealed forced = sealed(code, options, codec::ContentKind::general);
  expect_comes_back(forced, code);
  EXPECT_EQ(chain_name(forced.opened().header), "x86_branches+zstd");
  EXPECT_EQ(forced.opened().header.chain.back().level, 7);
}

// Whose middle says nothing of the rest.
TEST(SealFilters, ATrialOfNumbersLooksAtAllOfABlock) {
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 0}}, .filtered_encoder = {.step = {CodecId::zstd, 9, 0}}, .choose_filters = true};
  std::mt19937_64 random(4);
  Bytes raw(6U << 20);
  for (std::size_t i = 0; i + 4 <= raw.size(); i += 4) store_le(&raw[i], static_cast<std::uint32_t>(i * 31 + random() % 64));
  for (std::size_t i = 2U << 20; i < 4U << 20; ++i) raw[i] = static_cast<std::uint8_t>(random());
  const Sealed chosen = sealed(raw, options, codec::ContentKind::numeric);
  EXPECT_GT(chosen.opened().header.chain.size(), 1U);
  expect_comes_back(chosen, raw);
}

// Each of many numbers comes nine times in a block, and once or twice in the parts of a trial.
TEST(SealFilters, RanksOfNumbersAreTriedOnAllOfABlockIfAsked) {
  SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 0}}, .filtered_encoder = {.step = {CodecId::zstd, 9, 0}}, .choose_filters = true};
  std::mt19937_64 random(6);
  std::vector<std::uint64_t> numbers(120'000);
  for (std::uint64_t& number : numbers) number = random();
  Bytes raw(8U << 20);
  for (std::size_t i = 0; i + 8 <= raw.size(); i += 8) store_le(&raw[i], numbers[random() % numbers.size()]);
  const std::size_t by_parts = sealed(raw, options, codec::ContentKind::numeric).body.size();
  options.whole_trials = true;
  const Sealed chosen = sealed(raw, options, codec::ContentKind::numeric);
  EXPECT_EQ(chain_name(chosen.opened().header), "integers+zstd");
  EXPECT_LT(chosen.body.size(), by_parts);
  expect_comes_back(chosen, raw);
}

// In the middle of the block is a text in which no columns are, and columns are around it.
TEST(SealFilters, LinesAreTriedInSeveralPlaces) {
  const std::string raw = atoms(1U << 20) + prose(600U << 10) + atoms(1U << 20);
  const SealOptions options{.encoder = {.step = {CodecId::zstd, 6, 22}}, .tries_words = true, .choose_filters = true};
  const Sealed block = sealed(as_bytes(raw), options, codec::ContentKind::lines);
  EXPECT_EQ(chain_name(block.opened().header), "lines+zstd");
  expect_comes_back(block, as_bytes(raw));
}

// Lines and tables that are prose; and only where they are asked for.
TEST(SealFilters, WordsAreAnotherFilterOfLines) {
  const codec::EncoderOptions zstd{.step = {CodecId::zstd, 6, 22}};
  const std::string text = prose(1U << 19);
  for (const auto kind : {codec::ContentKind::lines, codec::ContentKind::delimited}) {
    const Sealed with = sealed(as_bytes(text), {.encoder = zstd, .tries_words = true, .choose_filters = true}, kind);
    EXPECT_EQ(chain_name(with.opened().header), "words+zstd");
    expect_comes_back(with, as_bytes(text));
    EXPECT_EQ(chain_name(sealed(as_bytes(text), {.encoder = zstd, .choose_filters = true}, kind).opened().header), "zstd");
  }
  EXPECT_EQ(kind_of_filter(CodecId::words), codec::ContentKind::general);
}

TEST(SealFilters, TextThatNoFilterMakesSmallerIsTold) {
  std::string log;
  for (int i = 0; i < 4000; ++i) log += "10:00:" + std::to_string(i) + " host daemon[" + std::to_string(i * i % 97) + "]: connection " + std::to_string(i) + " closed\n";
  EXPECT_TRUE(filters_pay(as_bytes(log), codec::ContentKind::lines).value());
  EXPECT_FALSE(filters_pay(as_bytes(prose(1U << 18)), codec::ContentKind::lines).value());
  EXPECT_FALSE(filters_pay({}, codec::ContentKind::lines).value());
}

TEST(SealFilters, ChainsThatNoWriterMakesAreCorrupt) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += (i * 7919 % 13 < 6 ? "struct device " : "return function_of ") + std::to_string(i) + "\n";
  const Sealed good = sealed(as_bytes(text), forced({CodecId::words}), codec::ContentKind::general);
  const auto code_with = [&](std::vector<format::ChainStep> chain) {
    format::OpenedBody opened = good.opened();
    opened.header.chain = std::move(chain);
    Bytes out(text.size());
    const auto decoded = BlockOpener{Limits()}.decode(opened, {}, out);
    return decoded ? Errc{} : decoded.error().code;
  };
  const auto chain = good.opened().header.chain;
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(code_with(chain), Errc{});
  EXPECT_EQ(code_with({chain[1], chain[0]}), Errc::corrupt);
  EXPECT_EQ(code_with({chain[0], chain[1], chain[1]}), Errc::corrupt);
  EXPECT_EQ(code_with({{CodecId::words, 0, static_cast<std::uint32_t>(text.size() + 65)}, chain[1]}), Errc::corrupt);
  EXPECT_EQ(code_with({{static_cast<CodecId>(127), 0, 10}, chain[1]}), Errc::unsupported);
}

// Each word of code is four bytes of operations, and calls are four more.
Bytes arm64_calls(std::size_t words) {
  Bytes code(4 * words);
  for (std::size_t i = 0; i < words; ++i) store_le(&code[4 * i], i % 8 == 3 ? static_cast<std::uint32_t>(0x94000000U | ((0x1000 - i) & 0x03FFFFFFU)) : 0xAA0003E0U + static_cast<std::uint32_t>(i * i % 31));
  return code;
}

TEST(SealFilters, Arm64CodeMayGrowByAQuarterAlone) {
  const Bytes code = arm64_calls(1U << 16);
  const std::size_t most = code.size() + code.size() / 4 + 64;
  const Sealed good = sealed(code, forced({CodecId::arm64_branches}), codec::ContentKind::general);
  expect_comes_back(good, code);
  const auto chain = good.opened().header.chain;
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_GT(chain[0].parameter, code.size() + 64);
  EXPECT_LE(chain[0].parameter, most);
  const Sealed beside = sealed(code, forced({CodecId::arm64_branches, CodecId::byte_shuffle}), codec::ContentKind::general);
  for (const format::ChainStep& step : beside.opened().header.chain) EXPECT_NE(step.id, CodecId::arm64_branches) << "it would grow, beside another filter";
  const auto code_with = [&](std::vector<format::ChainStep> steps) {
    format::OpenedBody opened = good.opened();
    opened.header.chain = std::move(steps);
    Bytes out(code.size());
    const auto decoded = BlockOpener{Limits()}.decode(opened, {}, out);
    return decoded ? Errc{} : decoded.error().code;
  };
  EXPECT_EQ(code_with(chain), Errc{});
  EXPECT_EQ(code_with({{CodecId::arm64_branches, 0, static_cast<std::uint32_t>(most + 1)}, chain[1]}), Errc::corrupt);
  EXPECT_EQ(code_with({chain[0], {CodecId::byte_shuffle, 0, chain[0].parameter}, chain[1]}), Errc::corrupt);
}

}  // namespace
}  // namespace npk::block
