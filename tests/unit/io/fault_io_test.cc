// The test doubles do what they say.
#include <gtest/gtest.h>

#include "npk/files.h"
#include "support/fault_io.h"

namespace npk::testing {
namespace {

TEST(FaultSource, FailsAtCallOrByte) {
  const auto inner = memory_source(Bytes(100));
  Bytes out(10);
  const FaultSource third(inner, {.fail_at_call = 3, .error_number = ENXIO});
  EXPECT_TRUE(third.size());
  EXPECT_TRUE(third.read_at(0, out));
  EXPECT_EQ(third.read_at(0, out).error().system_errno, ENXIO);
  EXPECT_FALSE(third.size());
  EXPECT_EQ(third.calls(), 4U);
  const FaultSource at_byte(inner, {.fail_at_byte = 50});
  EXPECT_TRUE(at_byte.read_at(40, out));
  EXPECT_EQ(at_byte.read_at(41, out).error().code, Errc::io);
}

TEST(FaultSource, EndsEarly) {
  const FaultSource cut(memory_source(Bytes(100)), {.ends_at = 30});
  Bytes out(10);
  EXPECT_EQ(cut.size().value(), 30U);
  EXPECT_EQ(cut.read_at(25, out).value(), 5U);
  EXPECT_EQ(cut.read_at(30, out).value(), 0U);
}

TEST(FaultSequentialSource, ReadsShortAndFails) {
  const Bytes bytes(100);
  FaultSequentialSource source(std::make_unique<MemorySequentialSource>(bytes),
                               {.fail_at_byte = 9, .most_bytes_per_call = 3});
  Bytes out(50);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(source.read(out).value(), 3U);
  EXPECT_FALSE(source.read(out));
  FaultSequentialSource cut(std::make_unique<MemorySequentialSource>(bytes), {.ends_at = 4});
  EXPECT_EQ(cut.read(out).value(), 4U);
  EXPECT_EQ(cut.read(out).value(), 0U);
}

TEST(FaultSink, PassesOnWhatComesBefore) {
  Bytes out;
  FaultSink sink(memory_sink(out), {.fail_at_byte = 5, .error_number = ENOSPC});
  EXPECT_TRUE(sink.write(Bytes(4)));
  EXPECT_EQ(sink.write(Bytes(4)).error().system_errno, ENOSPC);
  EXPECT_EQ(out.size(), 5U);
  FaultSink at_commit(memory_sink(out), {.fail_at_call = 2});
  EXPECT_TRUE(at_commit.write(Bytes(4)));
  EXPECT_FALSE(at_commit.commit());
}

}  // namespace
}  // namespace npk::testing
