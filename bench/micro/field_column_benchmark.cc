// links: npk_codec_encode npk_codec_decode
// Values of one field to a column and back, one core: bytes of the values and one more for each per second; `ratio` is column/values, `ns_per_value`
// the time of one.
#include <benchmark/benchmark.h>

#include <functional>

#include "codec/filter/field_column.h"
#include "../../tests/unit/codec/encoded_field.h"
#include "../../tests/unit/codec/field_samples.h"

namespace {

using npk::Bytes, npk::ByteView;

constexpr std::size_t kValues = 100'000;

struct Field {
  std::vector<std::string> values;
  std::vector<ByteView> views;
  std::int64_t bytes = 0;
};

Field field_of(const npk::codec::FieldKind& kind) {
  Field field{kind.make(kValues, 1), {}, 0};
  for (const std::string& value : field.values) {
    field.views.push_back(npk::as_bytes(value));
    field.bytes += static_cast<std::int64_t>(value.size()) + 1;
  }
  return field;
}

void count(benchmark::State& state, const Field& field) {
  state.SetBytesProcessed(state.iterations() * field.bytes);
  state.counters["ns_per_value"] =
      benchmark::Counter(static_cast<double>(kValues) / 1e9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void encode(benchmark::State& state, const npk::codec::FieldKind& kind) {
  const Field field = field_of(kind);
  std::size_t length = 0;
  const npk::codec::JoinedValues joined(field.views);
  for (auto _ : state) length = npk::codec::encode_field_column(joined.values()).size();
  count(state, field);
  state.counters["ratio"] = static_cast<double>(length) / static_cast<double>(field.bytes);
}

void decode(benchmark::State& state, const npk::codec::FieldKind& kind) {
  const Field field = field_of(kind);
  const Bytes part = npk::codec::encoded_field(field.views);
  for (auto _ : state) {
    auto reader = npk::codec::FieldReader::open(part);
    if (!reader) return state.SkipWithError("decoding failed");
    ByteView value;
    for (std::size_t i = 0; i < kValues; ++i) {
      if (!reader->take(value)) return state.SkipWithError("decoding failed");
      benchmark::DoNotOptimize(value);
    }
  }
  count(state, field);
}

const bool kRegistered = [] {
  for (const npk::codec::FieldKind& kind : npk::codec::kFieldKinds) {
    const std::string name(kind.name);
    benchmark::RegisterBenchmark(("encode/" + name).c_str(), encode, std::ref(kind))->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("decode/" + name).c_str(), decode, std::ref(kind))->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
