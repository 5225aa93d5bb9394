#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/registry.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

using format::CodecId;

constexpr std::array kCompressors{CodecId::zstd, CodecId::lz4, CodecId::lzma2};
constexpr std::array kAll{CodecId::store, CodecId::zstd, CodecId::lz4, CodecId::lzma2};

struct Case {
  Bytes raw = text_bytes(900, 1);
  Bytes base = text_bytes(500, 2);
  Bytes stored;
  std::unique_ptr<Decoder> decoder;

  explicit Case(CodecId id) {
    auto encoder = make_encoder({.step = {.id = id}});
    stored.resize(static_cast<std::size_t>(encoded_bound(id, raw.size())));
    stored.resize((*encoder)->encode(raw, base, stored)->value());
    decoder = std::move(*make_decoder((*encoder)->step()));
  }
};

// Decodes with guard bytes behind `out` and checks that they are left alone.
Result<void> guarded_decode(Case& test, ByteView stored, std::uint64_t raw_length, std::size_t length) {
  Bytes guarded(length + 64, 0x5A);
  auto result = test.decoder->decode_prefix(stored, test.base, raw_length, MutableBytes(guarded).first(length));
  EXPECT_EQ(std::count(guarded.end() - 64, guarded.end(), 0x5A), 64);
  return result;
}

Errc code_of(const Result<void>& result) { return result ? Errc{} : result.error().code; }

void expect_still_works(Case& test) { EXPECT_TRUE(guarded_decode(test, test.stored, test.raw.size(), test.raw.size())); }

TEST(HostilePayload, EveryTruncationIsRefused) {
  for (const CodecId id : kAll) {
    Case test(id);
    const Errc expected = id == CodecId::lz4 ? Errc::corrupt : Errc::truncated;
    for (std::size_t size = 1; size < test.stored.size(); ++size) {
      const auto result = guarded_decode(test, ByteView(test.stored).first(size), test.raw.size(), test.raw.size());
      ASSERT_EQ(code_of(result), expected) << codec_name(id) << " cut to " << size;
    }
    EXPECT_EQ(code_of(guarded_decode(test, {}, test.raw.size(), test.raw.size())), Errc::truncated) << codec_name(id);
    expect_still_works(test);
  }
}

TEST(HostilePayload, TrailingBytesAreRefused) {
  for (const CodecId id : kAll) {
    Case test(id);
    for (const Bytes& tail : {Bytes{0}, Bytes{1, 2, 3}, test.stored, Bytes{0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0}}) {
      Bytes longer = test.stored;
      longer.insert(longer.end(), tail.begin(), tail.end());
      const auto result = guarded_decode(test, longer, test.raw.size(), test.raw.size());
      EXPECT_EQ(code_of(result), id == CodecId::lz4 ? Errc::corrupt : Errc::trailing_data) << codec_name(id);
    }
    expect_still_works(test);
  }
}

TEST(HostilePayload, AWrongRawLengthIsRefused) {
  for (const CodecId id : kCompressors) {
    Case test(id);
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, test.raw.size() - 1, test.raw.size() + 1, test.raw.size() * 9}) {
      EXPECT_EQ(code_of(guarded_decode(test, test.stored, length, length)), Errc::corrupt) << codec_name(id) << length;
    }
    EXPECT_EQ(code_of(guarded_decode(test, test.stored, test.raw.size() + 9, test.raw.size() + 5)), Errc::corrupt);
    expect_still_works(test);
  }
}

TEST(HostilePayload, NoBitFlipEscapesTheOutput) {
  for (const CodecId id : kAll) {
    Case test(id);
    for (std::size_t bit = 0; bit < test.stored.size() * 8; ++bit) {
      Bytes flipped = test.stored;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      (void)guarded_decode(test, flipped, test.raw.size(), test.raw.size());
      (void)guarded_decode(test, flipped, test.raw.size(), 333);
    }
    expect_still_works(test);
  }
}

TEST(HostilePayload, NoiseNeverEscapesTheOutput) {
  for (const CodecId id : kCompressors) {
    Case test(id);
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
      Bytes noise = random_bytes(1 + seed % 97, seed);
      std::copy_n(test.stored.begin(), std::min<std::size_t>({seed % 9, noise.size(), test.stored.size()}), noise.begin());
      (void)guarded_decode(test, noise, 700, 700);
      (void)guarded_decode(test, noise, 700, 50);
    }
    expect_still_works(test);
  }
}

TEST(HostilePayload, AWrongBaseNeverEscapesTheOutput) {
  for (const CodecId id : kCompressors) {
    Case test(id);
    const Bytes right = test.base;
    for (const Bytes& wrong : {Bytes(), text_bytes(500, 99), text_bytes(20, 3), random_bytes(5000, 3)}) {
      test.base = wrong;
      (void)guarded_decode(test, test.stored, test.raw.size(), test.raw.size());
      (void)guarded_decode(test, test.stored, test.raw.size(), 100);
    }
    test.base = right;
    expect_still_works(test);
  }
}

TEST(HostilePayload, ZstdFramesInAnotherFormAreRefused) {
  Case test(CodecId::zstd);
  for (const unsigned descriptor : {0x04U, 0x08U, 0x10U, 0x20U, 0x40U, 0x80U, 0x01U, 0x03U}) {
    Bytes changed = test.stored;
    changed[4] = static_cast<std::uint8_t>(descriptor);
    EXPECT_EQ(code_of(guarded_decode(test, changed, test.raw.size(), test.raw.size())), Errc::corrupt) << descriptor;
  }
  const Bytes skippable = {0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0};
  EXPECT_EQ(code_of(guarded_decode(test, skippable, 0, 0)), Errc::corrupt);
}

TEST(HostilePayload, ZstdWindowsBeyondTheParameterAreRefused) {
  Case test(CodecId::zstd);
  auto small = make_decoder({.id = CodecId::zstd, .level = 0, .parameter = 12});
  Bytes changed = test.stored;
  changed[5] = (12 - 10) << 3;
  Bytes out(test.raw.size());
  EXPECT_TRUE((*small)->decode_prefix(changed, test.base, out.size(), out));
  ++changed[5];
  EXPECT_EQ(code_of((*small)->decode_prefix(changed, test.base, out.size(), out)), Errc::limit);
  changed[5] = 0xFF;
  EXPECT_EQ(code_of(guarded_decode(test, changed, test.raw.size(), 10)), Errc::limit);
}

TEST(HostilePayload, LimitsAndMisuseAreTold) {
  const Limits limits{.max_block_raw_bytes = 1000, .max_base_raw_bytes = 10};
  for (const CodecId id : kAll) {
    auto decoder = make_decoder({.id = id}, limits);
    Bytes out(100);
    EXPECT_EQ(code_of((*decoder)->decode_prefix({}, {}, 99, out)), Errc::misuse);
    EXPECT_EQ(code_of((*decoder)->decode_prefix({}, {}, 1001, out)), Errc::limit);
    EXPECT_EQ(code_of((*decoder)->decode_prefix({}, Bytes(11), 100, out)), Errc::limit);
    EXPECT_TRUE((*decoder)->decode_prefix({}, {}, 100, {}));
  }
}

TEST(DecoderSet, ReusesOneDecoderForEachCodec) {
  DecoderSet set;
  const auto first = set.get({.id = CodecId::zstd, .level = 0, .parameter = 20});
  ASSERT_TRUE(first);
  EXPECT_EQ(*set.get({.id = CodecId::zstd, .level = 0, .parameter = 25}), *first);
  EXPECT_NE(*set.get({.id = CodecId::lz4}), *first);
  EXPECT_EQ(set.get({.id = CodecId{77}}).error().code, Errc::unsupported);
  EXPECT_EQ(set.get({.id = CodecId::zstd, .level = 0, .parameter = 29}).error().code, Errc::limit);
  EXPECT_EQ(set.get({.id = CodecId::lzma2, .level = 0, .parameter = 5}).error().code, Errc::corrupt);
  EXPECT_EQ(*set.get({.id = CodecId::zstd}), *first);
}

}  // namespace
}  // namespace npk::codec
