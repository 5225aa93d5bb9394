// links: npk_format
// Integer columns both ways: columns of 8,192 values of the shape each encoding is for. items/s are values, bytes/s
// the values' 8 bytes each; the counter `bits` is what a value takes encoded.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "npk/format/integer_column.h"

namespace npk::format {
namespace {

using Values = std::vector<std::uint64_t>;
constexpr std::size_t kCount = 8192;

Values of_width(unsigned width) {
  std::mt19937_64 random(width);
  Values values(kCount);
  for (std::uint64_t& value : values) value = 1000 + (width == 0 ? 0 : random() >> (64 - width));
  return values;
}

Values shaped_for(ColumnEncoding encoding) {
  std::mt19937_64 random(1);
  Values values(kCount, 42);
  for (std::size_t i = 0; i < kCount; ++i) {
    if (encoding == ColumnEncoding::delta) values[i] = i == 0 ? 1'700'000'000 : values[i - 1] + random() % 50;
    if (encoding == ColumnEncoding::zero_run) values[i] = random() % 20 == 0 ? 1 + random() % 1000 : 0;
    if (encoding == ColumnEncoding::dictionary)
      values[i] = random() % 100 == 0 ? random() : 1'000'000'007 * (random() % 11);
    if (encoding == ColumnEncoding::frame_of_reference) values[i] = 1000 + random() % 4096;
  }
  return values;
}

void report(benchmark::State& state, std::size_t stored_bytes) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCount));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(8 * kCount));
  state.counters["bits"] = 8.0 * static_cast<double>(stored_bytes) / static_cast<double>(kCount);
}

void encode_as(benchmark::State& state, ColumnEncoding encoding, const Values& values) {
  Bytes out;
  for (auto _ : state) {
    out.clear();
    if (!encode_integers_as(encoding, values, out)) state.SkipWithError("not encoded");
    benchmark::DoNotOptimize(out.data());
  }
  report(state, out.size());
}

void choose(benchmark::State& state, ColumnEncoding expected, const Values& values) {
  Bytes out;
  for (auto _ : state) {
    out.clear();
    if (encode_integers(values, out) != expected) state.SkipWithError("another encoding is smaller");
    benchmark::DoNotOptimize(out.data());
  }
  report(state, out.size());
}

void decode(benchmark::State& state, ColumnEncoding encoding, const Values& values) {
  Bytes stored;
  if (!encode_integers_as(encoding, values, stored)) state.SkipWithError("not encoded");
  Values out(values.size());
  for (auto _ : state) {
    if (!decode_integers(encoding, stored, out)) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  report(state, stored.size());
}

const std::vector<std::pair<ColumnEncoding, std::string>>& encodings() {
  static const std::vector<std::pair<ColumnEncoding, std::string>> all{
      {ColumnEncoding::constant, "constant"}, {ColumnEncoding::frame_of_reference, "frame_of_reference"},
      {ColumnEncoding::delta, "delta"},       {ColumnEncoding::zero_run, "zero_run"},
      {ColumnEncoding::dictionary, "dictionary"}};
  return all;
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const auto& [encoding, name] : encodings()) {
    benchmark::RegisterBenchmark(("encode/" + name).c_str(), encode_as, encoding, shaped_for(encoding));
    benchmark::RegisterBenchmark(("choose/" + name).c_str(), choose, encoding, shaped_for(encoding));
    benchmark::RegisterBenchmark(("decode/" + name).c_str(), decode, encoding, shaped_for(encoding));
  }
  for (const unsigned width : {1U, 2U, 4U, 7U, 8U, 12U, 16U, 20U, 24U, 32U, 40U, 48U, 56U, 57U, 58U, 64U}) {
    const std::string name = "width:" + std::to_string(width);
    const auto frame = ColumnEncoding::frame_of_reference;
    benchmark::RegisterBenchmark(("encode/" + name).c_str(), encode_as, frame, of_width(width));
    benchmark::RegisterBenchmark(("decode/" + name).c_str(), decode, frame, of_width(width));
  }
  return true;
}();

}  // namespace
}  // namespace npk::format
