// links: npk_hash
// Bytes per second of BLAKE3 on one core, by input size.
#include <benchmark/benchmark.h>

#include "hash/hash.h"

namespace {

void blake3(benchmark::State& state) {
  const npk::Bytes bytes(static_cast<std::size_t>(state.range(0)), 0x42);
  for (auto _ : state) benchmark::DoNotOptimize(npk::hash::blake3(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(blake3)->Arg(64)->Arg(1024)->Arg(4096)->Arg(64 << 10)->Arg(4 << 20);

}  // namespace
