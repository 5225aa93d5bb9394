#include "filter_seeds.h"

#include <bit>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

namespace npk::fuzz {
namespace {

using format::CodecId;

template <class Number>
void append(Bytes& to, Number value) {
  std::uint8_t bytes[sizeof value];
  store_le(bytes, value);
  to.insert(to.end(), std::begin(bytes), std::end(bytes));
}

Bytes integers() {
  Bytes raw;
  std::uint32_t value = 100'000;
  for (std::uint32_t i = 0; i < 1'300; ++i) append(raw, value += 900 + i * 2654435761U % 64);
  return raw;
}

Bytes decimals() {
  Bytes raw{1, 2, 3};
  for (std::uint32_t i = 0; i < 700; ++i) append(raw, std::bit_cast<std::uint64_t>((20'000 + i * 2654435761U % 977) / 100.0));
  return raw;
}

Bytes x86_code() {
  Bytes raw;
  for (std::uint32_t i = 0; i < 180; ++i) {
    for (const int byte : {0x55, 0x48, 0x8B, 0x05}) raw.push_back(static_cast<std::uint8_t>(byte));
    append(raw, 9'000 - static_cast<std::uint32_t>(raw.size()));
    raw.push_back(0xE8);
    append(raw, 1'000 - static_cast<std::uint32_t>(raw.size()));
    for (const int byte : {0x0F, 0x84}) raw.push_back(static_cast<std::uint8_t>(byte));
    append(raw, 40 + i % 7);
    raw.push_back(0xC3);
  }
  raw.resize(4096);
  return raw;
}

// A unit of x86-64 code, one of a table of .eh_frame_hdr, and .eh_frame.
Bytes x86_sections() {
  Bytes raw = x86_code();
  for (std::uint32_t i = 0; i < 512; ++i) {
    append(raw, 0xFFF0'0000U + 64 * i + i % 7);
    append(raw, 0x1234U + 24 * i);
  }
  for (std::uint32_t i = 0; i < 60; ++i) {
    append(raw, 20U);
    append(raw, 28 + 24 * i);
    append(raw, 80 * i - static_cast<std::uint32_t>(raw.size()));
    append(raw, 70 + i % 9);
    append(raw, std::uint64_t{0x0000'0010'0E41'0000} + i);
  }
  return raw;
}

// A word of each class, and pages with what is added to them.
Bytes arm64_code() {
  Bytes raw;
  for (std::uint32_t i = 0; i < 100; ++i) {
    append(raw, 0xA9BF7BFDU);
    append(raw, 0x90000000U | (i % 4) << 29U | i % 30);
    append(raw, 0xF9400000U | (i * 8 % 4096) << 10U | (i % 30) << 5U | 1U);
    append(raw, 0x94000000U | ((64 - static_cast<std::uint32_t>(raw.size() / 4)) & 0x03FFFFFFU));
    append(raw, 0x54000000U | ((i * 37) & 0x7FFFFU) << 5U | i % 14);
    append(raw, 0x14000000U | ((i * 99'991) & 0x3FFFFFFU));
    append(raw, 0x37000000U | (i % 8) << 19U | ((0U - i) & 0x3FFFU) << 5U | i % 31);
    for (std::uint32_t to = 0; to < 8; ++to) append(raw, 0xAA0003E0U | (i % 31) << 16U | to);
    append(raw, 0xD65F03C0U);
  }
  return raw;
}

// The payload that the encoder makes, if it makes one, whole and as one whose length is given relative to it; and the raw data.
void add(const Corpus& corpus, const std::string& name, std::uint8_t choice, CodecId id, const Bytes& raw) {
  corpus.add(name + "_raw", Bytes{choice, 0, 0, 0, 0, 0, 0}, raw);
  Bytes filtered(static_cast<std::size_t>(codec::most_filtered_bytes(id, raw.size(), true)));
  const auto length = codec::find_filter_encoder(id)->encode(raw, filtered);
  if (!length) return;
  const auto low = static_cast<std::uint8_t>(raw.size()), high = static_cast<std::uint8_t>(raw.size() >> 8U);
  corpus.add(name, Bytes{choice, low, high, 0, low, static_cast<std::uint8_t>(high / 2), 0}, ByteView(filtered).first(*length));
  const auto head = static_cast<std::uint8_t>(*length + 192 - raw.size());
  corpus.add(name + "_relative", Bytes{static_cast<std::uint8_t>(choice | 0x80U), head, 0, 0, 77, 1, 0}, ByteView(filtered).first(*length));
}

}  // namespace

void element_filters(const Corpus& corpus) {
  add(corpus, "byte_shuffle", 0, CodecId::byte_shuffle, integers());
  add(corpus, "bit_shuffle", 1, CodecId::bit_shuffle, integers());
  add(corpus, "element_delta", 2, CodecId::element_delta, integers());
  add(corpus, "decimal_floats", 3, CodecId::decimal_floats, decimals());
}

void integers_filters(const Corpus& corpus) {
  Bytes sound, stereo;
  std::int32_t before = 0, last = 0;
  std::uint64_t random = 1;
  const auto draw = [&](unsigned bits) { return static_cast<std::int32_t>((random = random * 6364136223846793005ULL + 1442695040888963407ULL) >> (64 - bits)); };
  for (std::uint32_t i = 0; i < 3'000; ++i) {
    const std::int32_t next = (29 * last - 15 * before) / 16 + draw(4) - 7;
    before = last;
    last = next;
    append(sound, static_cast<std::uint16_t>(next * 3));
    append(stereo, static_cast<std::uint16_t>(next * 40));
    append(stereo, static_cast<std::uint16_t>(next * 20 + draw(5)));
  }
  Bytes floats;
  for (std::uint32_t i = 0; i < 17'000; ++i) append(floats, std::bit_cast<std::uint32_t>(static_cast<float>(draw(6)) / 7.3F));
  for (const auto& [name, raw] : {std::pair{"sound", &sound}, std::pair{"stereo", &stereo}, std::pair{"floats", &floats}}) {
    Bytes filtered(raw->size() + codec::kMaxFilterGrowth);
    const auto length = codec::find_filter_encoder(CodecId::integers)->encode_smaller(*raw, filtered);
    const auto low = static_cast<std::uint8_t>(raw->size()), high = static_cast<std::uint8_t>(raw->size() >> 8U), top = static_cast<std::uint8_t>(raw->size() >> 16U);
    if (length) corpus.add(name, Bytes{low, high, top, low, static_cast<std::uint8_t>(high / 2), 0}, ByteView(filtered).first(*length));
    corpus.add(std::string(name) + "_raw", Bytes(6), ByteView(*raw).first(4'000));
  }
}

void branch_filters(const Corpus& corpus) {
  add(corpus, "x86_branches", 0, CodecId::x86_branches, x86_code());
  add(corpus, "x86_sections", 0, CodecId::x86_branches, x86_sections());
  add(corpus, "arm64_branches", 1, CodecId::arm64_branches, arm64_code());
  Bytes sections(3, 0x11);
  for (const Bytes& part : {arm64_code(), x86_sections()}) {
    sections.insert(sections.end(), part.begin(), part.end());
    sections.resize((sections.size() + 4095) / 4096 * 4096);
  }
  add(corpus, "arm64_sections", 1, CodecId::arm64_branches, sections);
}

}  // namespace npk::fuzz
