#include "codec/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/decoder.h"
#include "codec/encoder.h"

namespace npk::codec {
namespace {

using format::CodecId;
using testing::HasSubstr;

TEST(Registry, NamesAndIdsAreInverse) {
  EXPECT_EQ(codecs().size(), 4U);
  for (const CodecInfo& codec : codecs()) {
    EXPECT_EQ(codec_name(codec.id), codec.name);
    EXPECT_EQ(codec_by_name(codec.name), codec.id);
    EXPECT_EQ(find_codec(codec.id), &codec);
    EXPECT_FALSE(codec.description.empty());
    EXPECT_EQ(codec.library_version().empty(), codec.id == CodecId::store);
  }
}

TEST(Registry, WhatIsUnknownIsNamed) {
  EXPECT_EQ(codec_name(CodecId{77}), "codec 77");
  EXPECT_EQ(find_codec(CodecId{77}), nullptr);
  EXPECT_EQ(codec_by_name("brotli").error().code, Errc::unsupported);
  EXPECT_THAT(codec_by_name("brotli").error().message, HasSubstr("'brotli'; there are store zstd lz4 lzma2"));
  const auto decoder = make_decoder({.id = CodecId{77}});
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code, Errc::unsupported);
  EXPECT_THAT(decoder.error().message, HasSubstr("77"));
  EXPECT_EQ(make_encoder({.step = {.id = CodecId{77}}}).error().code, Errc::unsupported);
}

TEST(EncoderOptions, OutOfRangeValuesAreNamed) {
  const auto message = [](const EncoderOptions& options) {
    const auto encoder = make_encoder(options);
    if (encoder) return std::string("accepted");
    EXPECT_EQ(encoder.error().code, Errc::misuse);
    EXPECT_EQ(encoder_memory_bytes(options, 1000), 0U);
    return encoder.error().message;
  };
  EXPECT_THAT(message({.step = {CodecId::store, 1, 0}}), HasSubstr("store: level"));
  EXPECT_THAT(message({.step = {CodecId::lz4, 13, 0}}), HasSubstr("lz4: level"));
  EXPECT_THAT(message({.step = {CodecId::lz4, 1, 5}}), HasSubstr("lz4: parameter"));
  EXPECT_THAT(message({.step = {CodecId::zstd, 23, 0}}), HasSubstr("zstd: level"));
  EXPECT_THAT(message({.step = {CodecId::zstd, 3, 29}}), HasSubstr("zstd: parameter"));
  EXPECT_THAT(message({.step = {CodecId::zstd}, .zstd = {.strategy = 10}}), HasSubstr("zstd: strategy is 10; it must be from 1 to 9"));
  EXPECT_THAT(message({.step = {CodecId::zstd}, .zstd = {.hash_log = 99}}), HasSubstr("zstd: hash_log"));
  EXPECT_THAT(message({.step = {CodecId::zstd}, .zstd = {.min_match = 2}}), HasSubstr("zstd: min_match"));
  EXPECT_THAT(message({.step = {CodecId::zstd}, .zstd = {.most_block_bytes = 1000}}),
              HasSubstr("zstd: most_block_bytes is 1000; it must be from 1024 to 131072"));
  EXPECT_THAT(message({.step = {CodecId::lzma2, 10, 0}}), HasSubstr("lzma2: level"));
  EXPECT_THAT(message({.step = {CodecId::lzma2, 1, 5}}), HasSubstr("lzma2: parameter"));
  EXPECT_THAT(message({.step = {CodecId::lzma2}, .lzma = {.lc = 3, .lp = 2}}), HasSubstr("lzma2: lc + lp"));
  EXPECT_THAT(message({.step = {CodecId::lzma2}, .lzma = {.pb = 5}}), HasSubstr("lzma2: pb"));
  EXPECT_THAT(message({.step = {CodecId::lzma2}, .lzma = {.nice_length = 274}}), HasSubstr("lzma2: nice_length"));
  EXPECT_THAT(message({.step = {CodecId::lzma2}, .lzma = {.match_finder = LzmaMatchFinder{1}}}), HasSubstr("match_finder"));
}

TEST(EncoderOptions, TheStepTellsTheParameterChosen) {
  EXPECT_EQ((*make_encoder({.step = {CodecId::zstd, 3, 0}}))->step(), (CodecStep{CodecId::zstd, 3, 21}));
  EXPECT_EQ((*make_encoder({.step = {CodecId::lzma2, 6, 0}}))->step(), (CodecStep{CodecId::lzma2, 6, 8U << 20}));
  EXPECT_EQ((*make_encoder({.step = {CodecId::zstd, 19, 18}}))->step(), (CodecStep{CodecId::zstd, 19, 18}));
}

TEST(Memory, EstimatesGrowWithLevelAndBlock) {
  const auto encoder = [](CodecId id, int level, std::uint64_t block) {
    return encoder_memory_bytes({.step = {id, static_cast<std::int8_t>(level), 0}}, block);
  };
  for (const CodecId id : {CodecId::zstd, CodecId::lz4, CodecId::lzma2}) {
    EXPECT_GT(encoder(id, 1, 1U << 20), 1000U);
    EXPECT_LE(encoder(id, 1, 1U << 20), encoder(id, 9, 1U << 20));
    EXPECT_LE(encoder(id, 9, 1U << 16), encoder(id, 9, 1U << 24));
  }
  EXPECT_GT(encoder(CodecId::zstd, 19, 8U << 20), 8U << 20);
  EXPECT_LT(decoder_memory_bytes({CodecId::lzma2, 6, 8U << 20}, 1U << 20), 2U << 20);
  EXPECT_LT(decoder_memory_bytes({CodecId::zstd, 6, 27}, 1U << 20), 2U << 20);
}

}  // namespace
}  // namespace npk::codec
