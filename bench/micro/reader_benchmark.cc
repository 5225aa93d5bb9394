// links: npk_package_writer npk_package_reader
// Reading: opening, look-up by path and number, and 4 KiB at random places with a cold and a warm block cache, from one
// thread and two.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/writer.h"

namespace {

using namespace npk;

constexpr std::size_t kFiles = 4000;
constexpr std::size_t kReadBytes = 4096;
constexpr unsigned kSeed = 7;

// Text that compresses about four to one, different in each file.
std::string text(std::mt19937& random) {
  static constexpr const char* kWords[] = {"static ", "int ", "return ", "struct device *", "0x", ");\n", "\t", "if (", "->", "err = ", "goto out;\n", "NULL"};
  std::string out;
  const std::size_t length = 2000 + random() % 30'000;
  while (out.size() < length) out += kWords[random() % std::size(kWords)] + (random() % 3 == 0 ? std::to_string(random() % 5000) : std::string());
  return out;
}

struct Package {
  std::vector<std::string> paths;
  Bytes bytes;

  Package() {
    std::mt19937 random(kSeed);
    std::vector<std::string> contents;
    for (std::size_t i = 0; i < kFiles; ++i) {
      paths.push_back("tree/d" + std::to_string(i % 97) + "/file" + std::to_string(i));
      contents.push_back(text(random));
    }
    PackageWriter writer{WriterOptions()};
    for (std::size_t i = 0; i < kFiles; ++i) {
      EntryRow row;
      row.path = paths[i];
      if (!writer.add(row, as_bytes(contents[i]))) std::abort();
    }
    if (!writer.finish(*memory_sink(bytes))) std::abort();
  }
};

const Package& package() {
  static const Package made;
  return made;
}

PackageReader open(std::uint64_t block_cache_bytes) {
  ReaderOptions options;
  options.block_cache_bytes = block_cache_bytes;
  auto reader = PackageReader::open(memory_source(ByteView(package().bytes)), options);
  if (!reader) std::abort();
  return *std::move(reader);
}

void open_package(benchmark::State& state) {
  package();
  for (auto _ : state) benchmark::DoNotOptimize(open(0));
}
BENCHMARK(open_package);

void find_path(benchmark::State& state) {
  const PackageReader reader = open(0);
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(reader.find(package().paths[(i += 977) % kFiles]));
}
BENCHMARK(find_path);

void entry_by_number(benchmark::State& state) {
  const PackageReader reader = open(0);
  std::uint64_t number = 0;
  for (auto _ : state) benchmark::DoNotOptimize(reader.entry((number += 977) % reader.entry_count()));
}
BENCHMARK(entry_by_number);

// Argument: the block cache in MiB; 0 leaves every read to decode its block.
void read_random(benchmark::State& state) {
  const PackageReader reader = open(static_cast<std::uint64_t>(state.range(0)) << 20);
  Bytes out(kReadBytes);
  std::mt19937_64 random(kSeed);
  for (auto _ : state) {
    const auto entry = reader.entry(random() % reader.entry_count());
    const auto stream = reader.open_stream(*entry);
    const std::uint64_t last = stream->size() > kReadBytes ? stream->size() - kReadBytes : 0;
    benchmark::DoNotOptimize(stream->read_at(last == 0 ? 0 : random() % last, out));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kReadBytes));
}
BENCHMARK(read_random)->Arg(0)->Arg(256)->Unit(benchmark::kMicrosecond);

// What an application does for each of its assets; all blocks are cached before the clock starts.
void find_open_read(benchmark::State& state) {
  const PackageReader reader = open(256ULL << 20);
  Bytes out(kReadBytes);
  const auto read = [&](std::size_t number) {
    const auto entry = reader.find(package().paths[number % kFiles]);
    const auto stream = reader.open_stream(**entry);
    benchmark::DoNotOptimize(stream->read_at(0, out));
  };
  for (std::size_t number = 0; number < kFiles; ++number) read(number);
  std::size_t i = 0;
  for (auto _ : state) read(i += 977);
}
BENCHMARK(find_open_read);

// One large entry, shared by all threads of a benchmark, all of it decoded before the clock starts.
class LargeEntry {
 public:
  static constexpr std::size_t kBytes = 64U << 20;

  LargeEntry() {
    std::mt19937 random(kSeed);
    std::string content;
    while (content.size() < kBytes) content += text(random);
    content.resize(kBytes);
    PackageWriter writer{WriterOptions()};
    EntryRow row;
    row.path = "large";
    if (!writer.add(row, as_bytes(content)) || !writer.finish(*memory_sink(bytes_))) std::abort();
    ReaderOptions options;
    options.block_cache_bytes = 256ULL << 20;
    reader_ = std::make_unique<PackageReader>(PackageReader::open(memory_source(ByteView(bytes_)), options).value());
    Bytes all(kBytes);
    if (!stream().read_at(0, all)) std::abort();
  }
  [[nodiscard]] FileStream stream() const { return reader_->open_stream(reader_->entry(0).value()).value(); }

 private:
  Bytes bytes_;
  std::unique_ptr<PackageReader> reader_;
};

// Argument: KiB of the entry that are read, at random; a stream for each thread.
void read_warm(benchmark::State& state) {
  static const LargeEntry large;
  const FileStream stream = large.stream();
  const auto range = static_cast<std::uint64_t>(state.range(0)) << 10;
  Bytes out(kReadBytes);
  std::minstd_rand random(kSeed + static_cast<unsigned>(state.thread_index()));
  for (auto _ : state) benchmark::DoNotOptimize(stream.read_at(random() % (range - kReadBytes), out));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_warm)->Arg(512)->Arg(60U << 10)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace
