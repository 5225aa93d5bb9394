// links: npk_codec_encode
// Raw bytes per second of the words filter, one core; `ratio` is filtered/raw. code: 16 MiB of made-up C; file: the first
// 96 MiB of the file named by NPK_BENCH_FILE; noise: what declining binary data costs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "codec/word_filter.h"

namespace {

using npk::Bytes;

Bytes code() {
  constexpr std::size_t kSize = 16U << 20;
  std::mt19937_64 generator(7);
  std::string result;
  while (result.size() < kSize) {
    for (std::uint64_t parts = 1 + generator() % 3; parts > 0; --parts) {
      const double rank = std::pow(20'000.0, static_cast<double>(generator() % 10'000) / 10'000.0);
      auto number = static_cast<std::uint64_t>(rank) * 0x9E3779B97F4A7C15ULL;
      for (std::uint64_t letters = 2 + number % 7; letters > 0; --letters, number >>= 5U)
        result += static_cast<char>('a' + (number >> 20U) % 26);
      if (parts > 1) result += '_';
    }
    static constexpr const char* kBetween[] = {" ", " ", ", ", "(", ");\n\t", "->", " = ", ";\n\t\t", "0x10, "};
    result += kBetween[generator() % std::size(kBetween)];
  }
  return {result.begin(), result.end()};
}

Bytes noise() {
  std::mt19937_64 generator(7);
  Bytes bytes(16U << 20);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(generator()); });
  return bytes;
}

Bytes file() {
  const char* name = std::getenv("NPK_BENCH_FILE");
  Bytes bytes(name != nullptr ? 96U << 20 : 0);
  if (bytes.empty()) return bytes;
  std::ifstream stream(name, std::ios::binary);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

using Encode = std::optional<std::size_t> (*)(npk::ByteView raw, npk::MutableBytes out);

void encode(benchmark::State& state, Bytes (*make)(), Encode encoder) {
  const Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes out(raw.size());
  std::size_t length = 0;
  for (auto _ : state) length = encoder(raw, out).value_or(raw.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(length) / static_cast<double>(raw.size());
}
BENCHMARK_CAPTURE(encode, code, code, npk::codec::WordFilter::encode)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, file, file, npk::codec::WordFilter::encode)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, code_smaller, code, npk::codec::WordFilter::encode_smaller)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, file_smaller, file, npk::codec::WordFilter::encode_smaller)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, noise, noise, npk::codec::WordFilter::encode)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state, Bytes (*make)()) {
  Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes filtered(raw.size());
  const std::size_t length = npk::codec::WordFilter::encode(raw, filtered).value();
  npk::codec::WordRestorer restorer;
  for (auto _ : state) {
    if (!restorer.restore(npk::ByteView(filtered).first(length), length, raw.size(), raw).value_or(false)) state.SkipWithError("decoding failed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
}
BENCHMARK_CAPTURE(decode, code, code)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, file, file)->Unit(benchmark::kMillisecond);

}  // namespace
