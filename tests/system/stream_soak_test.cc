// Ten minutes of 16 threads over three packages with one pool, or NPK_SOAK_SECONDS. tests/run --soak.
#include "system/stream_soak.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "support/sanitized.h"

namespace npk {
namespace {

using testing::StreamSoak;

std::chrono::milliseconds soak_time() {
  const char* text = std::getenv("NPK_SOAK_SECONDS");
  return std::chrono::seconds(text == nullptr ? 600 : std::max(1, std::atoi(text)));
}

// Flat: what the process holds at rest in the end, against a fifth of the way. Allocated: the readers' block caches, 1 MiB
// each, are full to a different degree each time. Resident: beside that, what is free between pieces in 16 arenas, and the
// 128 KiB at the end of each (1 MB to and fro in 600 s and 2'200'000 sessions, no growth; AMD EPYC, 2 cores, 2026-11).
constexpr std::uint64_t kAllocatedFlatBytes = 4U << 20, kResidentFlatBytes = 8U << 20;

TEST(StreamSoak, SixteenThreadsOverThreePackagesWhileTheLimitMoves) {
  constexpr int kRounds = 10;
  StreamSoak soak(60);
  std::vector<StreamSoak::Memory> memory;
  for (int round = 0; round < kRounds; ++round) {
    const auto end = std::chrono::steady_clock::now() + soak_time() / kRounds;
    soak.run(16, static_cast<std::uint64_t>(round), [end](std::uint64_t) { return std::chrono::steady_clock::now() < end; });
    ASSERT_THAT(soak.log().faults(), ::testing::IsEmpty()) << "in round " << round;
    memory.push_back(soak.memory_at_rest());
  }
  soak.finish();
  EXPECT_THAT(soak.log().faults(), ::testing::IsEmpty());
  const testing::SoakLog& log = soak.log();
  std::cout << "[  figures ] sessions " << log.sessions << " streams " << log.streams << " opens " << log.opens << " bytes " << log.bytes
            << " batches " << log.batches << " cancelled " << log.cancelled << " limited " << log.limited << " limit changes "
            << log.limit_changes << "\n[  figures ] at rest, allocated and resident:";
  for (const StreamSoak::Memory& at : memory) std::cout << " " << at.allocated_bytes << " " << at.resident_bytes;
  std::cout << "\n";
  for (const auto* count : {&log.streams, &log.opens, &log.batches, &log.cancelled, &log.limited, &log.limit_changes}) EXPECT_GT(*count, 0U);
  if (!testing::kSanitized) {
    EXPECT_LE(memory.back().allocated_bytes, memory[1].allocated_bytes + kAllocatedFlatBytes);
    EXPECT_LE(memory.back().resident_bytes, memory[1].resident_bytes + kResidentFlatBytes);
  }
}

}  // namespace
}  // namespace npk
