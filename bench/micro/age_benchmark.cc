// links: npk_crypto
// Time to open a small age file (an envelope's size) with each kind of identity, and to make one.
#include "npk/age.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

namespace {

using namespace npk;

constexpr std::size_t kEnvelopeBytes = 4096;

std::vector<Identity> generate(std::size_t count) {
  std::vector<Identity> list;
  for (std::size_t i = 0; i < count; ++i) list.push_back(generate_identity().value().identity);
  return list;
}

std::vector<Recipient> recipients_of(const std::vector<Identity>& identities) {
  std::vector<Recipient> list;
  for (const Identity& identity : identities) list.push_back(identity.recipient().value());
  return list;
}

// By the number of recipients; ours is the last, so all stanzas are tried.
void open_x25519(benchmark::State& state) {
  std::vector<Identity> identities = generate(static_cast<std::size_t>(state.range(0)));
  const Bytes file = age_encrypt(Bytes(kEnvelopeBytes), recipients_of(identities)).value();
  std::vector<Identity> mine;
  mine.push_back(std::move(identities.back()));
  for (auto _ : state) benchmark::DoNotOptimize(age_decrypt(file, mine));
}
BENCHMARK(open_x25519)->Arg(1)->Arg(16)->Unit(benchmark::kMicrosecond);

void seal_x25519(benchmark::State& state) {
  const auto recipients = recipients_of(generate(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(age_encrypt(Bytes(kEnvelopeBytes), recipients));
}
BENCHMARK(seal_x25519)->Arg(1)->Arg(16)->Unit(benchmark::kMicrosecond);

// By the passphrase's work factor.
void open_passphrase(benchmark::State& state) {
  const auto word = [] { return SecretBytes::copy_of(std::string_view("word")).value(); };
  std::vector<Recipient> recipients;
  recipients.push_back(Recipient::from_passphrase(word(), static_cast<int>(state.range(0))).value());
  std::vector<Identity> mine;
  mine.push_back(Identity::from_passphrase(word()).value());
  const Bytes file = age_encrypt(Bytes(kEnvelopeBytes), recipients).value();
  for (auto _ : state) benchmark::DoNotOptimize(age_decrypt(file, mine));
}
BENCHMARK(open_passphrase)->Arg(10)->Arg(14)->Arg(18)->Unit(benchmark::kMillisecond);

}  // namespace
