#include "npk/format/integer_column.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "unit/format/integer_column_cases.h"

namespace npk::format {
namespace {

using ::testing::ElementsAreArray;

bool is_constant(const Values& values) {
  return std::ranges::adjacent_find(values, std::not_equal_to{}) == values.end();
}

// Every encoding gives the values back, and the one chosen is of the smallest size and, among those, the lowest id.
void expect_round_trips(const Values& values) {
  std::pair<std::size_t, ColumnEncoding> smallest{std::numeric_limits<std::size_t>::max(), bytes};
  for (const ColumnEncoding encoding : kEncodings) {
    if (encoding == constant ? !is_constant(values) : values.empty()) continue;
    const Bytes stored = encoded_as(encoding, values);
    const auto back = decoded(encoding, stored, values.size());
    ASSERT_TRUE(back) << name_of(encoding) << ": " << back.error().to_string();
    ASSERT_EQ(*back, values) << name_of(encoding);
    smallest = std::min(smallest, {stored.size(), encoding});
  }
  Bytes out{0xAA, 0xBB};  // encode_integers appends
  const ColumnEncoding chosen = encode_integers(values, out);
  EXPECT_EQ(chosen, smallest.second);
  ASSERT_EQ(out.size(), 2 + smallest.first);
  EXPECT_THAT(ByteView(out).subspan(2), ElementsAreArray(encoded_as(chosen, values)));
}

TEST(IntegerColumn, GoldenBytes) {
  ASSERT_EQ(golden().size(), 13U);
  for (const Golden& golden_case : golden()) {
    SCOPED_TRACE(name_of(golden_case.encoding) + " of " + std::to_string(golden_case.values.size()) + " values");
    EXPECT_THAT(encoded_as(golden_case.encoding, golden_case.values), ElementsAreArray(golden_case.bytes));
    EXPECT_EQ(decoded(golden_case.encoding, golden_case.bytes, golden_case.values.size()), golden_case.values);
  }
}

TEST(IntegerColumn, ZigzagCoversEverySign) {
  const std::vector<std::pair<std::int64_t, std::uint64_t>> pairs{
      {0, 0}, {-1, 1}, {1, 2}, {-2, 3}, {std::numeric_limits<std::int64_t>::max(), kLargest - 1},
      {std::numeric_limits<std::int64_t>::min(), kLargest}};
  for (const auto& [value, code] : pairs) {
    EXPECT_EQ(zigzag_encode(value), code);
    EXPECT_EQ(zigzag_decode(code), value);
  }
}

Values random_values(std::size_t count, unsigned width, std::uint64_t base, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Values values(count);
  for (std::uint64_t& value : values) value = base + (width == 0 ? 0 : random() >> (64 - width));
  return values;
}

TEST(IntegerColumn, EveryWidthAndCountRoundTrips) {
  for (const std::size_t count : {1U, 2U, 7U, 8U, 9U, 63U, 64U, 65U, 255U, 256U, 257U}) {
    for (unsigned width = 0; width <= 64; ++width) {
      SCOPED_TRACE(std::to_string(count) + " values of width " + std::to_string(width));
      expect_round_trips(random_values(count, width, 0, width));
      if (width < 60) expect_round_trips(random_values(count, width, 1'000'000'000'000, count));
    }
  }
}

TEST(IntegerColumn, AFullPageRoundTrips) {
  for (const unsigned width : {0U, 1U, 3U, 8U, 13U, 32U, 57U, 58U, 63U, 64U}) {
    SCOPED_TRACE(width);
    expect_round_trips(random_values(8192, width, 0, width));
  }
}

TEST(IntegerColumn, NoValuesRoundTrip) { expect_round_trips({}); }

TEST(IntegerColumn, ExtremesRoundTrip) {
  expect_round_trips({0, kLargest, 0, kLargest});
  expect_round_trips({kLargest, kLargest - 1, kLargest});
  expect_round_trips({kLargest, 0});  // a difference that wraps round
  expect_round_trips({0, 1ULL << 63, 0, 1ULL << 63, (1ULL << 63) - 1});
}

TEST(IntegerColumn, SignedValuesRoundTripByZigzag) {
  std::mt19937_64 random(11);
  Values values{zigzag_encode(std::numeric_limits<std::int64_t>::min()),
                zigzag_encode(std::numeric_limits<std::int64_t>::max()), zigzag_encode(-1)};
  for (int i = 0; i < 500; ++i) values.push_back(zigzag_encode(static_cast<std::int64_t>(random() % 2000) - 1000));
  expect_round_trips(values);
}

// Columns as catalogs have them, each with the encoding that must win.
struct Shape {
  const char* name;
  ColumnEncoding expected;
  Values values;
};

std::vector<Shape> shapes() {
  std::mt19937_64 random(5);
  std::vector<Shape> all{{"all equal", constant, Values(1000, 42)},
                         {"above a minimum", frame_of_reference, random_values(1000, 8, 1000, 1)},
                         {"ascending", delta, {}},
                         {"descending by a fixed step", delta, {}},
                         {"mostly zeros", zero_run, Values(1000, 0)},
                         {"a few far apart", dictionary, {}},
                         {"a few with outliers", dictionary, {}},
                         {"small with outliers", dictionary, random_values(8192, 3, 0, 2)}};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    all[2].values.push_back((i == 0 ? 1'700'000'000 : all[2].values.back()) + random() % 50);
    all[3].values.push_back(1'000'000 - 7 * i);
    if (i % 97 == 0) all[4].values[i] = random();
    all[5].values.push_back(std::array<std::uint64_t, 4>{1, 1'000'000, 77'777'777'777, kLargest}[random() % 4]);
    all[6].values.push_back(i % 101 == 50 ? random() : 1'000'000'000 * (random() % 3));
    if (i % 50 == 0) all[7].values[i * 8] = random();
  }
  return all;
}

TEST(IntegerColumn, TheCheapestEncodingWins) {
  const auto all = shapes();
  ASSERT_EQ(all.size(), 8U);
  for (const Shape& shape : all) {
    SCOPED_TRACE(shape.name);
    expect_round_trips(shape.values);
    Bytes out;
    EXPECT_EQ(encode_integers(shape.values, out), shape.expected);
    EXPECT_LT(out.size(), shape.values.size() * 8);
  }
}

TEST(IntegerColumn, MoreDifferentValuesThanADictionaryHolds) {
  Values values = random_values(20'000, 64, 0, 3);
  for (std::size_t i = 0; i < values.size(); i += 2) values[i] = 5;  // 10,000 others, so not weighed by encode_integers
  const Bytes stored = encoded_as(dictionary, values);
  EXPECT_EQ(decoded(dictionary, stored, values.size()), values);
  Bytes out;
  EXPECT_NE(encode_integers(values, out), dictionary);
}

TEST(IntegerColumn, RandomDataGrowsByTenBytesAtMost) {
  for (const std::size_t count : {1U, 2U, 256U, 8192U, 20'000U}) {
    Bytes out;
    encode_integers(random_values(count, 64, 0, count), out);
    EXPECT_LE(out.size(), count * 8 + 10);
  }
}

TEST(IntegerColumn, WhatAnEncodingCannotHoldIsMisuse) {
  Bytes out{1, 2, 3};
  const Values different{1, 2};
  EXPECT_EQ(encode_integers_as(constant, different, out).error().code, Errc::misuse);
  EXPECT_EQ(encode_integers_as(bytes, different, out).error().code, Errc::misuse);
  for (const ColumnEncoding encoding : {frame_of_reference, delta, zero_run, dictionary})
    EXPECT_EQ(encode_integers_as(encoding, {}, out).error().code, Errc::misuse) << name_of(encoding);
  EXPECT_EQ(out.size(), 3U);
}

}  // namespace
}  // namespace npk::format
