// links: npk_parity npk_package_reader
// Parity on one core: data bytes a second, of stripes as the writer lays them out. Hashing is what repair does to every shard.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>

#include "package/reader/frames/parity_frame.h"
#include "parity/erasure_code.h"

namespace {

using namespace npk;

constexpr std::size_t kShardBytes = 64U << 10;

struct Stripe {
  Stripe(unsigned data_shards, unsigned parity_shards)
      : data(data_shards), code(data_shards, parity_shards), bytes(std::size_t{data_shards + parity_shards} * kShardBytes) {
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
    for (std::size_t i = 0; i < data_shards + parity_shards; ++i) shards.push_back(bytes.data() + i * kShardBytes);
  }
  void encode() {
    const std::span<std::uint8_t* const> all(shards);
    code.encode(kShardBytes, all.first(data), all.subspan(data));
  }
  [[nodiscard]] std::int64_t data_bytes() const { return static_cast<std::int64_t>(data * kShardBytes); }

  unsigned data;
  parity::ErasureCode code;
  Bytes bytes;
  std::vector<std::uint8_t*> shards;
};

Stripe make(const benchmark::State& state) { return {static_cast<unsigned>(state.range(0)), static_cast<unsigned>(state.range(1))}; }

void encode(benchmark::State& state) {
  Stripe stripe = make(state);
  for (auto _ : state) stripe.encode();
  state.SetBytesProcessed(state.iterations() * stripe.data_bytes());
}

// As many data shards as may be.
void recover(benchmark::State& state) {
  Stripe stripe = make(state);
  stripe.encode();
  std::vector<unsigned> lost(static_cast<std::size_t>(std::min(state.range(0), state.range(1))));
  std::iota(lost.begin(), lost.end(), 0U);
  for (auto _ : state) benchmark::DoNotOptimize(stripe.code.recover(kShardBytes, stripe.shards, lost));
  state.SetBytesProcessed(state.iterations() * stripe.data_bytes());
}

void check(benchmark::State& state) {
  const Bytes shard(kShardBytes, 7);
  for (auto _ : state) benchmark::DoNotOptimize(reader::check_of_shard(shard));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kShardBytes));
}

// 1, 5, 10 and 50 percent.
BENCHMARK(encode)->Args({195, 2})->Args({151, 8})->Args({71, 8})->Args({15, 16});
BENCHMARK(recover)->Args({195, 2})->Args({151, 8})->Args({71, 8})->Args({15, 16});
BENCHMARK(check);

}  // namespace
