// Sixteen readers on a source that fails and recovers; processes forked while four threads read.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "block_package.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;
using test::MoodySource;

constexpr std::size_t kPoolBlock = 4096;

// A random range of a random entry, by path. None: right bytes; else the error (internal: wrong bytes).
std::optional<Errc> read_some(const PackageReader& reader, const BuiltPackage& built, std::mt19937_64& random) {
  const BuiltEntry& expected = built.entries[random() % built.entries.size()];
  const auto entry = reader.find(expected.path);
  if (!entry) return entry.error().code;
  const auto stream = reader.open_stream(entry->value());
  if (!stream) return stream.error().code;
  const std::uint64_t offset = random() % expected.size;
  Bytes out(1 + random() % 3000);
  const auto count = stream->read_at(offset, out);
  if (!count) return count.error().code;
  const ByteView wanted =
      ByteView(expected.content).subspan(offset).first(std::min<std::size_t>(out.size(), expected.size - offset));
  if (!std::ranges::equal(ByteView(out).first(*count), wanted)) return Errc::internal;
  return std::nullopt;
}

TEST(Trouble, SixteenReadersOnASourceThatFailsAndRecovers) {
  const BuiltPackage built = test::make_block_package(60, kPoolBlock, format::CodecId::zstd);
  const auto source = std::make_shared<MoodySource>(ByteView(built.bytes));
  const PackageReader reader = PackageReader::open(source, {.limits = {}, .block_cache_bytes = 20 * kPoolBlock}).value();
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> right = 0, failed = 0, unexpected = 0;
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      while (!done) {
        const auto error = read_some(reader, built, random);
        ++(!error ? right : *error == Errc::io || *error == Errc::truncated ? failed : unexpected);
      }
    });
  }
  const auto wait_for_more = [](const std::atomic<std::uint64_t>& counter) {
    for (const std::uint64_t before = counter; counter < before + 100;) std::this_thread::yield();
  };
  wait_for_more(right);  // so that something is cached before the source fails
  for (int round = 0; round < 10; ++round) {
    source->become(round % 2 == 0 ? MoodySource::Mood::failing : MoodySource::Mood::cut);
    wait_for_more(failed);
    wait_for_more(right);  // what is cached is still served
    source->become(MoodySource::Mood::well);
    wait_for_more(right);
  }
  done = true;
  threads.clear();
  EXPECT_EQ(unexpected, 0U);
  std::mt19937_64 random(99);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(read_some(reader, built, random), std::nullopt);
}

int child_reads(const PackageReader& reader, const BuiltPackage& built, std::uint64_t seed) {
  ::alarm(60);  // a child that hangs dies of it
  std::mt19937_64 random(seed);
  for (int i = 0; i < 40; ++i) {
    if (read_some(reader, built, random)) return 1;
  }
  return 0;
}

// Cache of few blocks: the parent's threads decode, evict and wait nearly always.
class Forks : public ::testing::TestWithParam<bool> {};

TEST_P(Forks, WhileFourThreadsRead) {
  const BuiltPackage built = test::make_block_package(40, 20 * kPoolBlock, format::CodecId::zstd);
  const auto pool = GetParam() ? BufferPool::create({.max_total_bytes = 100 * kPoolBlock}).value() : nullptr;
  const PackageReader reader =
      PackageReader::open(memory_source(ByteView(built.bytes)),
                          {.limits = {}, .block_cache_bytes = 100 * kPoolBlock, .page_cache_bytes = 1000, .pool = pool})
          .value();
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      while (!done) {
        if (read_some(reader, built, random)) ++wrong;
      }
    });
  }
  int status = 0;
  std::uint64_t children = 0;
  for (; children < 60 && status == 0; ++children) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(child_reads(reader, built, 1000 + children));
    if (child < 0 || ::waitpid(child, &status, 0) != child) status = -1;
  }
  done = true;  // whatever became of the child: the threads are joined behind it
  EXPECT_EQ(status, 0) << "child " << children;
  threads.clear();
  EXPECT_EQ(wrong, 0);
}
INSTANTIATE_TEST_SUITE_P(OwnAndGivenPool, Forks, ::testing::Bool());

}  // namespace
}  // namespace npk
