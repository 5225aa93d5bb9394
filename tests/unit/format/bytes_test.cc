#include "npk/bytes.h"

#include <gmock/gmock.h>

#include <limits>
#include <string>
#include <utility>

#include "npk/checked.h"

namespace npk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

TEST(Bytes, LoadAndStoreAreLittleEndian) {
  const std::array<std::uint8_t, 8> bytes{1, 2, 3, 4, 5, 6, 7, 0x88};
  EXPECT_EQ(load_le<std::uint8_t>(bytes.data()), 1);
  EXPECT_EQ(load_le<std::uint16_t>(bytes.data()), 0x0201);
  EXPECT_EQ(load_le<std::uint32_t>(bytes.data()), 0x0403'0201U);
  EXPECT_EQ(load_le<std::uint64_t>(bytes.data()), 0x8807'0605'0403'0201U);
  std::array<std::uint8_t, 8> stored{};
  store_le(stored.data(), std::uint64_t{0x8807'0605'0403'0201});
  EXPECT_EQ(stored, bytes);
}

TEST(Bytes, TextAndBytesAreViewsOfEachOther) {
  EXPECT_THAT(as_bytes("aé"), ElementsAre(0x61, 0xC3, 0xA9));
  EXPECT_EQ(as_text(as_bytes("aé")), "aé");
  EXPECT_TRUE(as_bytes("").empty());
}

TEST(ByteReader, ReadsWhatTheWriterWrote) {
  Bytes bytes{0xEE};  // the writer appends
  ByteWriter writer(bytes);
  writer.write(std::uint8_t{1});
  writer.write(std::uint16_t{0x0302});
  writer.write(std::uint32_t{0x07060504});
  writer.write(std::uint64_t{8});
  writer.write_bytes(as_bytes("abc"));
  writer.write_zeros(2);
  EXPECT_EQ(writer.position(), 1U + 1 + 2 + 4 + 8 + 3 + 2);

  ByteReader reader(ByteView(bytes).subspan(1));
  EXPECT_EQ(reader.read<std::uint8_t>(), 1);
  EXPECT_EQ(reader.read<std::uint16_t>(), 0x0302);
  EXPECT_EQ(reader.read<std::uint32_t>(), 0x07060504U);
  EXPECT_EQ(reader.read<std::uint64_t>(), 8U);
  EXPECT_EQ(reader.position(), 15U);
  EXPECT_EQ(as_text(*reader.read_bytes(3)), "abc");
  EXPECT_TRUE(reader.expect_zeros(2));
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_TRUE(reader.expect_end());
}

TEST(ByteReader, AReadPastTheEndIsTruncatedAndMovesNothing) {
  const Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read<std::uint32_t>().error().code, Errc::truncated);
  EXPECT_EQ(reader.read_bytes(4).error().code, Errc::truncated);
  EXPECT_EQ(reader.read_bytes(kLargest).error().code, Errc::truncated);
  EXPECT_EQ(reader.read_array<4>().error().code, Errc::truncated);
  EXPECT_EQ(reader.expect_zeros(4).error().code, Errc::truncated);
  EXPECT_EQ(reader.position(), 0U);
  EXPECT_THAT(*reader.read_array<3>(), ElementsAre(1, 2, 3));
  EXPECT_EQ(reader.read<std::uint8_t>().error().code, Errc::truncated);
  EXPECT_EQ(reader.read_bytes(0)->size(), 0U);
}

TEST(ByteReader, TrailingBytesAndReservedBytes) {
  const Bytes bytes{0, 0, 1};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.expect_end().error().code, Errc::trailing_data);
  EXPECT_TRUE(reader.expect_zeros(2));
  EXPECT_EQ(reader.expect_zeros(1).error().code, Errc::corrupt);
  EXPECT_TRUE(ByteReader({}).expect_end());
}

TEST(ByteReader, TheMessageNamesPlaceAndLengths) {
  const Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);
  ASSERT_TRUE(reader.read<std::uint16_t>());
  const Error error = reader.read<std::uint64_t>().error();
  EXPECT_THAT(error.message, HasSubstr("needs 8 more bytes at 2"));
  EXPECT_THAT(error.message, HasSubstr("only 1 "));
}

static_assert(checked_add(1, 2) == 3U);
static_assert(checked_add(kLargest, 0) == kLargest);
static_assert(!checked_add(kLargest, 1));
static_assert(checked_multiply(1ULL << 32, (1ULL << 32) - 1) == kLargest - (1ULL << 32) + 1);
static_assert(!checked_multiply(1ULL << 32, 1ULL << 32));
static_assert(checked_multiply(0, kLargest) == 0U);

TEST(Checked, RangeWithinNeverOverflows) {
  EXPECT_TRUE(range_within(0, 0, 0));
  EXPECT_TRUE(range_within(3, 7, 10));
  EXPECT_TRUE(range_within(10, 0, 10));
  EXPECT_FALSE(range_within(3, 8, 10));
  EXPECT_FALSE(range_within(11, 0, 10));
  EXPECT_FALSE(range_within(5, kLargest, 10));
  EXPECT_FALSE(range_within(kLargest, kLargest, 10));
  EXPECT_TRUE(range_within(1, kLargest - 1, kLargest));
}

TEST(Error, EveryCodeHasItsName) {
  constexpr std::array kNames{"io",          "not_found", "truncated",   "corrupt", "trailing_data", "unsupported", "limit",
                              "auth_failed", "no_key",    "misuse",      "exists",  "cancelled",     "internal"};
  for (std::size_t i = 0; i < kNames.size(); ++i) EXPECT_EQ(errc_name(static_cast<Errc>(i + 1)), kNames[i]);
  EXPECT_EQ(errc_name(Errc{0}), "unknown");
  EXPECT_EQ(errc_name(static_cast<Errc>(kNames.size() + 1)), "unknown");
}

TEST(Error, TheTextLeavesOutWhatIsNotKnown) {
  EXPECT_EQ((Error{.code = Errc::corrupt, .message = "bad"}).to_string(), "bad");
  EXPECT_EQ((Error{.code = Errc::corrupt, .message = "bad"}).at(0).in("a.npk").to_string(), "a.npk: at byte 0: bad");
  const Error io{.code = Errc::io, .message = "can't open", .path = "x", .system_errno = 2};
  EXPECT_EQ(io.to_string(), "x: can't open (No such file or directory)");
}

TEST(Error, TheInnermostPlaceIsKept) {
  Error error = Error{.code = Errc::corrupt, .message = "bad"}.at(7).in("inner");
  const Error passed_on = std::move(error).at(9).in("outer");
  EXPECT_EQ(passed_on.offset, 7U);
  EXPECT_EQ(passed_on.path, "inner");
}

Result<std::string> doubled(Result<std::string> input) {
  NPK_ASSIGN(const std::string value, std::move(input));
  return value + value;
}
Result<std::string> tried(Result<void> status) {
  NPK_TRY(std::move(status));
  return "went on";
}

TEST(Result, MacrosReturnTheErrorEarly) {
  EXPECT_EQ(doubled("ab"), "abab");
  EXPECT_EQ(doubled(fail(Errc::limit, "too many")).error().code, Errc::limit);
  EXPECT_EQ(tried({}), "went on");
  EXPECT_EQ(tried(fail(Errc::io, "no")).error().message, "no");
  EXPECT_EQ(Result<int>(pass_on(Result<void>(fail(Errc::no_key, "sealed")))).error().code, Errc::no_key);
}

}  // namespace
}  // namespace npk
