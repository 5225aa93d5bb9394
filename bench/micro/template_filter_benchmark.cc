// links: npk_codec_encode
// Raw bytes per second of the filters lines and delimited, one core; `ratio` is filtered/raw. log and table: 4 MiB of made-up text;
// file: the first 16 MiB of the file named by NPK_BENCH_FILE.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

namespace {

using npk::Bytes;
using npk::format::CodecId;

constexpr std::size_t kSize = 4U << 20;

Bytes log() {
  static constexpr const char* kNames[] = {"root", "alice", "bob", "backup", "www-data"};
  std::mt19937_64 generator(7);
  std::string text;
  for (std::uint64_t second = 0; text.size() < kSize; second += generator() % 2) {
    const std::string number = std::to_string(10 + second % 50), name = kNames[generator() % 5];
    const std::string address = "10.0." + std::to_string(generator() % 4) + "." + std::to_string(generator() % 250);
    text += "Nov 28 03:" + std::to_string(10 + second / 50 % 50) + ":" + number + " host" + std::to_string(generator() % 3);
    switch (generator() % 3) {
      case 0: text += " sshd[" + std::to_string(generator() % 65536) + "]: Failed password for invalid user " + name + " from " + address + " ssh2\n"; break;
      case 1: text += " nginx: " + address + " \"GET /items/" + std::to_string(generator() % 9000) + "?q=" + name + " HTTP/1.1\" 200 \"-\"\n"; break;
      default: text += " systemd[1]: Started Session " + std::to_string(second) + " of user " + name + ".\n";
    }
  }
  return {text.begin(), text.end()};
}

Bytes table() {
  std::mt19937_64 generator(7);
  std::string text = "id,name,place,value\n";
  for (std::uint64_t id = 1000; text.size() < kSize; ++id) {
    text += std::to_string(id) + ",name" + std::to_string(generator() % 5000) + (generator() % 3 == 0 ? ",\"Delft, NL\"," : ",,") +
            std::to_string(generator() % 1000) + "." + std::to_string(generator() % 10) + "\n";
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

std::size_t encode_into(CodecId id, const Bytes& raw, Bytes& out) { return npk::codec::find_filter_encoder(id)->encode(raw, out).value_or(0); }

void encode(benchmark::State& state, CodecId id, Bytes (*make)()) {
  const Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes out(raw.size());
  std::size_t length = 0;
  for (auto _ : state) length = encode_into(id, raw, out);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(length) / static_cast<double>(raw.size());
}
BENCHMARK_CAPTURE(encode, lines_log, CodecId::lines, log)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, delimited_table, CodecId::delimited, table)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, lines_file, CodecId::lines, file)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, delimited_file, CodecId::delimited, file)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state, CodecId id, Bytes (*make)()) {
  Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes filtered(raw.size());
  const std::size_t length = encode_into(id, raw, filtered);
  if (length == 0) return state.SkipWithError("declined");
  const auto decoder = npk::codec::find_filter(id)->create_decoder();
  for (auto _ : state) {
    if (!decoder->restore(npk::ByteView(filtered).first(length), length, raw.size(), raw).value_or(false)) state.SkipWithError("decoding failed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
}
BENCHMARK_CAPTURE(decode, lines_log, CodecId::lines, log)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, delimited_table, CodecId::delimited, table)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, lines_file, CodecId::lines, file)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, delimited_file, CodecId::delimited, file)->Unit(benchmark::kMillisecond);

}  // namespace
