// links: npk_codec_encode
// Raw bytes per second of the json filter, one core; `ratio` is filtered/raw. lines: 4 MiB of made-up records, one a line; file: the
// first 16 MiB of the file named by NPK_BENCH_FILE.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

namespace {

using npk::Bytes;

Bytes lines() {
  constexpr std::size_t kSize = 4U << 20;
  std::mt19937_64 generator(7);
  std::string text;
  for (std::uint64_t id = 100'000; text.size() < kSize; ++id) {
    text += R"({"id": )" + std::to_string(id) + R"(, "name": "user)" + std::to_string(generator() % 5000) + R"(", "position": [)" +
            std::to_string(generator() % 180) + "." + std::to_string(generator() % 10'000) + ", 51.5], \"active\": true, \"group\": " +
            (generator() % 3 == 0 ? "null" : "\"staff\"") + R"(, "tags": ["a", "b"]})" + "\n";
  }
  return {text.begin(), text.end()};
}

Bytes file() {
  const char* name = std::getenv("NPK_BENCH_FILE");
  Bytes bytes(name != nullptr ? npk::codec::kMaxFilteredRawBytes : 0);
  if (bytes.empty()) return bytes;
  std::ifstream stream(name, std::ios::binary);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

std::size_t encode_into(const Bytes& raw, Bytes& out) {
  return npk::codec::find_filter_encoder(npk::format::CodecId::json)->encode(raw, out).value_or(0);
}

void encode(benchmark::State& state, Bytes (*make)()) {
  const Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes out(raw.size());
  std::size_t length = 0;
  for (auto _ : state) length = encode_into(raw, out);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(length) / static_cast<double>(raw.size());
}
BENCHMARK_CAPTURE(encode, lines, lines)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, file, file)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state, Bytes (*make)()) {
  Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes filtered(raw.size());
  const std::size_t length = encode_into(raw, filtered);
  if (length == 0) return state.SkipWithError("declined");
  const auto decoder = npk::codec::find_filter(npk::format::CodecId::json)->create_decoder();
  for (auto _ : state) {
    if (!decoder->restore(npk::ByteView(filtered).first(length), length, raw.size(), raw).value_or(false)) state.SkipWithError("decoding failed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
}
BENCHMARK_CAPTURE(decode, lines, lines)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, file, file)->Unit(benchmark::kMillisecond);

}  // namespace
