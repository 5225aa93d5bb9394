// Slots for filters: never more held than there are, none is left waiting for ever.
#include "block/seal_slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace npk::block {
namespace {

TEST(FilterSlots, AreNeverHeldByMoreThanThereAre) {
  for (const unsigned count : {1U, 3U}) {
    FilterSlots slots(count);
    std::atomic<unsigned> held = 0, most = 0, taken = 0;
    {
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
          for (int i = 0; i < 200; ++i) {
            const auto slot = slots.take({});
            ASSERT_TRUE(slot);
            const unsigned now = ++held;
            for (unsigned before = most; before < now && !most.compare_exchange_weak(before, now);) {}
            ++taken;
            std::this_thread::yield();
            --held;
          }
        });
      }
    }
    EXPECT_LE(most, count);
    EXPECT_EQ(taken, 1600U);
  }
}

TEST(FilterSlots, WhoWaitsIsStopped) {
  FilterSlots slots(1);
  std::stop_source stop;
  auto held = slots.take(stop.get_token());
  ASSERT_TRUE(held);
  std::jthread waiting([&] { EXPECT_EQ(slots.take(stop.get_token()).error().code, Errc::cancelled); });
  stop.request_stop();
  waiting.join();
  held = FilterSlots::Slot();
  EXPECT_TRUE(slots.take({}));
}

TEST(FilterSlots, AMovedSlotIsGivenBackOnce) {
  FilterSlots slots(1);
  {
    auto first = slots.take({});
    FilterSlots::Slot second = *std::move(first);
    FilterSlots::Slot third;
    third = std::move(second);
  }
  const auto one = slots.take({});
  EXPECT_TRUE(one);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(slots.take(stop.get_token()));
}

TEST(FilterSlots, KeepTheirPagesWhereTheyHaveAny) {
  FilterSlots slots(2, 1U << 20), without(1);
  EXPECT_EQ(without.take({}).value().pages(), nullptr);
  EXPECT_EQ(FilterSlots::Slot().pages(), nullptr);
  const auto first_byte = [](const FilterSlots::Slot& slot, int written) {
    auto* const memory = static_cast<std::uint8_t*>(slot.pages()->take(1));
    const int before = std::exchange(*memory, static_cast<std::uint8_t>(written));
    EXPECT_TRUE(slot.pages()->give_back(memory));
    return before;
  };
  {
    const FilterSlots::Slot one = slots.take({}).value(), other = slots.take({}).value();
    EXPECT_EQ(first_byte(one, 1), 0);
    EXPECT_EQ(first_byte(other, 2), 0);
  }
  const FilterSlots::Slot one = slots.take({}).value(), other = slots.take({}).value();
  EXPECT_EQ(first_byte(one, 0) + first_byte(other, 0), 3);
}

}  // namespace
}  // namespace npk::block
