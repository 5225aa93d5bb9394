// links: npk_crypto
// Sealing and opening bodies, by cipher and size: bytes a second on one core.
#include "crypto/sealing.h"

#include <benchmark/benchmark.h>

namespace {

using namespace npk;
using crypto::SealingSession;

constexpr Digest kPackage = {1};

struct Bench {
  SealingSession session;
  format::FrameHeader header;
  Bytes body;
};

Bench make(const benchmark::State& state) {
  const auto plain = static_cast<std::size_t>(state.range(1));
  const SecretBytes key = crypto::random_key().value();
  Bench bench{SealingSession::begin(key.view(), kPackage, static_cast<format::Cipher>(state.range(0))).value(), {}, Bytes(plain + crypto::tag_bytes(plain))};
  bench.header.type = format::FrameType::block;
  bench.header.flags = format::kFrameSealed;
  bench.header.stored_length = bench.body.size();
  return bench;
}

void seal(benchmark::State& state) {
  Bench bench = make(state);
  for (auto _ : state) {
    bench.session.seal(bench.header, bench.body);
    ++bench.header.seal_counter;
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(1));
}

void open(benchmark::State& state) {
  Bench bench = make(state);
  bench.session.seal(bench.header, bench.body);
  const Bytes sealed = bench.body;
  for (auto _ : state) {
    bench.body = sealed;
    if (!bench.session.open(bench.header, bench.body)) state.SkipWithError("not opened");
  }
  state.SetBytesProcessed(state.iterations() * state.range(1));
}

void begin_session(benchmark::State& state) {
  const SecretBytes key = crypto::random_key().value();
  for (auto _ : state) benchmark::DoNotOptimize(SealingSession::begin(key.view(), kPackage, format::Cipher::xchacha20_poly1305));
}

constexpr std::int64_t kXChaCha20 = 1, kAes = 2;
BENCHMARK(seal)->ArgsProduct({{kXChaCha20, kAes}, {4 << 10, 1 << 20}});
BENCHMARK(open)->ArgsProduct({{kXChaCha20, kAes}, {4 << 10, 1 << 20}});
BENCHMARK(begin_session);

}  // namespace
