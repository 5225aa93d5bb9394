// links: npk_chunk
// Bytes per second of the chunk rule's plain reference and of each kernel, on noise and on text-like bytes.
#include <benchmark/benchmark.h>

#include <random>
#include <string>

#include "chunk/chunker.h"

namespace {

using namespace npk;

constexpr chunk::ChunkParameters kParameters{};

Bytes sample(std::size_t size) {
  std::mt19937_64 generator(1);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
  return bytes;
}

void reference(benchmark::State& state) {
  const Bytes file = sample(4U << 20);
  for (auto _ : state) benchmark::DoNotOptimize(chunk::reference_chunk_lengths(file, kParameters));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}
BENCHMARK(reference);

// Scanning and selecting, as the writer does, in slices of state.range(0) bytes.
void chunk_file(benchmark::State& state, std::string_view kernel, std::uint32_t average) {
  const Bytes file = sample(static_cast<std::size_t>(state.range(0)));
  const chunk::ChunkParameters parameters{.minimum = average / 4, .average = average, .maximum = average * 4};
  const chunk::CandidateScanner scanner = *chunk::CandidateScanner::make(parameters, kernel);
  chunk::CutSelector selector = *chunk::CutSelector::content_defined(parameters);
  std::vector<chunk::Candidate> candidates;
  std::vector<std::uint32_t> lengths;
  for (auto _ : state) {
    candidates.clear();
    lengths.clear();
    benchmark::DoNotOptimize(scanner.scan({}, file, candidates));
    selector.add(file.size(), candidates, lengths);
    selector.finish(lengths);
    benchmark::DoNotOptimize(lengths.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}

const bool kRegistered = [] {
  for (const std::string_view kernel : chunk::kernel_names()) {
    for (const std::uint32_t average : {4096U, 65'536U}) {
      const std::string name = "chunk_file/" + std::string(kernel) + "/average_" + std::to_string(average);
      benchmark::RegisterBenchmark(name.c_str(), chunk_file, kernel, average)->Arg(64 << 10)->Arg(1 << 20)->Arg(4 << 20);
    }
  }
  return true;
}();

}  // namespace
