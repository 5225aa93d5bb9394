// links: npk_codec_encode
// Raw bytes per second of the markup filter, one core; `ratio` is filtered/raw. made_up: 16 MiB of icons and pages; file: the first 16 MiB of the
// file named by NPK_BENCH_FILE; noise: what declining binary data costs.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

namespace {

using npk::Bytes;
constexpr std::size_t kSize = 16U << 20;
constexpr auto kMarkup = npk::format::CodecId::markup;

Bytes made_up() {
  std::mt19937_64 generator(7);
  const auto number = [&](unsigned most) { return std::to_string(generator() % most); };
  std::string text;
  while (text.size() < kSize) {
    text += "<svg width=\"16\" height=\"16\">\n <g id=\"g" + number(5000) + "\">\n  <path d=\"m";
    for (std::uint64_t step = 3 + generator() % 20; step > 0; --step) text += " " + number(20) + "." + number(999999) + ",-" + number(30) + "." + number(99);
    text += " z\"/>\n </g>\n</svg>\n<table class=\"list\">\n";
    for (std::uint64_t row = generator() % 20; row > 0; --row) {
      text += " <tr>\n  <td><a href=\"page" + number(900) + ".html\">word" + number(300) + " and word" + number(3000) + "</a></td>\n  <td align='right'>" +
              number(100000) + "</td>\n </tr>\n";
    }
    text += "</table>\n";
  }
  text.resize(kSize);
  return {text.begin(), text.end()};
}

Bytes noise() {
  std::mt19937_64 generator(7);
  Bytes bytes(kSize);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
  return bytes;
}

Bytes file() {
  const char* name = std::getenv("NPK_BENCH_FILE");
  Bytes bytes(name != nullptr ? kSize : 0);
  if (bytes.empty()) return bytes;
  std::ifstream stream(name, std::ios::binary);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

void encode(benchmark::State& state, Bytes (*make)()) {
  const Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes out(raw.size());
  std::size_t length = 0;
  for (auto _ : state) length = npk::codec::find_filter_encoder(kMarkup)->encode(raw, out).value_or(raw.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
  state.counters["ratio"] = static_cast<double>(length) / static_cast<double>(raw.size());
}
BENCHMARK_CAPTURE(encode, made_up, made_up)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, file, file)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, noise, noise)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state, Bytes (*make)()) {
  Bytes raw = make();
  if (raw.empty()) return state.SkipWithError("no NPK_BENCH_FILE");
  Bytes filtered(raw.size());
  const auto length = npk::codec::find_filter_encoder(kMarkup)->encode(raw, filtered);
  if (!length) return state.SkipWithError("declined");
  const auto decoder = npk::codec::find_filter(kMarkup)->create_decoder();
  for (auto _ : state) {
    if (!decoder->restore(npk::ByteView(filtered).first(*length), *length, raw.size(), raw).value_or(false)) state.SkipWithError("decoding failed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(raw.size()));
}
BENCHMARK_CAPTURE(decode, made_up, made_up)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, file, file)->Unit(benchmark::kMillisecond);

}  // namespace
