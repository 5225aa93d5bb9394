// The block cache: what it decodes and how often, what it keeps, and how long it waits.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "block_package.h"
#include "package/reader/impl.h"

namespace npk {
namespace {

using reader::BlockAccess;
using reader::BlockCache;
using reader::BlockCost;
using reader::BlockUse;
using test::BuiltPackage;
using test::GatedSource;
using test::make_block_package;
using test::MoodySource;

constexpr std::size_t kBlock = 4096;  // a size class of the pool

std::shared_ptr<BufferPool> pool_of(std::uint64_t bytes) {
  return BufferPool::create({.max_total_bytes = bytes}).value();
}

class Cached {
 public:
  explicit Cached(std::shared_ptr<RandomAccessSource> source, std::uint64_t cache_bytes,
                  std::shared_ptr<BufferPool> pool = {})
      : reader_(PackageReader::open(std::move(source),
                                    {.limits = {}, .block_cache_bytes = cache_bytes, .pool = std::move(pool)})
                    .value()) {}

  [[nodiscard]] BlockCache& cache() const { return reader_.impl().block_cache(); }
  [[nodiscard]] reader::BlockLocation at(std::uint64_t block) const {
    return reader_.impl().chunks().block(block).value();
  }
  BlockCache::Block get(std::uint64_t block, BlockUse use = BlockUse::random) const {
    return cache().get(at(block), UINT64_MAX, {.use = use}).value();
  }
  [[nodiscard]] std::uint64_t decoded() const { return reader_.statistics().blocks_decoded; }
  [[nodiscard]] ReaderStatistics statistics() const { return reader_.statistics(); }

 private:
  PackageReader reader_;
};

void expect_block(const BuiltPackage& built, std::uint64_t number, const BlockCache::Block& block) {
  EXPECT_TRUE(std::ranges::equal(block->view(), built.entries[number].content)) << "block " << number;
}

// Ten blocks that are come back to, in a cache of twenty; a pass over two hundred others; the ten again.
class Scan : public testing::TestWithParam<BlockUse> {};

TEST_P(Scan, OnePassDoesNotPushOutWhatIsComeBackTo) {
  constexpr std::uint64_t kHot = 10, kAll = 210;
  const BuiltPackage built = make_block_package(kAll, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 20 * kBlock);
  for (std::uint64_t i = 0; i < kHot; ++i) cached.get(i);
  cached.get(kHot);
  for (std::uint64_t i = 0; i < kHot; ++i) cached.get(i);
  ASSERT_EQ(cached.decoded(), kHot + 1);
  for (int pass = 0; pass < 3; ++pass) {
    const std::uint64_t before = cached.decoded();
    for (std::uint64_t i = kHot; i < kAll; ++i) {
      for (int step = 0; step < 16; ++step) expect_block(built, i, cached.get(i, GetParam()));  // in small steps
    }
    const std::uint64_t after = cached.decoded();
    EXPECT_GE(after - before, kAll - kHot - 20) << "the pass went through";
    for (std::uint64_t i = 0; i < kHot; ++i) expect_block(built, i, cached.get(i));
    EXPECT_EQ(cached.decoded(), after) << "and the hot blocks stayed";
    if (GetParam() == BlockUse::random) break;  // what is passed through again and again is come back to
  }
  EXPECT_LE(cached.cache().cached_bytes(), 20 * kBlock);
}
INSTANTIATE_TEST_SUITE_P(Uses, Scan, testing::Values(BlockUse::random, BlockUse::sequential, BlockUse::passing));

TEST(BlockCache, WhatIsPassingTakesAQuarterAndStaysFromTheSecondPassOn) {
  constexpr std::uint64_t kPassed = 15;
  const BuiltPackage built = make_block_package(kPassed, kBlock);
  const auto pool = pool_of(1 << 20);
  const Cached cached(memory_source(ByteView(built.bytes)), 20 * kBlock, pool);
  const auto pass = [&] {
    const std::uint64_t before = cached.decoded();
    for (std::uint64_t i = 0; i < kPassed; ++i) expect_block(built, i, cached.get(i, BlockUse::passing));
    return cached.decoded() - before;
  };
  EXPECT_EQ(pass(), kPassed);
  EXPECT_LE(cached.cache().cached_bytes(), 20 * kBlock / 4 + kBlock);
  EXPECT_LE(pool->statistics().misses, 6U) << "the same memory serves again";
  EXPECT_GE(pass(), kPassed - 6);
  EXPECT_EQ(pass(), 0U);
}

TEST(BlockCache, WhatIsPassingAndHeldStays) {
  const BuiltPackage built = make_block_package(12, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 20 * kBlock);
  std::vector<BlockCache::Block> held;
  for (std::uint64_t i = 0; i < 12; ++i) held.push_back(cached.get(i, BlockUse::passing));
  for (std::uint64_t i = 0; i < 12; ++i) EXPECT_EQ(cached.get(i, BlockUse::passing), held[i]);
  EXPECT_EQ(cached.decoded(), 12U);
}

TEST(BlockCache, WhatWasPassingAndIsComeBackToStays) {
  const BuiltPackage built = make_block_package(100, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 20 * kBlock);
  cached.get(0, BlockUse::passing);
  cached.get(1);
  cached.get(0);
  for (std::uint64_t i = 2; i < 100; ++i) cached.get(i, BlockUse::passing);
  const std::uint64_t before = cached.decoded();
  cached.get(0);
  EXPECT_EQ(cached.decoded(), before);
}

TEST(BlockCache, ASkewedTraceDecodesLessThanHalfOfItsReads) {
  const BuiltPackage built = make_block_package(400, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 40 * kBlock);
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double uniform = static_cast<double>(random() % 1'000'000 + 1) / 1e6;
    cached.get(static_cast<std::uint64_t>(399 * uniform * uniform * uniform * uniform));
  }
  EXPECT_LT(cached.decoded(), 10'000U);
  EXPECT_EQ(cached.statistics().block_cache_hits + cached.statistics().block_cache_misses, 20'000U);
  EXPECT_EQ(cached.statistics().block_cache_misses, cached.decoded());
}

TEST(BlockCache, ABlockLargerThanTheLimitIsReadAndNotKept) {
  const BuiltPackage built = make_block_package(3, 5 * kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 4 * kBlock);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 3; ++i) expect_block(built, i, cached.get(i));
  }
  EXPECT_EQ(cached.statistics().blocks_uncached, 6U);
  EXPECT_EQ(cached.cache().cached_bytes(), 0U);
}

TEST(BlockCache, WhatIsHeldStaysAndTheRestIsNotKept) {
  const BuiltPackage built = make_block_package(8, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 4 * kBlock);
  std::vector<BlockCache::Block> held;
  for (std::uint64_t i = 0; i < 4; ++i) held.push_back(cached.get(i));
  for (std::uint64_t i = 4; i < 8; ++i) expect_block(built, i, cached.get(i));
  EXPECT_EQ(cached.statistics().blocks_uncached, 4U);
  for (std::uint64_t i = 0; i < 4; ++i) {
    expect_block(built, i, held[i]);
    EXPECT_EQ(cached.get(i), held[i]);
  }
  EXPECT_EQ(cached.decoded(), 8U);
}

TEST(BlockCache, ReadersShareAPoolAndObeyItsLimitWhenItIsLowered) {
  const BuiltPackage built = make_block_package(64, kBlock);
  const auto pool = pool_of(32 * kBlock);
  const Cached first(memory_source(ByteView(built.bytes)), 1 << 20, pool);
  const Cached second(memory_source(ByteView(built.bytes)), 1 << 20, pool);
  for (std::uint64_t i = 0; i < 64; ++i) {
    expect_block(built, i, first.get(i));
    expect_block(built, i, second.get(i));
    ASSERT_LE(pool->total_bytes(), 32 * kBlock);
  }
  pool->set_max_total_bytes(4 * kBlock);
  for (std::uint64_t i = 0; i < 64; ++i) {
    expect_block(built, i, first.get(i));
    expect_block(built, i, second.get(i));
  }
  EXPECT_LE(pool->total_bytes(), 4 * kBlock);
  pool->set_max_total_bytes(0);
  for (const Cached* cached : {&first, &second}) {
    for (std::uint64_t i = 0; i < 64; ++i) expect_block(built, i, cached->get(i));
    EXPECT_EQ(cached->cache().cached_bytes(), 0U);
  }
  EXPECT_EQ(pool->total_bytes(), 0U);
  pool->set_max_total_bytes(64 * kBlock);
  for (std::uint64_t i = 0; i < 16; ++i) first.get(i);
  const std::uint64_t before = first.decoded();
  for (std::uint64_t i = 0; i < 16; ++i) expect_block(built, i, first.get(i));
  EXPECT_EQ(first.decoded(), before) << "there is room again";
}

TEST(BlockCache, APoolThatIsClosedIsNotWaitedFor) {
  const BuiltPackage built = make_block_package(4, kBlock);
  const auto pool = pool_of(32 * kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 1 << 20, pool);
  pool->close();
  for (std::uint64_t i = 0; i < 4; ++i) expect_block(built, i, cached.get(i));
  EXPECT_EQ(cached.statistics().blocks_uncached, 4U);
}

TEST(BlockCache, TryGetNeverLoads) {
  const BuiltPackage built = make_block_package(2, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 1 << 20);
  EXPECT_EQ(cached.cache().try_get(cached.at(1), 1), nullptr);
  EXPECT_EQ(cached.decoded(), 0U);
  const auto block = cached.get(1);
  EXPECT_EQ(cached.cache().try_get(cached.at(1), UINT64_MAX), block);
}

TEST(BlockCache, SaysWhatAGetTook) {
  const BuiltPackage built = make_block_package(1, kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 1 << 20);
  BlockCost cost;
  ASSERT_TRUE(cached.cache().get(cached.at(0), 1, {}, &cost));
  EXPECT_FALSE(cost.hit);
  EXPECT_GT(cost.decoding.count(), 0);
  EXPECT_EQ(cost.waiting.count(), 0);
  EXPECT_EQ(cost.stored_bytes, cached.at(0).row.stored_length + format::kFrameHeaderBytes);
  BlockCost second;
  ASSERT_TRUE(cached.cache().get(cached.at(0), 1, {}, &second));
  EXPECT_TRUE(second.hit);
  EXPECT_EQ(second.decoding.count(), 0);
  EXPECT_EQ(second.stored_bytes, 0U);
}

// One thread decodes behind a closed gate; others wait for it.
class Waiting : public testing::Test {
 protected:
  Waiting() {
    source_->close();
    decoding_ = std::jthread([this] { expect_block(built_, 0, cached_.get(0)); });
    source_->wait_for_reader();
  }
  ~Waiting() override { source_->open(); }

  [[nodiscard]] Result<BlockCache::Block> get(const BlockAccess& access) const {
    return cached_.cache().get(location_, UINT64_MAX, access);
  }

  BuiltPackage built_ = make_block_package(2, kBlock);
  std::shared_ptr<GatedSource> source_ = std::make_shared<GatedSource>(ByteView(built_.bytes));
  Cached cached_{source_, 1 << 20};
  reader::BlockLocation location_ = cached_.at(0);
  std::jthread decoding_;
};

TEST_F(Waiting, EndsWhenStopped) {
  std::stop_source stop;
  Result<BlockCache::Block> result;
  std::jthread waiting([&] { result = get({.use = BlockUse::random, .stop = stop.get_token()}); });
  stop.request_stop();
  waiting.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::cancelled);
}

TEST_F(Waiting, EndsAtItsDeadline) {
  const auto result = get({.use = BlockUse::random, .stop = {}, .deadline = std::chrono::steady_clock::now()});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::limit);
}

TEST_F(Waiting, OneDecodesForAll) {
  std::vector<std::jthread> others;
  for (int i = 0; i < 8; ++i) others.emplace_back([&] { expect_block(built_, 0, get({}).value()); });
  source_->open();
  others.clear();
  decoding_.join();
  EXPECT_EQ(cached_.decoded(), 1U);
  EXPECT_EQ(cached_.statistics().block_cache_hits, 8U);
}

TEST(BlockCache, AFailureIsNotRemembered) {
  const BuiltPackage built = make_block_package(2, kBlock);
  const auto source = std::make_shared<MoodySource>(ByteView(built.bytes));
  const Cached cached(source, 1 << 20);
  const auto first = cached.at(0), second = cached.at(1);
  cached.get(0);
  source->become(MoodySource::Mood::failing);
  EXPECT_EQ(cached.cache().get(second, 1).error().code, Errc::io);
  expect_block(built, 0, cached.cache().get(first, UINT64_MAX).value());
  source->become(MoodySource::Mood::cut);
  EXPECT_EQ(cached.cache().get(second, 1).error().code, Errc::truncated);
  source->become(MoodySource::Mood::well);
  expect_block(built, 1, cached.cache().get(second, UINT64_MAX).value());
}

TEST(BlockCache, EightThreadsOverASmallCache) {
  const BuiltPackage built = make_block_package(50, kBlock, format::CodecId::zstd);
  const auto pool = pool_of(10 * kBlock);
  const Cached cached(memory_source(ByteView(built.bytes)), 1 << 20, pool);
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      for (int i = 0; i < 500; ++i) {
        const std::uint64_t number = random() % 50;
        expect_block(built, number, cached.get(number, i % 3 == 0 ? BlockUse::sequential : BlockUse::random));
      }
    });
  }
  threads.clear();
  EXPECT_LE(pool->total_bytes(), 10 * kBlock);
  EXPECT_EQ(cached.statistics().block_cache_hits + cached.statistics().block_cache_misses, 4000U);
}

}  // namespace
}  // namespace npk
