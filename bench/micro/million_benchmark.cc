// links: npk_package_writer npk_package_reader
// A package of a million small entries: opened and one file read; single reads in random order; the same reads by
// read_many. The package is made once, in TMPDIR (or /tmp), and found there again.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/writer.h"

namespace {

using namespace npk;

constexpr std::uint64_t kEntries = 1'000'000;
constexpr std::size_t kSmallest = 100, kLargest = 2048;
constexpr unsigned kSeed = 7;

// Log lines with a number here and there; the generator is the entry's.
std::string content_of(std::uint64_t number) {
  static constexpr const char* kWords[] = {"time=", " level=info", " level=warn", " user=", " path=/srv/data/", " took=", " status=200", " status=404", "\n"};
  std::minstd_rand random(static_cast<unsigned>(number + kSeed));
  const std::size_t size = kSmallest + random() % (kLargest - kSmallest);
  std::string content;
  while (content.size() < size) content += kWords[random() % std::size(kWords)] + std::to_string(random() % 5000);
  content.resize(size);
  return content;
}

std::string path_of(std::uint64_t number) {
  return "set/" + std::to_string(number / 1000) + "/item" + std::to_string(number);
}

// Content as a source, made when it is its turn.
class EntrySource final : public SequentialSource {
 public:
  explicit EntrySource(std::uint64_t number) : content_(content_of(number)) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = std::min(out.size(), content_.size() - done_);
    std::copy_n(as_bytes(content_).begin() + static_cast<std::ptrdiff_t>(done_), count, out.begin());
    done_ += count;
    return count;
  }
  std::string name() const override { return "<generated>"; }

 private:
  std::string content_;
  std::size_t done_ = 0;
};

const std::string& package_path() {
  static const std::string path = [] {
    std::string made = std::filesystem::temp_directory_path() / "npk-bench-million-entries.npk";
    if (std::filesystem::exists(made)) return made;
    WriterOptions options;
    options.preset = Preset::fast;
    PackageWriter writer{options};
    for (std::uint64_t number = 0; number < kEntries; ++number) {
      const std::string path_in = path_of(number);
      EntryRow row;
      row.path = path_in;
      if (!writer.add(row, [number]() -> Result<std::unique_ptr<SequentialSource>> { return std::make_unique<EntrySource>(number); })) std::abort();
    }
    if (!writer.finish(*create_atomic_file(made).value())) std::abort();
    return made;
  }();
  return path;
}

std::uint64_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  status >> total >> resident;
  return resident * 4096;
}

// Growth of memory: of the first pass, in a process that has done nothing else.
void open_and_read_one(benchmark::State& state) {
  const std::string path = package_path();
  const std::uint64_t before = resident_bytes();
  std::uint64_t growth = 0;
  std::uint64_t number = 1;
  Bytes out(kLargest);
  for (auto _ : state) {
    const PackageReader reader = PackageReader::open_file(path).value();
    const auto entry = reader.find(path_of((number *= 48271) % kEntries));
    benchmark::DoNotOptimize(reader.open_stream(**entry).value().read_at(0, out));
    if (growth == 0) growth = resident_bytes() - before;
    state.PauseTiming();
    state.counters["frames"] = static_cast<double>(reader.statistics().frames_read);
    state.counters["stored_bytes"] = static_cast<double>(reader.statistics().stored_bytes_read);
    state.ResumeTiming();
  }
  state.counters["grown_MiB"] = static_cast<double>(growth) / (1U << 20);
}
BENCHMARK(open_and_read_one)->Iterations(100)->Unit(benchmark::kMillisecond);

void entry_by_number(benchmark::State& state) {
  ReaderOptions options;
  options.page_cache_bytes = static_cast<std::uint64_t>(state.range(0)) << 20;
  const PackageReader reader = PackageReader::open_file(package_path(), options).value();
  std::minstd_rand random(kSeed);
  for (auto _ : state) benchmark::DoNotOptimize(reader.entry(random() % kEntries));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(entry_by_number)->Arg(16)->Arg(1024);

void read_single(benchmark::State& state) {
  const PackageReader reader = PackageReader::open_file(package_path()).value();
  std::minstd_rand random(kSeed);
  Bytes out(kLargest);
  for (auto _ : state) {
    const auto entry = reader.entry(random() % kEntries);
    benchmark::DoNotOptimize(reader.open_stream(*entry).value().read_at(0, out));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_single)->Iterations(2000)->UseRealTime();

// The same choice, in batches of so many; second argument: threads.
void read_batches(benchmark::State& state) {
  const PackageReader reader = PackageReader::open_file(package_path()).value();
  const auto size = static_cast<std::size_t>(state.range(0));
  std::minstd_rand random(kSeed);
  Bytes out(size * kLargest);
  std::vector<ReadRequest> requests(size);
  for (auto _ : state) {
    for (std::size_t i = 0; i < size; ++i) requests[i] = {random() % kEntries, 0, MutableBytes(out).subspan(i * kLargest, kLargest)};
    benchmark::DoNotOptimize(reader.read_many(requests, {.threads = static_cast<unsigned>(state.range(1))}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(read_batches)
    ->Args({100, 1})
    ->Args({100, 2})
    ->Args({1000, 1})
    ->Args({10'000, 1})
    ->Args({10'000, 2})
    ->Args({100'000, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
