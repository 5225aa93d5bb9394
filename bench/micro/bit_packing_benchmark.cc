// links: npk_format
// Bit packing of 4,096 integers in cache, every width from 1 to 64: bytes/s are the 8 bytes of each integer unpacked, one core.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "../../format/src/integer_column_bits.h"

namespace npk::format {
namespace {

constexpr std::size_t kCount = 4096;

std::vector<std::uint64_t> integers_of(unsigned width) {
  std::mt19937_64 random(width);
  std::vector<std::uint64_t> values(kCount);
  for (std::uint64_t& value : values) value = 1000 + (random() >> (64 - width));
  return values;
}

void report(benchmark::State& state) { state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(8 * kCount)); }

void pack(benchmark::State& state, unsigned width) {
  const std::vector<std::uint64_t> values = integers_of(width);
  Bytes out;
  for (auto _ : state) {
    out.clear();
    bits::pack(values, 1000, width, out);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  report(state);
}

void unpack(benchmark::State& state, unsigned width) {
  Bytes packed;
  bits::pack(integers_of(width), 1000, width, packed);
  std::vector<std::uint64_t> values(kCount);
  for (auto _ : state) {
    bits::unpack(packed, width, 1000, values);
    benchmark::DoNotOptimize(values.data());
    benchmark::ClobberMemory();
  }
  report(state);
}

[[maybe_unused]] const bool kRegistered = [] {
  for (unsigned width = 1; width <= 64; ++width) {
    benchmark::RegisterBenchmark(("pack/" + std::to_string(width)).c_str(), pack, width);
    benchmark::RegisterBenchmark(("unpack/" + std::to_string(width)).c_str(), unpack, width);
  }
  return true;
}();

}  // namespace
}  // namespace npk::format
