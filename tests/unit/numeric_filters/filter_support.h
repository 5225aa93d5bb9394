// Filtering and back by the tables, and data of the kinds that numeric and branch filters are for.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "unit/codec/test_data.h"

namespace npk::codec {

inline constexpr format::CodecId kTested[] = {format::CodecId::byte_shuffle,  format::CodecId::bit_shuffle,    format::CodecId::element_delta,
                                              format::CodecId::integers,      format::CodecId::decimal_floats, format::CodecId::x86_branches,
                                              format::CodecId::arm64_branches};

inline std::optional<Bytes> filtered_by(auto encode, format::CodecId id, ByteView raw) {
  Bytes out(static_cast<std::size_t>(most_filtered_bytes(id, raw.size(), true)));
  const auto length = encode(raw, MutableBytes(out));
  if (!length) return std::nullopt;
  out.resize(*length);
  return out;
}
inline std::optional<Bytes> filter(format::CodecId id, ByteView raw) { return filtered_by(find_filter_encoder(id)->encode, id, raw); }
// Where size matters more than time.
inline std::optional<Bytes> filter_smaller(format::CodecId id, ByteView raw) { return filtered_by(find_filter_encoder(id)->encode_smaller, id, raw); }

// The first `wanted` bytes. Also checks that nothing behind them is touched.
inline Result<Bytes> restore(format::CodecId id, ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  Bytes guarded(wanted + 64, 0x5A);
  const auto decoder = find_filter(id)->create_decoder();
  const auto result = decoder->restore(filtered, filtered.size(), raw_length, MutableBytes(guarded).first(wanted));
  if (!result) return std::unexpected(result.error());
  if (!*result) return fail(Errc::internal, "a decoder with all its input wants more");
  for (std::size_t i = wanted; i < guarded.size(); ++i) {
    if (guarded[i] != 0x5A) return fail(Errc::internal, "a decoder wrote beyond its output");
  }
  guarded.resize(wanted);
  return guarded;
}

template <class Number>
Bytes table_of(std::size_t count, bool big_endian, Number (*value)(std::size_t)) {
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto element = value(i);
    std::array<std::uint8_t, sizeof(Number)> raw;
    std::memcpy(raw.data(), &element, sizeof element);
    if (big_endian == (std::endian::native == std::endian::little)) std::ranges::reverse(raw);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  }
  return bytes;
}

struct NumericKind {
  const char* name;
  Bytes bytes;
};

inline std::vector<NumericKind> numeric_kinds() {
  constexpr std::size_t kCount = 60'000;
  std::vector<NumericKind> kinds;
  kinds.push_back({"waves", table_of<std::int16_t>(kCount, false, [](std::size_t i) {
                     return static_cast<std::int16_t>(9000 * std::sin(static_cast<double>(i) * 0.01) + static_cast<double>((i * 2654435761U >> 20U) % 40));
                   })});
  kinds.push_back({"image", table_of<std::int16_t>(kCount, true, [](std::size_t i) {
                     const double x = static_cast<double>(i % 300), y = static_cast<double>(i / 300);
                     return static_cast<std::int16_t>(3000 * std::sin(x * 0.05) * std::cos(y * 0.03) + static_cast<double>((i * 40503U >> 7U) % 16));
                   })});
  kinds.push_back(
      {"floats", table_of<float>(kCount, true, [](std::size_t i) { return static_cast<float>(std::sin(static_cast<double>(i) * 0.001) * 280.7); })});
  kinds.push_back({"decimals", table_of<float>(kCount, false, [](std::size_t i) {
                     if (i % 97 == 0) return -1e34F;
                     return static_cast<float>(std::floor(2000 * std::sin(static_cast<double>(i) * 0.003)) / 100.0);
                   })});
  kinds.push_back(
      {"doubles", table_of<double>(kCount, false, [](std::size_t i) { return std::floor(5e5 * std::cos(static_cast<double>(i) * 0.002)) / 1000.0; })});
  kinds.push_back({"counters", table_of<std::uint64_t>(kCount, true, [](std::size_t i) { return std::uint64_t{1'700'000'000'000} + 37 * i + i % 5; })});
  Bytes shifted = kinds[2].bytes;
  shifted.insert(shifted.begin(), {'h', 'e', 'a', 'd', '5'});
  kinds.push_back({"shifted", shifted});
  Bytes mixed;
  for (const NumericKind& kind : kinds) mixed.insert(mixed.end(), kind.bytes.begin(), kind.bytes.begin() + 70'003);
  kinds.push_back({"mixed", mixed});
  return kinds;
}

// What the integers filter is for: sound, of 16 and 24 bits and of bytes around 128, floats that repeat, of either sign, and few values far apart.
inline std::vector<NumericKind> integer_kinds() {
  constexpr std::size_t kCount = 40'000;
  std::vector<NumericKind> kinds;
  std::array<double, 3> before{};
  std::uint64_t random = 1;
  std::vector<double> sound;
  for (std::size_t i = 0; i < kCount; ++i) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    const double noise = (static_cast<double>(random >> 56U) - 127.5) * (1.1 + std::sin(static_cast<double>(i) * 0.004));  // louder and softer
    const double next = 2.3 * before[0] - 1.9 * before[1] + 0.55 * before[2] + noise;
    before = {next, before[0], before[1]};
    sound.push_back(next);
  }
  const auto add = [&](const char* name, std::size_t count, std::size_t width, bool big_endian, auto value) {
    Bytes bytes;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t byte = 0; byte < width; ++byte) bytes.push_back(static_cast<std::uint8_t>(value(i) >> 8 * (big_endian ? width - 1 - byte : byte)));
    kinds.push_back({name, std::move(bytes)});
  };
  const auto sample = [&](std::size_t i, double scale) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(sound[i] * scale)); };
  add("sound", kCount, 2, false, [&](std::size_t i) { return sample(i, 4); });
  add("sound of 24 bits", kCount, 3, true, [&](std::size_t i) { return sample(i, 900); });
  add("sound of 8 bits", kCount, 1, false, [&](std::size_t i) { return 128 + sample(i, 0.03); });
  add("stereo", kCount, 2, true, [&](std::size_t i) { return sample(i / 2, i % 2 == 0 ? 3 : 2); });
  add("repeating floats", kCount, 4, true, [&](std::size_t i) {
    const auto step = static_cast<float>(static_cast<std::int64_t>(sound[i] / 8));
    return std::uint64_t{std::bit_cast<std::uint32_t>(step / 7.3F)};
  });
  add("repeating doubles", kCount, 8, false, [&](std::size_t i) { return std::bit_cast<std::uint64_t>(std::sqrt(std::fabs(std::floor(sound[i] / 4)))); });
  add("few values", kCount, 4, false, [](std::size_t i) { return i * 40503U % 65536 < 9000 ? 4'000'000'000U + i % 3 * 77'777U : 0U; });
  return kinds;
}

}  // namespace npk::codec
