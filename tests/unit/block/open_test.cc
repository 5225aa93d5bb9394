#include "block/open.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/encoder.h"
#include "hash/hash.h"

namespace npk::block {
namespace {

using format::CodecId;

Bytes text(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>("the quick brown fox "[i % 20] + static_cast<int>(i / 977 % 3));
  return bytes;
}

Bytes body_of(const format::InnerHeader& header, ByteView payload) {
  Bytes body;
  format::encode_inner_header(header, body);
  body.insert(body.end(), payload.begin(), payload.end());
  body.resize(body.size() + header.padding_length);
  return body;
}

Bytes stored(ByteView raw) {
  return body_of({.raw_length = raw.size(), .base_position = 0, .padding_length = 0, .chain = {}}, raw);
}

Bytes compressed(ByteView raw, ByteView base, CodecId codec) {
  auto encoder = codec::make_encoder({.step = {codec, 3, 0}}).value();
  Bytes payload(2 * raw.size() + 100);
  payload.resize(encoder->encode(raw, base, payload).value().value());
  const codec::CodecStep step = encoder->step();
  const std::uint64_t base_position = base.empty() ? 0 : 96;
  return body_of({.raw_length = raw.size(),
                  .base_position = base_position,
                  .padding_length = 5,
                  .chain = {{step.id, 3, step.parameter}}},
                 payload);
}

Result<void> decode(const Bytes& body, ByteView base, MutableBytes out) {
  const auto opened = format::split_body(body, {});
  if (!opened) return std::unexpected(opened.error());
  return BlockOpener({}).decode(*opened, base, out);
}

TEST(CheckBody, ComparesAllOrTheFirstEightBytes) {
  const Bytes body = text(1000);
  Digest digest = hash::blake3(body);
  EXPECT_TRUE(check_body(body, digest));
  EXPECT_EQ(check_body(body, body_check_of(digest)).value(), digest);
  digest[31] ^= 1;
  EXPECT_EQ(check_body(body, digest).error().code, Errc::corrupt);
  EXPECT_TRUE(check_body(body, body_check_of(digest)));
  digest[7] ^= 1;
  EXPECT_EQ(check_body(body, body_check_of(digest)).error().code, Errc::corrupt);
}

class EveryCodec : public testing::TestWithParam<CodecId> {};

TEST_P(EveryCodec, DecodesPrefixesWithAndWithoutABase) {
  const Bytes raw = text(300'000), base = text(40'000);
  for (const ByteView with : {ByteView(), ByteView(base)}) {
    const Bytes body = compressed(raw, with, GetParam());
    for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, std::size_t{131'073}, raw.size()}) {
      Bytes out(size);
      ASSERT_TRUE(decode(body, with, out)) << size;
      EXPECT_TRUE(std::equal(out.begin(), out.end(), raw.begin())) << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, EveryCodec, testing::Values(CodecId::zstd, CodecId::lz4, CodecId::lzma2));

TEST(BlockOpener, OneOpenerServesAllCodecsInTurn) {
  const Bytes raw = text(10'000);
  BlockOpener opener({});
  for (const CodecId codec : {CodecId::lz4, CodecId::zstd, CodecId::lzma2, CodecId::zstd}) {
    const Bytes body = compressed(raw, {}, codec);
    Bytes out(raw.size());
    ASSERT_TRUE(opener.decode(format::split_body(body, {}).value(), {}, out));
    EXPECT_EQ(out, raw);
  }
}

TEST(BlockOpener, NamesCodecsItDoesNotKnow) {
  const Bytes raw = text(100);
  Bytes out(raw.size());
  const auto chain = [&](std::vector<format::ChainStep> steps) {
    return decode(
               body_of({.raw_length = raw.size(), .base_position = 0, .padding_length = 0, .chain = std::move(steps)},
                       raw),
               {}, out)
        .error();
  };
  EXPECT_EQ(chain({{CodecId{77}, 0, 0}}).code, Errc::unsupported);
  EXPECT_NE(chain({{CodecId{77}, 0, 0}}).message.find("77"), std::string::npos);
  EXPECT_EQ(chain({{CodecId{77}, 0, 0}, {CodecId::zstd, 3, 20}}).code, Errc::unsupported);
  EXPECT_EQ(chain({{CodecId::lz4, 0, 0}, {CodecId::lz4, 0, 0}}).code, Errc::corrupt);
}

TEST(BlockOpener, RefusesAWindowBeyondTheData) {
  const Bytes raw = text(1000);
  Bytes body = compressed(raw, {}, CodecId::zstd);
  Bytes out(raw.size());
  ASSERT_TRUE(decode(body, {}, out));
  body[format::kInnerHeaderFixedBytes + format::kChainStepBytes + 5] = 10 << 3;  // the frame's window descriptor: 1 MiB
  EXPECT_FALSE(decode(body, {}, out));
}

TEST(OpenPage, KeepsTheLimitAndRefusesABase) {
  const Bytes raw = text(5000);
  EXPECT_EQ(open_page(stored(raw), {}).value(), raw);
  EXPECT_EQ(open_page(compressed(raw, {}, CodecId::zstd), {}).value(), raw);
  EXPECT_EQ(open_page(compressed(raw, raw, CodecId::zstd), {}).error().code, Errc::corrupt);
  Limits small;
  small.max_page_raw_bytes = raw.size() - 1;
  EXPECT_EQ(open_page(stored(raw), small).error().code, Errc::limit);
  EXPECT_EQ(open_page(compressed(raw, {}, CodecId::zstd), small).error().code, Errc::limit);
}

TEST(OpenPage, NoByteOfACompressedPageChangesUnnoticedIntoACrash) {
  const Bytes raw = text(3000);
  const Bytes body = compressed(raw, {}, CodecId::zstd);
  for (std::size_t at = 0; at < body.size(); ++at) {
    Bytes changed = body;
    changed[at] ^= 0x41;
    static_cast<void>(open_page(changed, {}));
    static_cast<void>(open_page(ByteView(body).first(at), {}));
  }
}

}  // namespace
}  // namespace npk::block
