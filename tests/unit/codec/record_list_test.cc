// The list that the structural filters' encoders keep their records in.
#include "codec/filter/record_list_encode.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace npk::codec {
namespace {

using Numbers = RecordList<std::uint32_t>;

TEST(RecordList, GivesBackWhatWasAppended) {
  Numbers numbers;
  const auto count = static_cast<std::uint32_t>(3 * Numbers::kBlock + 7);
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_EQ(numbers.size(), i);
    numbers.push_back(i);
    ASSERT_EQ(numbers[i], i);
  }
  std::uint32_t next = 0;
  numbers.for_each([&](std::uint32_t number) { EXPECT_EQ(number, next++); });
  EXPECT_EQ(next, count);
  numbers.clear();
  EXPECT_EQ(numbers.size(), 0U);
  numbers.push_back(5);
  EXPECT_EQ(numbers[0], 5U);
}

// Wherever they begin, also in the first block while it grows.
TEST(RecordList, KeepsRecordsTogether) {
  constexpr std::uint32_t kTogether = 48;
  for (std::uint32_t before = 0; before < 2 * Numbers::kBlock + kTogether; before += 13) {
    Numbers numbers;
    for (std::uint32_t i = 0; i < before; ++i) numbers.push_back(i);
    numbers.keep_together(kTogether);
    const std::size_t first = numbers.size();
    for (std::uint32_t i = 0; i < kTogether; ++i) numbers.push_back(~i);
    for (std::uint32_t i = 0; i < before; ++i) ASSERT_EQ(numbers[i], i);
    const std::uint32_t* const together = &numbers[first];
    for (std::uint32_t i = 0; i < kTogether; ++i) ASSERT_EQ(together[i], ~i);
  }
}

TEST(RecordList, LetsGoWhatIsNotReadAgain) {
  EncoderMemory memory(1U << 20);
  Numbers numbers;
  for (std::uint32_t i = 0; i < 32 * Numbers::kBlock; ++i) {
    numbers.push_back(i);
    if (i >= Numbers::kBlock) numbers.release_before(i - Numbers::kBlock);
    ASSERT_EQ(numbers[i], i);
  }
}

}  // namespace
}  // namespace npk::codec
