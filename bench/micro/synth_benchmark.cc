// links: npk_synth npk_pool
// Bytes per second of the generator: each kernel, factors, buffers in cache and beyond, threads of a pool that is kept and one that is made anew.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include "npk/synth.h"
#include "npk/workers.h"
#include "synth/kernels.h"

namespace {

using namespace npk;

constexpr std::uint64_t kObjectBytes = std::uint64_t{1} << 40;

synth::ObjectGenerator object(double dedup, double compress) {
  return *synth::ObjectGenerator::create({.seed = {1, 2}, .size_bytes = kObjectBytes, .dedup = dedup, .compress = compress});
}

void copy(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Bytes from(size, 1);
  Bytes to(size);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), size);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(copy)->Arg(64 << 10)->Arg(1 << 20)->Arg(32 << 20);

void random_bytes(benchmark::State& state, const synth::internal::Kernel* kernel) {
  Bytes buffer(static_cast<std::size_t>(state.range(0)));
  std::uint64_t line = 0;
  const std::size_t lines = buffer.size() / synth::internal::kLineBytes;
  for (auto _ : state) {
    kernel->fill({1, 2}, line, buffer.data(), lines);
    line += lines;
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

// dedup and compress in tenths; buffers of 256 KiB.
void object_bytes(benchmark::State& state) {
  synth::ObjectGenerator generator = object(static_cast<double>(state.range(0)) / 10, static_cast<double>(state.range(1)) / 10);
  Bytes buffer(256U << 10);
  for (auto _ : state) {
    generator.fill(buffer);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
}
BENCHMARK(object_bytes)->Args({10, 10})->Args({20, 10})->Args({10, 15})->Args({10, 20})->Args({10, 30})->Args({10, 100})->Args({20, 30});

constexpr std::uint64_t kPieces = 64;

// Each worker fills a buffer of its own, kPieces times.
void fill_with_pool(WorkerPool& pool, unsigned workers, const synth::ObjectGenerator& generator, std::vector<Bytes>& buffers) {
  std::vector<JobHandle<bool>> jobs;
  for (unsigned worker = 0; worker < workers; ++worker) {
    jobs.push_back(*pool.submit({}, [&, worker]() -> Result<bool> {
      for (std::uint64_t piece = 0; piece < kPieces; ++piece)
        generator.fill_at((worker * kPieces + piece) * buffers[worker].size(), buffers[worker]);
      return true;
    }));
  }
  for (JobHandle<bool>& job : jobs) benchmark::DoNotOptimize(job.take());
}

// "quickest": bytes a second of the quickest round, which other load hardly changes.
void pool(benchmark::State& state, bool kept) {
  const auto workers = static_cast<unsigned>(state.range(0));
  const synth::ObjectGenerator generator = object(1, 1);
  std::vector<Bytes> buffers(workers, Bytes(256U << 10));
  auto workers_kept = *WorkerPool::start({.workers = workers});
  const std::int64_t round_bytes = static_cast<std::int64_t>(kPieces * workers * buffers[0].size());
  std::chrono::duration<double> quickest{1e9};
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    if (!kept) workers_kept = *WorkerPool::start({.workers = workers});
    fill_with_pool(*workers_kept, workers, generator, buffers);
    quickest = std::min<std::chrono::duration<double>>(quickest, std::chrono::steady_clock::now() - begin);
  }
  state.SetBytesProcessed(state.iterations() * round_bytes);
  state.counters["quickest"] = static_cast<double>(round_bytes) / quickest.count();
}
BENCHMARK_CAPTURE(pool, kept, true)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK_CAPTURE(pool, made_anew, false)->Arg(1)->Arg(2)->UseRealTime();

void make_pool(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(*WorkerPool::start({.workers = 2}));
}
BENCHMARK(make_pool)->UseRealTime();

const bool kRegistered = [] {
  for (const synth::internal::Kernel& kernel : synth::internal::kernels()) {
    if (!kernel.available()) continue;
    const std::string name = "random_bytes/" + std::string(kernel.name);
    benchmark::RegisterBenchmark(name.c_str(), random_bytes, &kernel)->Arg(64 << 10)->Arg(1 << 20)->Arg(32 << 20);
  }
  return true;
}();

}  // namespace
