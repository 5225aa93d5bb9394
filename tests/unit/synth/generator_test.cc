// Same options, same bytes: for every cut, offset, thread and kernel.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "hash/hash.h"
#include "synth/kernels.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

std::vector<ObjectOptions> shapes() {
  std::vector<ObjectOptions> all;
  for (const std::uint64_t size : {0ULL, 1ULL, 63ULL, 64ULL, 4095ULL, 5000ULL, 65'536ULL, 200'001ULL, 1'000'003ULL})
    for (const double dedup : {1.0, 1.3, 4.0})
      for (const double compress : {1.0, 1.5, 7.0})
        all.push_back({.seed = {size, 9}, .size_bytes = size, .dedup = dedup, .compress = compress, .block_bytes = 64U << 10});
  return all;
}

std::string describe(const ObjectOptions& options) {
  return std::to_string(options.size_bytes) + " bytes, dedup " + std::to_string(options.dedup) + ", compress " + std::to_string(options.compress);
}

TEST(Generator, IsPinned) {
  // Changing these changes every object that anyone has made.
  const Bytes plain = whole({.seed = {1, 0}, .size_bytes = 3'000'000});
  EXPECT_EQ(hash::hex_of(ByteView(plain).first(16)), "cb9296c9e033f4371dc1100c0b8edde0");
  EXPECT_EQ(hash::hex_of(hash::blake3(plain)), "6ed312604d1914a9e72d6b098909ae35b6839a591ee7da855c49f97fe2a4233e");
  const Bytes mixed = whole({.seed = {1, 2}, .size_bytes = 9'999'999, .dedup = 2.5, .compress = 3});
  EXPECT_EQ(hash::hex_of(hash::blake3(mixed)), "9fb53da052315be845ae86373083c663b51765d5584297966f8903778cff1025");
}

TEST(Generator, EveryCutGivesTheSameBytes) {
  ASSERT_EQ(shapes().size(), 81U);
  for (const ObjectOptions& options : shapes()) {
    const Bytes expected = whole(options);
    ObjectGenerator generator = generator_of(options);
    for (const std::size_t cut : {1UL, 7UL, 64UL, 4096UL, 65'536UL, 100'000UL, 1UL << 22}) {
      if (cut == 1 && options.size_bytes > 70'000) continue;
      generator.reset();
      Bytes pieces, piece(cut);
      while (const std::size_t count = generator.fill(piece)) pieces.insert(pieces.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
      ASSERT_EQ(pieces, expected) << describe(options) << " by " << cut;
      ASSERT_TRUE(generator.complete());
    }
  }
}

TEST(Generator, AnyOffsetGivesTheSameBytes) {
  std::mt19937_64 random(20261128);
  for (const ObjectOptions& options : shapes()) {
    if (options.size_bytes == 0) continue;
    const Bytes expected = whole(options);
    ObjectGenerator generator = generator_of(options);
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t from = random() % options.size_bytes;
      Bytes part(std::min<std::uint64_t>(random() % 10'000, options.size_bytes - from));
      ASSERT_EQ(generator.fill_at(from, part), part.size());
      ASSERT_TRUE(std::ranges::equal(part, ByteView(expected).subspan(from, part.size()))) << describe(options) << " at " << from;
      ASSERT_TRUE(generator.seek(from).has_value());
      ASSERT_EQ(generator.fill(part), part.size());
      ASSERT_TRUE(std::ranges::equal(part, ByteView(expected).subspan(from, part.size())));
    }
  }
}

TEST(Generator, KnowsWhereItIs) {
  ObjectGenerator generator = generator_of({.size_bytes = 10'000});
  EXPECT_EQ(generator.total(), 10'000U);
  EXPECT_EQ(generator.position(), 0U);
  Bytes piece(4000);
  EXPECT_EQ(generator.fill(piece), 4000U);
  EXPECT_EQ(generator.position(), 4000U);
  EXPECT_EQ(generator.remaining(), 6000U);
  EXPECT_FALSE(generator.complete());
  const auto refused = generator.fill_remaining(piece);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::misuse);
  EXPECT_EQ(generator.position(), 4000U);
  Bytes rest(6000);
  EXPECT_TRUE(generator.fill_remaining(rest).has_value());
  EXPECT_TRUE(generator.complete());
  EXPECT_EQ(generator.fill(piece), 0U);
  EXPECT_EQ(generator.seek(10'001).error().code, Errc::misuse);
  EXPECT_TRUE(generator.seek(10'000).has_value());
  generator.reset();
  EXPECT_EQ(generator.position(), 0U);
}

TEST(Generator, OfNothingIsCompleteAtOnce) {
  ObjectGenerator generator = generator_of({.size_bytes = 0, .dedup = 3, .compress = 3});
  Bytes byte(1);
  EXPECT_TRUE(generator.complete());
  EXPECT_EQ(generator.fill(byte), 0U);
  EXPECT_TRUE(generator.fill_remaining({}).has_value());
  EXPECT_EQ(generator.layout().blocks, 0U);
  EXPECT_EQ(generator.layout().unique_blocks, 0U);
}

TEST(Generator, RefusesWhatMakesNoSense) {
  const std::vector<std::pair<ObjectOptions, std::string>> refused = {
      {{.dedup = 0.5}, "dedup"},         {{.compress = 0}, "compress"},           {{.compress = 1e9}, "compress"},
      {{.dedup = std::nan("")}, "dedup"}, {{.block_bytes = 1000}, "block_bytes"}, {{.block_bytes = 0}, "block_bytes"},
      {{.size_bytes = std::uint64_t{1} << 62}, "size_bytes"}};
  for (const auto& [options, field] : refused) {
    const auto made = ObjectGenerator::create(options);
    ASSERT_FALSE(made.has_value()) << field;
    EXPECT_EQ(made.error().code, Errc::misuse);
    EXPECT_TRUE(made.error().message.starts_with(field)) << made.error().message;
  }
}

// No table grows with the object, and a byte far out costs no more than the first.
TEST(Generator, HasNoStateThatGrows) {
  static_assert(sizeof(ObjectGenerator) <= 128);
  static_assert(std::is_trivially_copyable_v<ObjectGenerator>);
  const ObjectOptions options{.seed = {5, 5}, .size_bytes = (std::uint64_t{1} << 61) + 12'345, .dedup = 1.7, .compress = 2.3};
  const ObjectGenerator generator = generator_of(options);
  const std::uint64_t period = generator.layout().period_bytes();
  ASSERT_GT(period, std::uint64_t{1} << 40);
  const auto before = internal::lines_made();
  Bytes far(100), same(100), last(100);
  EXPECT_EQ(generator.fill_at((std::uint64_t{1} << 41) + 1, far), 100U);
  EXPECT_EQ(generator.fill_at(period + (std::uint64_t{1} << 41) + 1, same), 100U);
  EXPECT_EQ(generator.fill_at(options.size_bytes - 40, last), 40U);
  EXPECT_EQ(far, same);
  const auto after = internal::lines_made();
  EXPECT_LE(after.avx512 + after.avx2 + after.scalar - before.avx512 - before.avx2 - before.scalar, 9U);
}

TEST(Generator, SeedsTellObjectsApart) {
  std::set<Bytes> found;
  for (std::uint64_t low = 0; low < 20; ++low)
    for (std::uint64_t high = 0; high < 20; ++high) found.insert(whole({.seed = {low, high}, .size_bytes = 32}));
  for (int bit = 0; bit < 64; ++bit) {
    found.insert(whole({.seed = {std::uint64_t{1} << bit, 100}, .size_bytes = 32}));
    found.insert(whole({.seed = {100, std::uint64_t{1} << bit}, .size_bytes = 32}));
  }
  EXPECT_EQ(found.size(), 528U);
  std::set<std::pair<std::uint64_t, std::uint64_t>> parts;
  for (std::uint64_t index = 0; index < 10'000; ++index) {
    const Seed part = Seed{7, 7}.derived(index);
    parts.insert({part.low, part.high});
  }
  EXPECT_EQ(parts.size(), 10'000U);
}

TEST(Generator, UnseededObjectsNeverCollide) {
  constexpr std::size_t kThreads = 64, kEach = 200;
  std::vector<std::vector<Seed>> seeds(kThreads);
  std::vector<Bytes> objects(kThreads, Bytes(64));
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < kEach; ++i) seeds[thread].push_back(*Seed::unique());
      generator_of({.seed = seeds[thread][0], .size_bytes = 64}).fill(objects[thread]);
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::pair<std::uint64_t, std::uint64_t>> all;
  for (const auto& some : seeds)
    for (const Seed& seed : some) all.insert({seed.low, seed.high});
  EXPECT_EQ(all.size(), kThreads * kEach);
  EXPECT_EQ(std::set<Bytes>(objects.begin(), objects.end()).size(), kThreads);
}

TEST(Generator, ThreadsShareOne) {
  const ObjectGenerator generator = generator_of({.seed = {3, 1}, .size_bytes = 8U << 20, .dedup = 1.5, .compress = 1.7});
  const Bytes expected = whole(generator);
  Bytes made(expected.size());
  constexpr std::size_t kThreads = 8;
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      const std::size_t part = made.size() / kThreads;
      generator.fill_at(thread * part, MutableBytes(made).subspan(thread * part, part));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, expected);
}

TEST(Generator, SourcesGiveTheObject) {
  ObjectGenerator generator = generator_of({.seed = {3, 3}, .size_bytes = 300'000, .compress = 2});
  const Bytes expected = whole(generator);
  ASSERT_TRUE(generator.seek(77).has_value());
  Bytes read;
  const auto source = object_source(generator, "named");
  EXPECT_EQ(source->name(), "named");
  Bytes piece(1000);
  while (const std::size_t count = *source->read(piece)) read.insert(read.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
  EXPECT_EQ(read, expected);
  const auto at_random = object_at_random(generator);
  EXPECT_EQ(*at_random->size(), 300'000U);
  EXPECT_EQ(*at_random->read_at(299'500, piece), 500U);
  EXPECT_EQ(*at_random->read_at(300'000, piece), 0U);
}

class Kernels : public ::testing::Test {
 protected:
  ~Kernels() override { ::unsetenv("NPK_SYNTH_KERNEL"); }
};

TEST_F(Kernels, MakeTheSameBytes) {
  const internal::RandomKey key{0x0123456789ABCDEF, 0xFEDCBA9876543210};
  ASSERT_FALSE(internal::kernels().empty());
  for (const internal::Kernel& kernel : internal::kernels()) {
    if (!kernel.available()) continue;
    for (const std::uint64_t first : {0ULL, 1ULL, 1ULL << 40, ~0ULL >> 4}) {
      for (std::size_t lines = 1; lines < 20; ++lines) {
        Bytes plain(lines * 64), other(lines * 64 + 3);
        internal::fill_scalar(key, first, plain.data(), lines);
        kernel.fill(key, first, other.data() + 1, lines);
        ASSERT_TRUE(std::ranges::equal(plain, ByteView(other).subspan(1, plain.size()))) << kernel.name << " " << lines;
        ASSERT_EQ(other.front() | other[other.size() - 1] | other[other.size() - 2], 0) << kernel.name << " writes outside";
      }
    }
    Bytes words(64);
    kernel.fill(key, 3, words.data(), 1);
    EXPECT_EQ(load_le<std::uint64_t>(words.data() + 8), internal::random_word(key, 25)) << kernel.name;
  }
}

// That the forced one did the work, and no other.
TEST_F(Kernels, ForcedOnesRun) {
  const Bytes expected = whole({.seed = {1, 1}, .size_bytes = 100'001, .dedup = 1.5, .compress = 1.5});
  std::size_t forced = 0;
  for (const internal::Kernel& kernel : internal::kernels()) {
    ::setenv("NPK_SYNTH_KERNEL", std::string(kernel.name).c_str(), 1);
    const auto made = ObjectGenerator::create({.seed = {1, 1}, .size_bytes = 100'001, .dedup = 1.5, .compress = 1.5});
    if (!kernel.available()) {
      ASSERT_FALSE(made.has_value());
      EXPECT_EQ(made.error().code, Errc::unsupported);
      continue;
    }
    ++forced;
    EXPECT_EQ(made->kernel(), kernel.name);
    internal::lines_made() = {};
    EXPECT_EQ(whole(*made), expected) << kernel.name;
    const internal::KernelLines lines = internal::lines_made();
    const std::uint64_t own = kernel.name == "avx512" ? lines.avx512 : kernel.name == "avx2" ? lines.avx2 : lines.scalar;
    EXPECT_GT(own, 1000U) << kernel.name;
    EXPECT_EQ(own, lines.avx512 + lines.avx2 + lines.scalar) << kernel.name;
  }
  EXPECT_GE(forced, 1U);
}

TEST_F(Kernels, UnknownOnesAreRefused) {
  ::setenv("NPK_SYNTH_KERNEL", "abacus", 1);
  const auto made = ObjectGenerator::create({});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, Errc::unsupported);
}

}  // namespace
}  // namespace npk::synth
