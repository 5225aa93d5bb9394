// links: npk_format
// Counting bytes, one core, in cache (32 KiB, what is sampled of a block) and in memory (8 MiB): random bytes, text and zeros, beside a table alone and memcpy.
#include <benchmark/benchmark.h>

#include <array>
#include <cstring>
#include <random>
#include <string_view>

#include "npk/byte_counts.h"

namespace {

using npk::Bytes;

Bytes bytes_of(std::string_view kind, std::size_t size) {
  std::mt19937 random(1);
  Bytes bytes(size);
  if (kind == "zeros") return bytes;
  for (std::uint8_t& byte : bytes) byte = kind == "text" ? static_cast<std::uint8_t>("etaoin shrdlu"[random() % 13]) : static_cast<std::uint8_t>(random());
  return bytes;
}

void four_tables(const Bytes& bytes) {
  npk::ByteCounts counts;
  counts.add(bytes);
  benchmark::DoNotOptimize(counts);
}

void one_table(const Bytes& bytes) {
  std::array<std::uint32_t, 256> counts{};
  for (const std::uint8_t byte : bytes) ++counts[byte];
  benchmark::DoNotOptimize(counts);
}

void copy(const Bytes& bytes) {
  static Bytes to;
  to.resize(bytes.size());
  std::memcpy(to.data(), bytes.data(), bytes.size());
  benchmark::DoNotOptimize(to.data());
  benchmark::ClobberMemory();
}

void run(benchmark::State& state, void (*body)(const Bytes&), std::string_view kind) {
  const Bytes bytes = bytes_of(kind, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) body(bytes);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

constexpr std::int64_t kInCache = 32 << 10, kInMemory = 8 << 20;

BENCHMARK_CAPTURE(run, four_tables/random, four_tables, "random")->Arg(kInCache)->Arg(kInMemory);
BENCHMARK_CAPTURE(run, four_tables/text, four_tables, "text")->Arg(kInCache)->Arg(kInMemory);
BENCHMARK_CAPTURE(run, four_tables/zeros, four_tables, "zeros")->Arg(kInCache)->Arg(kInMemory);
BENCHMARK_CAPTURE(run, one_table/random, one_table, "random")->Arg(kInCache)->Arg(kInMemory);
BENCHMARK_CAPTURE(run, one_table/text, one_table, "text")->Arg(kInCache)->Arg(kInMemory);
BENCHMARK_CAPTURE(run, one_table/zeros, one_table, "zeros")->Arg(kInCache)->Arg(kInMemory);
BENCHMARK_CAPTURE(run, memcpy, copy, "random")->Arg(kInCache)->Arg(kInMemory);

}  // namespace
