// links: npk_profile
// What one call of a stage pays for being profiled, and what a sample of a block costs.
#include <benchmark/benchmark.h>

#include <random>

#include "npk/profile.h"

namespace {

void span(benchmark::State& state) {
  npk::Profile profile(npk::ProfileOptions{.most_slices = state.range(0) != 0 ? std::size_t{1} << 17 : 0});
  profile.begin("pack", 1);
  for (auto _ : state) {
    npk::ProfileSpan one(&profile, npk::ProfileStage::hash);
    one.add_bytes(1, 1);
  }
}
BENCHMARK(span)->ArgName("slices")->Arg(0)->Arg(1);

void no_profile(benchmark::State& state) {
  npk::Profile* none = nullptr;
  benchmark::DoNotOptimize(none);
  for (auto _ : state) {
    npk::ProfileSpan one(none, npk::ProfileStage::hash);
    one.add_bytes(1, 1);
  }
}
BENCHMARK(no_profile);

void sample(benchmark::State& state) {
  npk::Profile profile;
  std::mt19937_64 random(1);
  npk::Bytes raw(4U << 20);
  for (std::uint8_t& byte : raw) byte = static_cast<std::uint8_t>(random());
  npk::ProfileSpan one(&profile, npk::ProfileStage::choose);
  for (auto _ : state) one.sample(raw);
}
BENCHMARK(sample);

}  // namespace
