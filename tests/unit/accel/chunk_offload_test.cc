// Chunks hashed on devices have the digests that they have anywhere.
#include "accel/chunk_offload.h"

#include <algorithm>
#include <map>
#include <sstream>
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
    for (std::size_t i = 0; i < digests.size(); ++i)
      ASSERT_EQ(digests[i], hash::blake3(ByteView(bytes).subspan(extents[i].offset, extents[i].bytes))) << "chunk " << i;
  }
};

chunk::CandidateScanner scanner_of(std::uint32_t average) {
  return *chunk::CandidateScanner::make({.minimum = std::max(64U, average / 4), .average = average, .maximum = average * 4, .seed = 77});
}

// Slices of all sizes, one behind another as those of a file and with less in front; every device finds what the scanner finds.
void cut_and_compare(ChunkOffload& offload, const chunk::CandidateScanner& scanner, ByteView bytes) {
  std::vector<std::vector<chunk::Candidate>> found(100), expected(100);
  std::vector<CutSlice> slices;
  std::mt19937_64 random(bytes.size());
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::uint64_t length = i + 1 == found.size() ? bytes.size() - at : std::min<std::uint64_t>(bytes.size() - at, random() % 20000);
    const std::uint64_t before =
        std::min<std::uint64_t>(at, std::array{std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{63}, std::uint64_t{64}, at}[random() % 5]);
    found[i].push_back({1, true});  // what was there goes
    slices.push_back({{at, length}, before, &found[i]});
    ASSERT_TRUE(scanner.scan(bytes.subspan(at - before, before), bytes.subspan(at, length), expected[i]).has_value());
    at += length;
  }
  const auto done = offload.find_cuts(scanner, bytes, slices);
  ASSERT_TRUE(done.has_value()) << done.error().to_string();
  std::size_t all = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i], expected[i]) << "slice " << i;
    all += found[i].size();
  }
  EXPECT_GT(all, 0U);
}

void hash_and_compare(ChunkOffload& offload, const Chunks& chunks) {
  std::vector<Digest> digests(chunks.extents.size());
  const auto hashed = offload.hash(chunks.bytes, chunks.extents, digests);
  ASSERT_TRUE(hashed.has_value()) << hashed.error().to_string();
  chunks.expect_right(digests);
}

TEST(ChunkOffload, OnOpenCl) {
  const auto offload = ChunkOffload::make({.asked = AccelMode::opencl});
  ASSERT_TRUE(offload.has_value()) << offload.error().to_string();
  ASSERT_TRUE((*offload)->is_on_device());
  hash_and_compare(**offload, Chunks(1, 1U << 20, 90000));
  const AccelUse use = (*offload)->use();
  EXPECT_EQ(use.asked, AccelMode::opencl);
  EXPECT_EQ(use.device->backend, AccelBackend::opencl);
  EXPECT_GE(use.batches, 1U);
  EXPECT_GT(use.kernels, use.batches);
  EXPECT_GT(use.hashed_bytes, 1U << 20);
  EXPECT_EQ(use.cut_bytes, 0U);
  EXPECT_GT(use.kernel_nanoseconds, 0U);
}

// More than both slots hold, and from several threads at once.
TEST(ChunkOffload, InManyGroupsAndThreads) {
  const auto offload = ChunkOffload::make({.asked = AccelMode::cuda, .drivers = emulated_drivers(1)});
  ASSERT_TRUE(offload.has_value()) << offload.error().to_string();
  hash_and_compare(**offload, Chunks(2, 3 * OffloadLane::kGroupBytes + 12345, 3U << 20));
  EXPECT_GE((*offload)->use().batches, 4U);
  const auto opencl = ChunkOffload::make({.asked = AccelMode::opencl});
  ASSERT_TRUE(opencl.has_value()) << opencl.error().to_string();
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < 3; ++i) threads.emplace_back([&, i] { for (int k = 0; k < 3; ++k) hash_and_compare(**opencl, Chunks(10 + i, 300'000, 5000)); });
}

// A device's streams by turns: the second one's copies and kernels are begun before anybody waits for the first, and all that is copied lies in memory
// that the device copies by itself; other memory would make the driver wait.
TEST(ChunkOffload, CopiesWhileKernelsRun) {
  const auto offload = ChunkOffload::make({.asked = AccelMode::cuda, .drivers = emulated_drivers(1)});
  ASSERT_TRUE(offload.has_value()) << offload.error().to_string();
  const Chunks chunks(9, 3 * OffloadLane::kGroupBytes, 1U << 20);
  ASSERT_EQ(emulated_calls(true), "");
  hash_and_compare(**offload, chunks);
  std::istringstream calls(emulated_calls(false));
  std::map<std::string, std::map<char, int>> by_stream;
  std::size_t streams_before_a_wait = 0;
  for (std::string call; calls >> call;) {
    if (call[0] == 's' && streams_before_a_wait == 0) streams_before_a_wait = by_stream.size();
    ++by_stream[call.substr(1)][call[0]];
  }
  EXPECT_EQ(streams_before_a_wait, 2U);
  EXPECT_EQ(by_stream.size(), 2U);
  for (auto& [stream, counts] : by_stream) {
    EXPECT_GE(counts['s'], 2) << stream;
    EXPECT_EQ(counts['R'], 2 * counts['s']);  // outputs and outcomes
    EXPECT_GT(counts['k'], 0);
    EXPECT_GT(counts['W'], 0);
    EXPECT_EQ(counts['w'] + counts['r'], 0) << stream;
  }
}

TEST(ChunkOffload, TakesTheFasterOneByItself) {
  const auto none = ChunkOffload::make({.asked = AccelMode::automatic, .drivers = {.opencl = "", .cuda = ""}});
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE((*none)->is_on_device());
  EXPECT_FALSE((*none)->use().reason.empty());
  const Drivers slow_drivers{.cuda = NPK_EMULATED_DRIVER, .cuda_image = emulated_drivers().cuda_image};
  // PoCL's device is the processor: it is not even tried. The emulated one is slow.
  const auto slow = ChunkOffload::make({.asked = AccelMode::automatic, .drivers = slow_drivers});
  ASSERT_TRUE(slow.has_value());
  EXPECT_FALSE((*slow)->is_on_device());
  EXPECT_GT((*slow)->use().hash_rates.processor, (*slow)->use().hash_rates.device);
  EXPECT_GT((*slow)->use().hash_rates.device, 0);
  EXPECT_EQ((*slow)->use().cut_rates.device, 0);  // nobody will cut
  const auto scanner = scanner_of(64U << 10);
  const auto cutting = ChunkOffload::make({.asked = AccelMode::automatic, .threads = 2, .scanner = &scanner, .drivers = slow_drivers});
  ASSERT_TRUE(cutting.has_value());
  EXPECT_FALSE((*cutting)->is_on_device());
  EXPECT_GT((*cutting)->use().cut_rates.processor, (*cutting)->use().cut_rates.device);
  EXPECT_GT((*cutting)->use().cut_rates.device, 0);
  EXPECT_FALSE((*cutting)->takes_hashing(UINT64_MAX));
  EXPECT_FALSE((*cutting)->takes_cuts(UINT64_MAX));
}

// Chosen by itself, a device that fails costs nothing but time; one that gives other digests is not taken.
TEST(ChunkOffload, GoesOnWithoutTheDeviceItChose) {
  Drivers drivers = emulated_drivers(1);
  drivers.take_slower = true;
  const auto offload = ChunkOffload::make({.asked = AccelMode::automatic, .drivers = drivers});
  ASSERT_TRUE(offload.has_value());
  ASSERT_TRUE((*offload)->is_on_device()) << (*offload)->use().reason;
  hash_and_compare(**offload, Chunks(4, 100'000, 5000));
  ::setenv("NPK_EMULATED_FAILURE", "cuMemcpyDtoHAsync", 1);
  hash_and_compare(**offload, Chunks(5, 100'000, 5000));
  EXPECT_FALSE((*offload)->is_on_device());
  EXPECT_NE((*offload)->use().reason.find("cuMemcpyDtoHAsync"), std::string::npos);
  ::setenv("NPK_EMULATED_FAILURE", "wrong results", 1);
  const auto wrong = ChunkOffload::make({.asked = AccelMode::automatic, .drivers = drivers});
  ::unsetenv("NPK_EMULATED_FAILURE");
  ASSERT_TRUE(wrong.has_value());
  EXPECT_FALSE((*wrong)->is_on_device());
}

TEST(ChunkOffload, SaysWhatIsWrong) {
  EXPECT_EQ(ChunkOffload::make({.asked = AccelMode::cuda, .drivers = {.cuda = ""}}).error().code, Errc::misuse);
  const auto off = ChunkOffload::make({.asked = AccelMode::off});
  ASSERT_TRUE(off.has_value());
  EXPECT_FALSE((*off)->is_on_device());
  const auto offload = ChunkOffload::make({.asked = AccelMode::cuda, .drivers = emulated_drivers()});
  ASSERT_TRUE(offload.has_value());
  const Bytes bytes(100);
  std::vector<Digest> digests(1);
  for (const Extent extent : {Extent{0, 101}, Extent{101, 0}, Extent{UINT64_MAX, 2}, Extent{2, UINT64_MAX}})
    EXPECT_EQ((*offload)->hash(bytes, std::vector{extent}, digests).error().code, Errc::misuse);
  EXPECT_EQ((*offload)->hash(bytes, {}, digests).error().code, Errc::misuse);
  ::setenv("NPK_EMULATED_FAILURE", "cuLaunchKernel", 1);
  EXPECT_EQ((*offload)->hash(bytes, std::vector{Extent{0, 100}}, digests).error().code, Errc::io);
  ::unsetenv("NPK_EMULATED_FAILURE");
  ASSERT_TRUE((*offload)->hash(bytes, std::vector{Extent{0, 100}}, digests).has_value());
  EXPECT_EQ(digests[0], hash::blake3(bytes));
}

TEST(ChunkOffload, FindsTheCutsThatTheScannerFinds) {
  const auto opencl = ChunkOffload::make({.asked = AccelMode::opencl});
  const auto cuda = ChunkOffload::make({.asked = AccelMode::cuda, .drivers = emulated_drivers(32)});
  ASSERT_TRUE(opencl.has_value()) << opencl.error().to_string();
  ASSERT_TRUE(cuda.has_value()) << cuda.error().to_string();
  const Chunks random(6, 1'500'000, 1000);
  // Zeros, with a seed under which they are candidates all over: more than a device has room for.
  const auto all_over = [] {
    for (std::uint64_t seed = 0;; ++seed) {
      auto scanner = *chunk::CandidateScanner::make({.minimum = 64, .average = 256, .maximum = 1024, .seed = seed});
      std::vector<chunk::Candidate> found;
      if (scanner.scan({}, Bytes(1000), found) && found.size() > 900) return scanner;
    }
  }();
  for (ChunkOffload* offload : {opencl->get(), cuda->get()}) {
    for (const std::uint32_t average : {256U, 4096U, 65536U}) cut_and_compare(*offload, scanner_of(average), random.bytes);
    const std::uint64_t before = offload->use().cut_bytes;
    cut_and_compare(*offload, all_over, Bytes(600'000));
    EXPECT_EQ(offload->use().cut_bytes - before, 600'000U);
    EXPECT_EQ(offload->use().hashed_bytes, 0U);
    EXPECT_GT(offload->use().kernels, offload->use().batches);
  }
}

TEST(ChunkOffload, SlicesMustLieWithinAndADeviceThatFailsIsSeen) {
  const auto offload = ChunkOffload::make({.asked = AccelMode::cuda, .drivers = emulated_drivers(1)});
  ASSERT_TRUE(offload.has_value());
  const auto scanner = scanner_of(256);
  const Chunks chunks(8, 100'000, 5000);
  std::vector<chunk::Candidate> found, expected;
  for (const CutSlice slice :
       {CutSlice{{0, 100'001}, 0, &found}, CutSlice{{10, 5}, 11, &found}, CutSlice{{10, 5}, UINT64_MAX, &found}, CutSlice{{10, 5}, 0, nullptr}})
    EXPECT_EQ((*offload)->find_cuts(scanner, chunks.bytes, std::vector{slice}).error().code, Errc::misuse);
  const std::vector<CutSlice> sound = {{{63, 99'937}, 63, &found}};
  ::setenv("NPK_EMULATED_FAILURE", "cuLaunchKernel", 1);
  EXPECT_EQ((*offload)->find_cuts(scanner, chunks.bytes, sound).error().code, Errc::io);
  Drivers drivers = emulated_drivers(1);
  drivers.take_slower = true;
  ::unsetenv("NPK_EMULATED_FAILURE");
  const auto automatic = ChunkOffload::make({.asked = AccelMode::automatic, .scanner = &scanner, .drivers = drivers});
  ASSERT_TRUE(automatic.has_value());
  ASSERT_TRUE((*automatic)->takes_cuts(ChunkOffload::kLeastBytes)) << (*automatic)->use().reason;
  EXPECT_FALSE((*automatic)->takes_cuts(ChunkOffload::kLeastBytes - 1));
  EXPECT_EQ((*automatic)->use().batches, 0U);  // those of the measuring do not count
  ::setenv("NPK_EMULATED_FAILURE", "cuLaunchKernel", 1);
  ASSERT_TRUE((*automatic)->find_cuts(scanner, chunks.bytes, sound).has_value());
  ::unsetenv("NPK_EMULATED_FAILURE");
  ASSERT_TRUE(scanner.scan(ByteView(chunks.bytes).first(63), ByteView(chunks.bytes).subspan(63), expected).has_value());
  EXPECT_EQ(found, expected);
  EXPECT_FALSE((*automatic)->is_on_device());
}

TEST(ChunkOffload, TheEnvironmentSpeaksWhereNothingElseDoes) {
  ::setenv("NPK_ACCEL", "opencl", 1);
  EXPECT_TRUE((*ChunkOffload::make({}))->is_on_device());
  EXPECT_FALSE((*ChunkOffload::make({.asked = AccelMode::off}))->is_on_device());
  ::setenv("NPK_ACCEL", "cpu", 1);
  EXPECT_FALSE((*ChunkOffload::make({}))->is_on_device());
  ::setenv("NPK_ACCEL", "gpu", 1);
  EXPECT_EQ(ChunkOffload::make({}).error().code, Errc::misuse);
  ::unsetenv("NPK_ACCEL");
}

}  // namespace
}  // namespace npk::accel
