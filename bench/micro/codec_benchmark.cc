// links: npk_codec_encode npk_codec_decode
// Raw bytes per second of each codec at its levels, one core, on 1 MiB of made-up text; `ratio` is stored/raw.
// prefix_*: the time of the first 4 KiB of a block of that many bytes. incompressible: of a 4 MiB block of noise.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>

#include "codec/compressibility.h"
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/registry.h"

namespace {

using namespace npk;
using format::CodecId;

constexpr codec::CodecStep kSteps[] = {
    {CodecId::store},       {CodecId::lz4, 0},   {CodecId::lz4, 4},   {CodecId::lz4, 9},   {CodecId::lz4, 12},
    {CodecId::zstd, -5},    {CodecId::zstd, 1},  {CodecId::zstd, 3},  {CodecId::zstd, 6},  {CodecId::zstd, 9},
    {CodecId::zstd, 12},    {CodecId::zstd, 15}, {CodecId::zstd, 19}, {CodecId::zstd, 22}, {CodecId::lzma2, 0},
    {CodecId::lzma2, 3},    {CodecId::lzma2, 6}, {CodecId::lzma2, 9},
};

// Words of a made-up vocabulary, the frequent ones frequent as in a language, with numbers between.
Bytes text(std::size_t size) {
  std::mt19937_64 generator(7);
  std::vector<std::string> words(4000);
  for (std::string& word : words) {
    for (std::size_t left = 2 + generator() % 9; left > 0; --left) word += static_cast<char>('a' + generator() % 26);
  }
  std::string result;
  while (result.size() < size) {
    const double rank = std::pow(static_cast<double>(words.size()), static_cast<double>(generator() % 10'000) / 10'000.0);
    result += generator() % 16 == 0 ? std::to_string(generator() % 100'000) : words[static_cast<std::size_t>(rank) - 1];
    result += generator() % 12 == 0 ? ",\n" : " ";
  }
  result.resize(size);
  return {result.begin(), result.end()};
}

Bytes encoded(codec::Encoder& encoder, const Bytes& raw) {
  Bytes out(static_cast<std::size_t>(codec::encoded_bound(encoder.step().id, raw.size())));
  out.resize(encoder.encode(raw, {}, out)->value());
  return out;
}

void encode(benchmark::State& state, codec::CodecStep step) {
  const Bytes raw = text(1U << 20);
  const auto encoder = std::move(*codec::make_encoder({.step = step}));
  const Bytes stored = encoded(*encoder, raw);
  Bytes out(stored.size() + 1024);
  for (auto _ : state) benchmark::DoNotOptimize(encoder->encode(raw, {}, out));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(stored.size()) / static_cast<double>(raw.size());
}

void decode(benchmark::State& state, codec::CodecStep step, std::size_t block_size, std::size_t wanted) {
  const Bytes raw = text(block_size);
  const auto encoder = std::move(*codec::make_encoder({.step = step}));
  const Bytes stored = encoded(*encoder, raw);
  const auto decoder = std::move(*codec::make_decoder(encoder->step()));
  Bytes out(wanted);
  for (auto _ : state) {
    if (!decoder->decode_prefix(stored, {}, raw.size(), out)) state.SkipWithError("decoding failed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(wanted));
}

void incompressible(benchmark::State& state) {
  std::mt19937_64 generator(1);
  Bytes noise(static_cast<std::size_t>(state.range(0)));
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(generator());
  for (auto _ : state) benchmark::DoNotOptimize(codec::looks_incompressible(noise));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(incompressible)->Arg(64 << 10)->Arg(4 << 20);

const bool kRegistered = [] {
  for (const codec::CodecStep step : kSteps) {
    const std::string name = codec::codec_name(step.id) + "/" + std::to_string(step.level);
    benchmark::RegisterBenchmark(("encode/" + name).c_str(), encode, step);
    benchmark::RegisterBenchmark(("decode/" + name).c_str(), decode, step, std::size_t{1} << 20, std::size_t{1} << 20);
  }
  for (const codec::CodecStep step : {codec::CodecStep{CodecId::lz4, 9}, {CodecId::zstd, 9}, {CodecId::lzma2, 6}}) {
    for (const std::size_t block : {std::size_t{4} << 10, std::size_t{64} << 10, std::size_t{1} << 20}) {
      const std::string name = "prefix_4k/" + codec::codec_name(step.id) + "/block_" + std::to_string(block);
      benchmark::RegisterBenchmark(name.c_str(), decode, step, block, std::size_t{4} << 10);
    }
  }
  return true;
}();

}  // namespace
