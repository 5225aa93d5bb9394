// links: npk_codec_encode
// Raw bytes per second of the filters of numbers and of machine code, each way, one core; `ratio` is filtered/raw. 4 MiB of made-up numbers, this
// program's own x86-64 code over and over, and made-up ARM64 code. find_tables: where tables of records are in it, and in made-up relocations.
#include <benchmark/benchmark.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "codec/record_stretches.h"

namespace {

using npk::Bytes;
using npk::format::CodecId;

constexpr std::size_t kSize = 4U << 20;

template <class Number>
void append(Bytes& to, Number value) {
  std::uint8_t bytes[sizeof value];
  npk::store_le(bytes, value);
  to.insert(to.end(), std::begin(bytes), std::end(bytes));
}

Bytes sound() {
  std::mt19937_64 random(1);
  Bytes bytes;
  double last = 0, before = 0;
  for (std::size_t i = 0; bytes.size() < kSize; ++i) {
    const double loud = 20 * (1.1 + std::sin(static_cast<double>(i) * 1e-4));
    const double next = 1.7 * last - 0.9 * before + loud * (static_cast<double>(random() % 256) - 127.5) / 16;
    before = last;
    last = next;
    append(bytes, static_cast<std::uint16_t>(static_cast<std::int64_t>(next)));
  }
  return bytes;
}

Bytes counters() {
  std::mt19937_64 random(2);
  Bytes bytes;
  for (std::uint64_t value = 1'700'000'000'000; bytes.size() < kSize; value += 30 + random() % 64) append(bytes, value);
  return bytes;
}

Bytes decimals() {
  std::mt19937_64 random(3);
  Bytes bytes;
  while (bytes.size() < kSize) append(bytes, std::bit_cast<std::uint64_t>(static_cast<double>(random() % 100'000) / 100.0));
  return bytes;
}

// Floats of which each occurs a hundred times and more.
Bytes measurements() {
  std::mt19937_64 random(4);
  Bytes bytes;
  double level = 0;
  while (bytes.size() < kSize) {
    level += static_cast<double>(random() % 33) - 16 - level / 64;
    append(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(std::floor(level)) / 7.3F));
  }
  return bytes;
}

Bytes x86_code() {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  const Bytes once((std::istreambuf_iterator<char>(self)), {});
  Bytes bytes;
  while (!once.empty() && bytes.size() < kSize) bytes.insert(bytes.end(), once.begin(), once.end());
  return bytes;
}

Bytes arm64_code() {
  std::mt19937 random(5);
  Bytes bytes;
  while (bytes.size() < kSize) {
    append(bytes, 0xA9BF7BFDU);
    append(bytes, static_cast<std::uint32_t>(0x90000000U | random() % 4 << 29U | random() % 30));
    append(bytes, static_cast<std::uint32_t>(0xF9400000U | random() % 1024 << 10U));
    append(bytes, 0x94000000U | ((static_cast<std::uint32_t>(random() % 64) * 1000 - static_cast<std::uint32_t>(bytes.size() / 4)) & 0x03FFFFFFU));
    append(bytes, static_cast<std::uint32_t>(0x54000000U | random() % 4096 << 5U | random() % 14));
    for (int i = 0; i < 4; ++i) append(bytes, static_cast<std::uint32_t>(0xAA0003E0U | random() % 31 << 16U | random() % 8));
    append(bytes, static_cast<std::uint32_t>(0xB9400FE0U | random() % 31));
    append(bytes, 0xD65F03C0U);
  }
  return bytes;
}

Bytes relocations() {
  std::mt19937_64 random(6);
  Bytes bytes;
  for (std::uint64_t where = 0x3D5000, address = 0x120000; bytes.size() < kSize; where += 8 + random() % 3 * 8, address += random() % 0x400)
    append(bytes, where), append(bytes, std::uint64_t{8}), append(bytes, address);
  return bytes;
}

void find_tables(benchmark::State& state, Bytes (*make)()) {
  const Bytes raw = make();
  for (auto _ : state) benchmark::DoNotOptimize(npk::codec::record_stretches(raw));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
}
BENCHMARK_CAPTURE(find_tables, x86_code, x86_code);
BENCHMARK_CAPTURE(find_tables, relocations, relocations);

void encode(benchmark::State& state, CodecId id, Bytes (*make)()) {
  const Bytes raw = make();
  Bytes out(static_cast<std::size_t>(npk::codec::most_filtered_bytes(id, raw.size(), true)));
  std::size_t length = 0;
  for (auto _ : state) length = npk::codec::find_filter_encoder(id)->encode(raw, out).value_or(0);
  if (length == 0) state.SkipWithError("declined");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(length) / static_cast<double>(raw.size());
}

void decode(benchmark::State& state, CodecId id, Bytes (*make)()) {
  const Bytes raw = make();
  Bytes filtered(static_cast<std::size_t>(npk::codec::most_filtered_bytes(id, raw.size(), true))), back(raw.size());
  const auto length = npk::codec::find_filter_encoder(id)->encode(raw, filtered);
  if (!length) return state.SkipWithError("declined");
  filtered.resize(*length);
  const auto decoder = npk::codec::find_filter(id)->create_decoder();
  for (auto _ : state) {
    if (!decoder->restore(filtered, filtered.size(), raw.size(), back).value_or(false)) state.SkipWithError("not restored");
  }
  if (back != raw) state.SkipWithError("not the same");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
}

#define NPK_FILTER(filter, data)                                     \
  BENCHMARK_CAPTURE(encode, filter/data, CodecId::filter, data);     \
  BENCHMARK_CAPTURE(decode, filter/data, CodecId::filter, data)

NPK_FILTER(byte_shuffle, counters);
NPK_FILTER(bit_shuffle, counters);
NPK_FILTER(element_delta, counters);
NPK_FILTER(element_delta, sound);
NPK_FILTER(decimal_floats, decimals);
NPK_FILTER(integers, counters);
NPK_FILTER(integers, sound);
NPK_FILTER(integers, measurements);
NPK_FILTER(x86_branches, x86_code);
NPK_FILTER(arm64_branches, arm64_code);

}  // namespace
