// Random mutations of somewhat larger packages of every kind: bits, zeros, pieces lost, repeated, moved, of another package, by the thousand.
#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

#include "damage/samples.h"
#include "support/sanitized.h"

namespace npk::testing {
namespace {

using Random = std::mt19937_64;

// NPK_MUTATIONS says how many of all kinds together.
std::uint64_t rounds() {
  const char* text = std::getenv("NPK_MUTATIONS");
  const std::uint64_t all = text != nullptr ? std::strtoull(text, nullptr, 10) : kSanitized ? 2'000 : 20'000;
  return all / std::size(kKinds) + 1;
}

Bytes piece_of(ByteView bytes, Random& random) {
  const std::size_t at = random() % bytes.size(), length = std::min<std::size_t>(1 + random() % (1U << random() % 13), bytes.size() - at);
  return {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + length)};
}

void overwrite(Bytes& bytes, std::size_t at, ByteView piece) {
  std::copy_n(piece.begin(), std::min(piece.size(), bytes.size() - at), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

void mutate(Bytes& bytes, ByteView other, Random& random) {
  const std::size_t at = random() % bytes.size(), length = piece_of(bytes, random).size();
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random() % 8) {
    case 0: bytes[at] ^= static_cast<std::uint8_t>(1U << random() % 8); break;
    case 1: bytes[at] = static_cast<std::uint8_t>(random()); break;
    case 2: overwrite(bytes, at, Bytes(length)); break;
    case 3: bytes.erase(place, place + static_cast<std::ptrdiff_t>(std::min(length, bytes.size() - at))); break;
    case 4: bytes.insert(place, length, static_cast<std::uint8_t>(random())); break;
    case 5: overwrite(bytes, at, piece_of(bytes, random)); break;
    case 6: {
      const Bytes piece = piece_of(other, random);
      bytes.insert(place, piece.begin(), piece.end());
      break;
    }
    default: overwrite(bytes, at, piece_of(other, random));
  }
  if (bytes.empty()) bytes.push_back(0);
}

class Mutations : public ::testing::TestWithParam<Kind> {
 protected:
  // `at` says which: any thread may try it.
  [[nodiscard]] std::string tried(std::uint64_t at) const {
    Random random(1000 * static_cast<std::uint64_t>(GetParam()) + (at << 16));
    Bytes damaged = sample_.bytes;
    for (std::uint64_t i = 1 + random() % 3; i-- > 0;) mutate(damaged, other_, random);
    return damaged == sample_.bytes ? "" : wrong(damaged, sample_);
  }

  const Sample sample_ = make_sample(GetParam(), 6000);
  const Bytes other_ = make_sample(Kind::plain, 2000).bytes;
};

INSTANTIATE_TEST_SUITE_P(Damage, Mutations, ::testing::ValuesIn(kKinds), [](const auto& kind) { return name_of(kind.param); });

TEST_P(Mutations, GiveTheRightBytesOrAnError) {
  const std::uint64_t last = rounds();
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    for (std::uint64_t at = next++; at < last && !HasFailure(); at = next++) {
      const std::string problem = tried(at);
      EXPECT_EQ(problem, "") << "mutation " << at;
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
}

}  // namespace
}  // namespace npk::testing
