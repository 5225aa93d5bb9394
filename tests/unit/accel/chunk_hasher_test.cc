// Chunks hashed on devices have the digests that they have anywhere.
#include "accel/chunk_hasher.h"

#include <thread>

#include "accel_support.h"
#include "hash/hash.h"

namespace npk::accel {
namespace {

struct Chunks {
  Bytes bytes;
  std::vector<Extent> extents;

  explicit Chunks(std::uint64_t seed, std::size_t size, std::size_t longest) : bytes(size) {
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i + 8 <= size; i += 8) store_le(bytes.data() + i, random());
    for (std::size_t at = 0; at < size;) {
      const std::size_t length = std::min(size - at, random() % longest);
      extents.push_back({at, length});
      at += length;
    }
    extents.push_back({size, 0});
    extents.push_back({3, size / 2});  // over others, as a hostile page may say
  }

  void expect_right(const std::vector<Digest>& digests) const {
    ASSERT_EQ(digests.size(), extents.size());
    for (std::size_t i = 0; i < digests.size(); ++i) ASSERT_EQ(digests[i], hash::blake3(ByteView(bytes).subspan(extents[i].offset, extents[i].bytes))) << "chunk " << i;
  }
};

void hash_and_compare(ChunkHasher& hasher, const Chunks& chunks) {
  std::vector<Digest> digests(chunks.extents.size());
  const auto hashed = hasher.hash(chunks.bytes, chunks.extents, digests);
  ASSERT_TRUE(hashed.has_value()) << hashed.error().to_string();
  chunks.expect_right(digests);
}

TEST(ChunkHasher, OnOpenCl) {
  const auto hasher = ChunkHasher::make(AccelMode::opencl);
  ASSERT_TRUE(hasher.has_value()) << hasher.error().to_string();
  ASSERT_TRUE((*hasher)->is_on_device());
  hash_and_compare(**hasher, Chunks(1, 1U << 20, 90000));
  const AccelUse use = (*hasher)->use();
  EXPECT_EQ(use.asked, AccelMode::opencl);
  EXPECT_EQ(use.device->backend, AccelBackend::opencl);
  EXPECT_GE(use.batches, 1U);
  EXPECT_GT(use.kernels, use.batches);
  EXPECT_GT(use.bytes, 1U << 20);
  EXPECT_GT(use.kernel_nanoseconds, 0U);
}

// More than both slots hold, and from several threads at once.
TEST(ChunkHasher, InManyGroupsAndThreads) {
  const auto hasher = ChunkHasher::make(AccelMode::cuda, emulated_drivers(1));
  ASSERT_TRUE(hasher.has_value()) << hasher.error().to_string();
  hash_and_compare(**hasher, Chunks(2, 3 * ChunkHasher::kGroupBytes + 12345, 3U << 20));
  EXPECT_GE((*hasher)->use().batches, 4U);
  const auto opencl = ChunkHasher::make(AccelMode::opencl);
  ASSERT_TRUE(opencl.has_value()) << opencl.error().to_string();
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < 3; ++i) threads.emplace_back([&, i] { for (int k = 0; k < 3; ++k) hash_and_compare(**opencl, Chunks(10 + i, 300'000, 5000)); });
}

TEST(ChunkHasher, TakesTheFasterOneByItself) {
  const auto none = ChunkHasher::make(AccelMode::automatic, {.opencl = "", .cuda = ""});
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE((*none)->is_on_device());
  EXPECT_FALSE((*none)->use().reason.empty());
  // PoCL's device is the processor: it is not even tried. The emulated one is slow.
  const auto slow = ChunkHasher::make(AccelMode::automatic, {.cuda = NPK_EMULATED_DRIVER, .cuda_image = emulated_drivers().cuda_image});
  ASSERT_TRUE(slow.has_value());
  EXPECT_FALSE((*slow)->is_on_device());
  EXPECT_GT((*slow)->use().processor_rate, (*slow)->use().device_rate);
  EXPECT_GT((*slow)->use().device_rate, 0);
}

// Chosen by itself, a device that fails costs nothing but time; one that gives other digests is not taken.
TEST(ChunkHasher, GoesOnWithoutTheDeviceItChose) {
  Drivers drivers = emulated_drivers(1);
  drivers.take_slower = true;
  const auto hasher = ChunkHasher::make(AccelMode::automatic, drivers);
  ASSERT_TRUE(hasher.has_value());
  ASSERT_TRUE((*hasher)->is_on_device()) << (*hasher)->use().reason;
  hash_and_compare(**hasher, Chunks(4, 100'000, 5000));
  ::setenv("NPK_EMULATED_FAILURE", "cuMemcpyDtoHAsync", 1);
  hash_and_compare(**hasher, Chunks(5, 100'000, 5000));
  EXPECT_FALSE((*hasher)->is_on_device());
  EXPECT_NE((*hasher)->use().reason.find("cuMemcpyDtoHAsync"), std::string::npos);
  ::setenv("NPK_EMULATED_FAILURE", "wrong results", 1);
  const auto wrong = ChunkHasher::make(AccelMode::automatic, drivers);
  ::unsetenv("NPK_EMULATED_FAILURE");
  ASSERT_TRUE(wrong.has_value());
  EXPECT_FALSE((*wrong)->is_on_device());
}

TEST(ChunkHasher, SaysWhatIsWrong) {
  EXPECT_EQ(ChunkHasher::make(AccelMode::cuda, {.cuda = ""}).error().code, Errc::misuse);
  const auto off = ChunkHasher::make(AccelMode::off);
  ASSERT_TRUE(off.has_value());
  EXPECT_FALSE((*off)->is_on_device());
  const auto hasher = ChunkHasher::make(AccelMode::cuda, emulated_drivers());
  ASSERT_TRUE(hasher.has_value());
  const Bytes bytes(100);
  std::vector<Digest> digests(1);
  for (const Extent extent : {Extent{0, 101}, Extent{101, 0}, Extent{UINT64_MAX, 2}, Extent{2, UINT64_MAX}})
    EXPECT_EQ((*hasher)->hash(bytes, std::vector{extent}, digests).error().code, Errc::misuse);
  EXPECT_EQ((*hasher)->hash(bytes, {}, digests).error().code, Errc::misuse);
  ::setenv("NPK_EMULATED_FAILURE", "cuLaunchKernel", 1);
  EXPECT_EQ((*hasher)->hash(bytes, std::vector{Extent{0, 100}}, digests).error().code, Errc::io);
  ::unsetenv("NPK_EMULATED_FAILURE");
  ASSERT_TRUE((*hasher)->hash(bytes, std::vector{Extent{0, 100}}, digests).has_value());
  EXPECT_EQ(digests[0], hash::blake3(bytes));
}

TEST(ChunkHasher, TheEnvironmentSpeaksWhereNothingElseDoes) {
  ::setenv("NPK_ACCEL", "opencl", 1);
  EXPECT_TRUE((*ChunkHasher::make(std::nullopt))->is_on_device());
  EXPECT_FALSE((*ChunkHasher::make(AccelMode::off))->is_on_device());
  ::setenv("NPK_ACCEL", "cpu", 1);
  EXPECT_FALSE((*ChunkHasher::make(std::nullopt))->is_on_device());
  ::setenv("NPK_ACCEL", "gpu", 1);
  EXPECT_EQ(ChunkHasher::make(std::nullopt).error().code, Errc::misuse);
  ::unsetenv("NPK_ACCEL");
}

}  // namespace
}  // namespace npk::accel
