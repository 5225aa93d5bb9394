#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/registry.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

using format::CodecId;

constexpr CodecStep kSteps[] = {
    {CodecId::store},        {CodecId::zstd, -5},  {CodecId::zstd, 1},  {CodecId::zstd, 3},         {CodecId::zstd, 9},
    {CodecId::zstd, 16, 12}, {CodecId::zstd, 19},  {CodecId::zstd, 22}, {CodecId::lz4, 0},          {CodecId::lz4, 1},
    {CodecId::lz4, 4},       {CodecId::lz4, 12},   {CodecId::lzma2, 0}, {CodecId::lzma2, 3, 4096},  {CodecId::lzma2, 6},
    {CodecId::lzma2, 9},
};
constexpr std::size_t kSizes[] = {0, 1, 2, 3, 15, 16, 17, 255, 256, 4095, 4096, 65'535, 65'536, 131'073, 300'000};

std::string describe(CodecStep step, const DataKind& kind, std::size_t size, const Bytes& base) {
  return codec_name(step.id) + " level " + std::to_string(step.level) + " " + std::string(kind.name) + " " +
         std::to_string(size) + " base " + std::to_string(base.size());
}

Bytes encode(Encoder& encoder, ByteView raw, ByteView base) {
  Bytes out(static_cast<std::size_t>(encoded_bound(encoder.step().id, raw.size())));
  const auto size = encoder.encode(raw, base, out);
  EXPECT_TRUE(size.has_value() && size->has_value());
  if (!size || !*size) return {};
  out.resize(**size);
  return out;
}

// A base whose end is like the data and, for zstd and LZMA, further back than LZ4's window.
Bytes base_for(const DataKind& kind, std::size_t size) { return kind.make(std::min<std::size_t>(size * 2 + 100, 200'000), 7); }

class RoundTrip : public testing::TestWithParam<CodecStep> {};

TEST_P(RoundTrip, GivesTheSameBytes) {
  auto encoder = make_encoder({.step = GetParam()});
  ASSERT_TRUE(encoder) << encoder.error().to_string();
  auto decoder = make_decoder((*encoder)->step());
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  for (const DataKind& kind : kDataKinds) {
    for (const std::size_t size : kSizes) {
      for (const Bytes& base : {Bytes(), base_for(kind, size)}) {
        SCOPED_TRACE(describe(GetParam(), kind, size, base));
        const Bytes raw = kind.make(size, 42);
        const Bytes stored = encode(**encoder, raw, base);
        Bytes decoded(size);
        const auto result = (*decoder)->decode_prefix(stored, base, size, decoded);
        ASSERT_TRUE(result) << result.error().to_string();
        ASSERT_EQ(decoded, raw);
        ASSERT_EQ(encode(**encoder, raw, base), stored) << "the second payload differs";
      }
    }
  }
}

TEST_P(RoundTrip, EveryPrefixOfASmallBlockIsItsSlice) {
  auto encoder = make_encoder({.step = GetParam()});
  auto decoder = make_decoder((*encoder)->step());
  for (const DataKind& kind : kDataKinds) {
    for (const Bytes& base : {Bytes(), base_for(kind, 700)}) {
      SCOPED_TRACE(describe(GetParam(), kind, 700, base));
      const Bytes raw = kind.make(700, 3);
      const Bytes stored = encode(**encoder, raw, base);
      for (std::size_t length = 0; length <= raw.size(); ++length) {
        Bytes guarded(length + 32, 0xA5);
        const auto result = (*decoder)->decode_prefix(stored, base, raw.size(), MutableBytes(guarded).first(length));
        ASSERT_TRUE(result) << length << " " << result.error().to_string();
        ASSERT_TRUE(std::equal(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(length), guarded.begin())) << length;
        ASSERT_EQ(std::count(guarded.end() - 32, guarded.end(), 0xA5), 32) << "wrote past " << length;
      }
    }
  }
}

TEST_P(RoundTrip, PrefixesOfALargeBlockAreItsSlices) {
  auto encoder = make_encoder({.step = GetParam()});
  auto decoder = make_decoder((*encoder)->step());
  for (const DataKind& kind : kDataKinds) {
    const Bytes base = base_for(kind, 1000);
    const Bytes raw = kind.make(700'001, 5);
    const Bytes stored = encode(**encoder, raw, base);
    for (const std::size_t length : {1U, 4096U, 65'536U, 131'071U, 131'072U, 131'073U, 500'000U, 700'000U, 700'001U}) {
      Bytes decoded(length);
      const auto result = (*decoder)->decode_prefix(stored, base, raw.size(), decoded);
      ASSERT_TRUE(result) << describe(GetParam(), kind, length, base) << result.error().to_string();
      ASSERT_TRUE(std::equal(decoded.begin(), decoded.end(), raw.begin())) << describe(GetParam(), kind, length, base);
    }
  }
}

TEST_P(RoundTrip, WhatDoesNotFitIsAValueAndLeavesTheEncoderAsItWas) {
  auto encoder = make_encoder({.step = GetParam()});
  const Bytes raw = random_bytes(100'000, 1);
  const Bytes text = text_bytes(100'000, 1);
  const Bytes before = encode(**encoder, text, raw);
  for (const std::size_t room : {0U, 1U, 5U, 1000U, 99'999U}) {
    Bytes out(room);
    const auto size = (*encoder)->encode(raw, {}, out);
    ASSERT_TRUE(size) << size.error().to_string();
    EXPECT_FALSE(size->has_value()) << room;
  }
  EXPECT_EQ(encode(**encoder, text, raw), before);
}

TEST_P(RoundTrip, AFreshEncoderGivesTheBytesOfAUsedOne) {
  auto used = make_encoder({.step = GetParam()});
  const Bytes base = text_bytes(3000, 8);
  for (const DataKind& kind : kDataKinds) {
    for (const std::size_t size : {10U, 5000U, 200'000U}) {
      auto fresh = make_encoder({.step = GetParam()});
      const Bytes raw = kind.make(size, 11);
      EXPECT_EQ(encode(**used, raw, base), encode(**fresh, raw, base));
      EXPECT_EQ(encode(**used, raw, {}), encode(**fresh, raw, {}));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, RoundTrip, testing::ValuesIn(kSteps), [](const auto& each) {
  const int level = each.param.level;
  return codec_name(each.param.id) + (level < 0 ? "_minus_" : "_") + std::to_string(std::abs(level)) + "_" +
         std::to_string(each.index);
});

TEST(Base, MakesALikeBlockSmaller) {
  const Bytes base = random_bytes(20'000, 2);
  const Bytes like = base;
  for (const CodecId id : {CodecId::zstd, CodecId::lz4, CodecId::lzma2}) {
    auto encoder = make_encoder({.step = {.id = id, .level = 3}});
    EXPECT_LT(encode(**encoder, like, base).size(), 200U) << codec_name(id);
    EXPECT_GE(encode(**encoder, like, {}).size(), 20'000U) << codec_name(id);
  }
}

TEST(Base, ThatStartsLikeATrainedDictionaryIsStillRawContent) {
  Bytes base = text_bytes(5000, 2);
  store_le<std::uint32_t>(base.data(), 0xEC30A437U);
  const Bytes like = base;
  auto encoder = make_encoder({.step = {.id = CodecId::zstd, .level = 3}});
  auto decoder = make_decoder((*encoder)->step());
  const Bytes stored = encode(**encoder, like, base);
  Bytes decoded(base.size());
  ASSERT_TRUE((*decoder)->decode_prefix(stored, base, base.size(), decoded));
  EXPECT_EQ(decoded, base);
  EXPECT_LT(stored.size(), 100U);
}

TEST(Parameters, OfAllKindsRoundTrip) {
  const Bytes raw = text_bytes(300'000, 4);
  const EncoderOptions all[] = {
      {.step = {CodecId::zstd, 5, 17},
       .zstd = {.strategy = 7, .hash_log = 15, .chain_log = 16, .search_log = 4, .min_match = 4, .target_length = 64}},
      {.step = {CodecId::zstd, 3, 24}, .zstd = {.long_distance = true}},
      {.step = {CodecId::zstd, 7, 24}, .zstd = {.most_block_bytes = 32768}},
      {.step = {CodecId::lzma2, 5, 1U << 16},
       .lzma = {.lc = 0, .lp = 2, .pb = 0, .nice_length = 20, .depth = 9, .match_finder = LzmaMatchFinder::tree_2}},
  };
  for (const EncoderOptions& options : all) {
    auto encoder = make_encoder(options);
    ASSERT_TRUE(encoder) << encoder.error().to_string();
    auto decoder = make_decoder((*encoder)->step());
    const Bytes stored = encode(**encoder, raw, {});
    Bytes decoded(raw.size());
    ASSERT_TRUE((*decoder)->decode_prefix(stored, {}, raw.size(), decoded));
    EXPECT_EQ(decoded, raw);
    EXPECT_LT(stored.size(), raw.size() / 4);
  }
}

// With and without blocks of bases between them.
TEST(Parameters, OfLongBlocksAreTheirOwn) {
  const EncoderOptions ordinary{.step = {CodecId::zstd, 6, 20}, .zstd = {.strategy = 4, .min_match = 5}};
  const EncoderOptions longer{.step = {CodecId::zstd, 6, 20}, .zstd = {.strategy = 1, .min_match = 7}};
  EncoderOptions options = ordinary;
  options.long_block_zstd = longer.zstd;
  options.long_block_bytes = 200'000;
  const auto both = make_encoder(options).value(), as_ordinary = make_encoder(ordinary).value(), as_longer = make_encoder(longer).value();
  const Bytes raw = text_bytes(300'000, 4), base = text_bytes(100'000, 4);
  ASSERT_NE(encode(*as_ordinary, raw, {}), encode(*as_longer, raw, {}));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(encode(*both, raw, {}), encode(*as_longer, raw, {}));
    EXPECT_EQ(encode(*both, raw, base), encode(*as_ordinary, raw, base));
    EXPECT_EQ(encode(*both, ByteView(raw).first(200'000), {}), encode(*as_longer, ByteView(raw).first(200'000), {}));
    EXPECT_EQ(encode(*both, ByteView(raw).first(199'999), {}), encode(*as_ordinary, ByteView(raw).first(199'999), {}));
  }
  options.long_block_zstd.strategy = 10;
  EXPECT_EQ(make_encoder(options).error().code, Errc::misuse);
}

// Noise in front, in the middle, at the end, alone, and repeated, which is none.
TEST(Lzma2, SkipsNoise) {
  const Bytes text = text_bytes(60'000, 4), noise = random_bytes(200'000, 5), other = random_bytes(150'000, 6);
  const auto joined = [](std::initializer_list<ByteView> pieces) {
    Bytes bytes;
    for (const ByteView piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
    return bytes;
  };
  const EncoderOptions plain{.step = {CodecId::lzma2, 1, 1U << 20}};
  EncoderOptions skipping = plain;
  skipping.lzma.skips_noise = true;
  auto encoder = make_encoder(skipping).value();
  auto reference = make_encoder(plain).value();
  auto decoder = make_decoder(encoder->step()).value();
  for (const Bytes& raw : {joined({text, noise, text}), joined({noise, text}), joined({text, noise}), joined({noise, text, other}), noise, joined({noise, noise}),
                           joined({text, ByteView(noise).first(100'000), text}), text, Bytes{}}) {
    const Bytes stored = encode(*encoder, raw, {});
    for (const std::size_t wanted : {raw.size(), raw.size() / 2, std::min<std::size_t>(raw.size(), 201'000)}) {
      Bytes decoded(wanted);
      ASSERT_TRUE(decoder->decode_prefix(stored, {}, raw.size(), decoded));
      ASSERT_TRUE(std::ranges::equal(decoded, ByteView(raw).first(wanted)));
    }
    const std::size_t before = encode(*reference, raw, {}).size();
    EXPECT_LE(stored.size(), before + before / 2 + 16) << raw.size();  // of text on both sides of noise each is compressed by itself
    Bytes room(stored.size() - 1);
    EXPECT_FALSE(encoder->encode(raw, {}, room).value());
    EXPECT_EQ(encode(*encoder, raw, text), encode(*reference, raw, text));
  }
  EXPECT_LT(encode(*encoder, joined({noise, noise}), {}).size(), noise.size() + 2000);
}

TEST(Lzma2, StopsWithinABlock) {
  std::stop_source stop;
  auto encoder = make_encoder({.step = {CodecId::lzma2, 6, 1U << 20}, .stop = stop.get_token()}).value();
  const Bytes raw = text_bytes(200'000, 4);
  Bytes out(raw.size());
  EXPECT_TRUE(encoder->encode(raw, {}, out).value());
  stop.request_stop();
  const auto stopped = encoder->encode(raw, {}, out);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace npk::codec
