// read_many: what single reads give, each block decoded once, errors by request.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "block_package.h"
#include "package/reader/impl.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;
using test::MoodySource;
using test::PackageShape;

constexpr std::size_t kPackedBlock = 4096;

PackageReader open(const BuiltPackage& built, const ReaderOptions& options = {}) {
  return PackageReader::open(memory_source(ByteView(built.bytes)), options).value();
}

// Requests and their buffers.
struct Batch {
  std::vector<Bytes> buffers;
  std::vector<ReadRequest> requests;

  void add(std::variant<std::uint64_t, std::string_view> entry, std::uint64_t offset, std::size_t length) {
    buffers.emplace_back(length, std::uint8_t{0xEE});
    requests.push_back({entry, offset, buffers.back()});
  }
};

const PackageShape kPackedShapes[] = {
    {},
    {.files = 40, .codec = format::CodecId::zstd, .bases = true},
    {.files = 30, .largest_file = 100'000, .chunk_bytes = 100, .blocks_per_page = 2, .fanout = 6},
    {.files = 30, .chunks_per_block = 50, .codec = format::CodecId::lz4, .holes = false},
};

class ReadMany : public testing::TestWithParam<std::tuple<std::size_t, unsigned>> {};

TEST_P(ReadMany, GivesWhatSingleReadsGive) {
  const auto [shape, threads] = GetParam();
  const BuiltPackage built = test::make_package(shape + 40, kPackedShapes[shape]);
  const PackageReader reader = open(built, {.limits = {}, .block_cache_bytes = 50'000, .page_cache_bytes = 5000});
  std::mt19937_64 random(shape);
  Batch batch;
  for (int i = 0; i < 300; ++i) {
    const std::size_t index = random() % built.entries.size();
    const BuiltEntry& entry = built.entries[index];
    const std::size_t length = random() % (i % 10 == 0 ? 50'000 : 2000);
    if (i % 2 == 0)
      batch.add(index, random() % (entry.size + 20), length);
    else
      batch.add(entry.path, random() % (entry.size + 20), length);
  }
  const auto results = reader.read_many(batch.requests, {.threads = threads});
  ASSERT_EQ(results.size(), batch.requests.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const ReadRequest& request = batch.requests[i];
    const auto entry = request.entry.index() == 0 ? reader.entry(std::get<0>(request.entry)).value()
                                                  : reader.find(std::get<1>(request.entry)).value().value();
    Bytes expected(request.out.size(), 0xEE);
    const auto count = reader.open_stream(entry).value().read_at(request.offset, expected).value();
    ASSERT_TRUE(results[i]) << results[i].error().to_string();
    ASSERT_EQ(*results[i], count);
    ASSERT_EQ(batch.buffers[i], expected) << "and nothing behind it is touched";
  }
}
INSTANTIATE_TEST_SUITE_P(Shapes, ReadMany,
                         testing::Combine(testing::Range(std::size_t{0}, std::size(kPackedShapes)), testing::Values(1U, 4U)));

TEST(ReadManyCost, EachBlockIsDecodedOnceAndEachPageReadOnce) {
  const BuiltPackage built = test::make_package(
      5, {.files = 400, .largest_file = 3000, .chunks_per_block = 20, .codec = format::CodecId::zstd, .holes = false});
  const PackageReader every = open(built);
  std::uint64_t pages = 0;
  ASSERT_TRUE(every.for_each([](const Entry&) { return true; }));
  ASSERT_TRUE(every.impl().chunks().for_each_page([&](const format::ChunkPage&) { return Result<void>(); }));
  pages = every.statistics().frames_read;  // of all of both trees, and opening

  std::mt19937_64 random(5);
  Batch batch;
  for (int i = 0; i < 5000; ++i) batch.add(random() % built.entries.size(), random() % 1000, 100);
  const auto frames_of = [&](std::uint64_t page_cache_bytes) {
    const PackageReader reader =
        open(built, {.limits = {}, .block_cache_bytes = 0, .page_cache_bytes = page_cache_bytes});
    for (const auto& result : reader.read_many(batch.requests)) EXPECT_TRUE(result);
    EXPECT_EQ(reader.statistics().blocks_decoded, reader.impl().chunks().totals().blocks);
    return reader.statistics().frames_read - reader.statistics().blocks_decoded;
  };
  EXPECT_EQ(frames_of(16U << 20), pages);
  EXPECT_LT(frames_of(20'000), 2 * pages) << "in a cache that holds a few of them";
}

TEST(ReadManyCost, DecodesNoFurtherThanItNeeds) {
  const BuiltPackage built = test::make_block_package(1, 1 << 20, format::CodecId::zstd);
  const PackageReader reader = open(built);
  Batch batch;
  batch.add(std::uint64_t{0}, 100'000, 10);
  batch.add("f0", 200'000, 10);
  for (const auto& result : reader.read_many(batch.requests)) ASSERT_TRUE(result);
  EXPECT_EQ(reader.statistics().raw_bytes_decoded, 256U << 10);
}

TEST(ReadManyErrors, AreOfTheRequestTheyBelongTo) {
  test::BuiltPackage built = test::make_package(6);
  const PackageReader reader = open(built);
  std::uint64_t directory = 0;
  while (directory < reader.entry_count() && reader.entry(directory)->row().kind == EntryKind::regular) ++directory;
  Batch batch;
  batch.add("no such path", 0, 10);
  batch.add(reader.entry_count(), 0, 10);
  batch.add(std::uint64_t{0}, 0, 10);
  if (directory < reader.entry_count()) batch.add(directory, 0, 10);
  const auto results = reader.read_many(batch.requests);
  EXPECT_EQ(results[0].error().code, Errc::not_found);
  EXPECT_EQ(results[1].error().code, Errc::misuse);
  EXPECT_TRUE(results[2]);
  if (results.size() > 3) {
    EXPECT_EQ(results[3].error().code, Errc::misuse);
  }
  EXPECT_TRUE(reader.read_many({}).empty());
}

TEST(ReadManyErrors, OfTheSourceLeaveTheRestAlone) {
  const BuiltPackage built = test::make_block_package(20, kPackedBlock);
  const auto source = std::make_shared<MoodySource>(ByteView(built.bytes));
  const PackageReader reader = PackageReader::open(source).value();
  Batch batch;
  for (std::uint64_t i = 0; i < 20; ++i) batch.add(i, 0, kPackedBlock);
  std::vector<ReadRequest> half(batch.requests.begin(), batch.requests.begin() + 10);
  for (const auto& result : reader.read_many(half)) ASSERT_TRUE(result);
  source->become(MoodySource::Mood::failing);
  const auto results = reader.read_many(batch.requests, {.threads = 4});
  for (std::size_t i = 0; i < 10; ++i) EXPECT_TRUE(results[i]) << "cached";
  for (std::size_t i = 10; i < 20; ++i) EXPECT_EQ(results[i].error().code, Errc::io);
  source->become(MoodySource::Mood::well);
  for (const auto& result : reader.read_many(batch.requests)) EXPECT_TRUE(result);
}

TEST(ReadManyErrors, StoppedBatchesAreCancelled) {
  const BuiltPackage built = test::make_block_package(3, kPackedBlock);
  const PackageReader reader = open(built);
  std::stop_source stop;
  stop.request_stop();
  Batch batch;
  for (std::uint64_t i = 0; i < 3; ++i) batch.add(i, 0, kPackedBlock);
  for (const auto& result : reader.read_many(batch.requests, {.threads = 2, .stop = stop.get_token()}))
    EXPECT_EQ(result.error().code, Errc::cancelled);
  EXPECT_EQ(reader.statistics().blocks_decoded, 0U);
}

}  // namespace
}  // namespace npk
