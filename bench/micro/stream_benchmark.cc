// links: npk_package_writer npk_package_reader PkgConfig::zstd
// Streams: random reads of cached blocks on one and two threads, and one large entry in order beside libzstd alone.
#include <benchmark/benchmark.h>
#include <zstd.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/writer.h"

namespace {

using namespace npk;

constexpr std::size_t kContentBytes = 96U << 20;
constexpr std::size_t kReadBytes = 64U << 10;
constexpr unsigned kSeed = 11;

// Text that compresses about four to one and hardly repeats itself beyond words.
Bytes text() {
  static constexpr const char* kWords[] = {
      "static ", "int ",        "return ", "struct device *", "0x",        ");\n", "\t",   "if (", "->",
      "err = ",  "goto out;\n", "NULL",    "unsigned long ",  "dev->priv", "/* ",  " */\n"};
  std::mt19937 random(kSeed);
  std::string out;
  out.reserve(kContentBytes + 64);
  while (out.size() < kContentBytes) {
    out += kWords[random() % std::size(kWords)];
    if (random() % 8 == 0) out += std::to_string(random() % 5000);
  }
  out.resize(kContentBytes);
  return {out.begin(), out.end()};
}

struct Data {
  Bytes content = text();
  Bytes package;
  Bytes zstd;

  Data() {
    PackageWriter writer{WriterOptions()};
    EntryRow row;
    row.path = "large";
    if (!writer.add(row, content) || !writer.finish(*memory_sink(package))) std::abort();
    zstd.resize(ZSTD_compressBound(content.size()));
    zstd.resize(ZSTD_compress(zstd.data(), zstd.size(), content.data(), content.size(), 3));
  }
};

const Data& data() {
  static const Data made;
  return made;
}

PackageReader open(std::uint64_t block_cache_bytes) {
  ReaderOptions options;
  options.block_cache_bytes = block_cache_bytes;
  return PackageReader::open(memory_source(ByteView(data().package)), options).value();
}

FileStream stream_of(const PackageReader& reader, const StreamOptions& options = {}) {
  return reader.open_stream(reader.find("large").value().value(), options).value();
}

// Arguments: bytes of a read, KiB of the content they fall in. Each thread has a stream of its own on one reader; all
// that is read is cached.
template <class Read>
void read_warm(benchmark::State& state, Read read) {
  static std::unique_ptr<PackageReader> reader;
  const auto length = static_cast<std::size_t>(state.range(0));
  const std::uint64_t hot = static_cast<std::uint64_t>(state.range(1)) << 10;
  if (state.thread_index() == 0) {
    reader = std::make_unique<PackageReader>(open(256U << 20));
    Bytes all(kReadBytes);
    const FileStream stream = stream_of(*reader);
    for (std::uint64_t at = 0; at < hot; at += all.size()) benchmark::DoNotOptimize(stream.read_at(at, all));
  }
  std::optional<FileStream> stream;
  Bytes out(length);
  std::mt19937_64 random(static_cast<std::uint64_t>(state.thread_index()) + kSeed);
  for (auto _ : state) {
    if (!stream) stream = stream_of(*reader);
    benchmark::DoNotOptimize(read(*stream, random() % (hot - length), MutableBytes(out)));
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void read_at_warm(benchmark::State& state) {
  read_warm(state, [](const FileStream& stream, std::uint64_t offset, MutableBytes out) { return stream.read_at(offset, out).value(); });
}
BENCHMARK(read_at_warm)->ArgsProduct({{4096, 65536}, {384, 65536}})->ThreadRange(1, 2)->UseRealTime();

void lend_at_warm(benchmark::State& state) {
  read_warm(state, [](const FileStream& stream, std::uint64_t offset, MutableBytes out) {
    return *stream.lend_at(offset, out.size()).value().bytes().data();
  });
}
BENCHMARK(lend_at_warm)->ArgsProduct({{4096, 65536}, {384, 65536}})->ThreadRange(1, 2)->UseRealTime();

// The content in order, cold. Argument: whether blocks may be decoded ahead on another thread.
void read_in_order(benchmark::State& state) {
  data();
  Bytes out(kReadBytes);
  for (auto _ : state) {
    const PackageReader reader = open(64U << 20);
    FileStream stream = stream_of(reader, {.read_ahead = state.range(0) != 0});
    while (stream.read(out).value() != 0) benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kContentBytes));
}
BENCHMARK(read_in_order)->Arg(0)->Arg(1)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);

void read_chunks(benchmark::State& state) {
  data();
  for (auto _ : state) {
    const PackageReader reader = open(64U << 20);
    FileStream stream = stream_of(reader, {.read_ahead = state.range(0) != 0});
    for (StreamChunk chunk = stream.read_chunk().value(); !chunk.empty(); chunk = stream.read_chunk().value())
      benchmark::DoNotOptimize(chunk.bytes().data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kContentBytes));
}
BENCHMARK(read_chunks)->Arg(0)->Arg(1)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);

// What zstd -d does: a stream decoded into a buffer of 128 KiB.
void zstd_stream(benchmark::State& state) {
  data();
  Bytes out(ZSTD_DStreamOutSize());
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  for (auto _ : state) {
    ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
    ZSTD_inBuffer input{data().zstd.data(), data().zstd.size(), 0};
    for (std::size_t left = 1; left != 0;) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      left = ZSTD_decompressStream(context.get(), &output, &input);
      benchmark::DoNotOptimize(out.data());
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kContentBytes));
}
BENCHMARK(zstd_stream)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);

// All at once, into memory that is there: no command could be quicker.
void zstd_at_once(benchmark::State& state) {
  data();
  Bytes out(kContentBytes);
  for (auto _ : state)
    benchmark::DoNotOptimize(ZSTD_decompress(out.data(), out.size(), data().zstd.data(), data().zstd.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kContentBytes));
}
BENCHMARK(zstd_at_once)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
