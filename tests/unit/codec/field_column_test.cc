#include "codec/filter/field_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "unit/codec/encoded_field.h"
#include "unit/codec/field_samples.h"

namespace npk::codec {
namespace {

std::vector<ByteView> views_of(const std::vector<std::string>& values) {
  std::vector<ByteView> views;
  for (const std::string& value : values) views.push_back(as_bytes(value));
  return views;
}

Bytes encoded(const std::vector<std::string>& values) { return encoded_field(views_of(values)); }

void expect_round_trip(const std::vector<std::string>& values) {
  const Bytes part = encoded(values);
  auto reader = FieldReader::open(part);
  ASSERT_TRUE(reader) << reader.error().message;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_FALSE(reader->at_end()) << i;
    const auto value = reader->next();
    ASSERT_TRUE(value) << value.error().message << " at " << i;
    ASSERT_EQ(as_text(*value), values[i]) << i;
  }
  EXPECT_TRUE(reader->expect_end());
  const auto beyond = reader->next();
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Errc::corrupt);
  EXPECT_EQ(encoded(values), part) << "not deterministic";
}

// Takes values until the part ends or turns out bad.
void read_damaged(ByteView part) {
  auto reader = FieldReader::open(part);
  if (!reader) {
    ASSERT_EQ(reader.error().code, Errc::corrupt);
    return;
  }
  for (std::size_t taken = 0; taken < 2 * kSampleValues && !reader->at_end(); ++taken) {
    const auto value = reader->next();
    if (!value) {
      ASSERT_EQ(value.error().code, Errc::corrupt);
      return;
    }
  }
}

TEST(FieldColumn, EveryKindRoundTrips) {
  for (const FieldKind& kind : kFieldKinds) {
    SCOPED_TRACE(kind.name);
    for (const std::size_t count : {1U, 2U, 5U, 40U, 300U, 3000U}) {
      SCOPED_TRACE(count);
      expect_round_trip(kind.make(count, 1));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(FieldColumn, KindsChooseTheirEncoding) {
  std::size_t typed = 0;
  for (const FieldKind& kind : kFieldKinds) {
    const Bytes part = encoded(kind.make(3000, 1));
    if (kind.encoding) {
      EXPECT_EQ(part[0], static_cast<std::uint8_t>(*kind.encoding)) << kind.name;
    }
    typed += part[0] > 1 ? 1U : 0U;
  }
  EXPECT_GE(typed, 6U);
}

TEST(FieldColumn, KindsWithStrangersRoundTrip) {
  static const std::string kStrangers[] = {"", "-", "-0", "00", "0.", ".5", "1e5", "NULL", std::string("\0", 1), "18446744073709551616", "-9223372036854775808",
                                           "9223372036854775807", "0x1F", "\xFF\xFE", std::string(5000, 'x'), "1.50", "+1", " 1", "1 ", "\n", "2023-02-30",
                                           "2023-01-01T24:00:00", "999.999.999.999", "1.2.3.4.5", std::string(300, '9'), "g000", "ABCDEFab"};
  for (const FieldKind& kind : kFieldKinds) {
    SCOPED_TRACE(kind.name);
    for (const std::size_t period : {3U, 20U, 200U}) {
      std::vector<std::string> values = kind.make(2000, 2);
      for (std::size_t i = period / 2, n = 0; i < values.size(); i += period, ++n) values[i] = kStrangers[n % std::size(kStrangers)];
      expect_round_trip(values);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(FieldColumn, NeighbouringSpellingsRoundTrip) {
  // Single bytes of ordinary values changed, dropped and doubled: what nearly is of a form must not be taken for it.
  std::mt19937_64 generator(3);
  for (const FieldKind& kind : kFieldKinds) {
    SCOPED_TRACE(kind.name);
    for (int round = 0; round < 20; ++round) {
      std::vector<std::string> values = kind.make(400, 3);
      for (std::size_t i = 0; i < values.size(); i += 10) {
        std::string& value = values[generator() % values.size()];
        if (value.empty()) continue;
        const std::size_t at = generator() % value.size();
        static constexpr char kBytes[] = "0123456789-.:Tafz \0";
        switch (generator() % 3) {
          case 0: value[at] = kBytes[generator() % (sizeof kBytes - 1)]; break;
          case 1: value.erase(at, 1); break;
          default: value.insert(at, 1, kBytes[generator() % (sizeof kBytes - 1)]);
        }
      }
      expect_round_trip(values);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(FieldColumn, DamagedPartsAreHarmless) {
  for (const FieldKind& kind : kFieldKinds) {
    SCOPED_TRACE(kind.name);
    Bytes part = encoded(kind.make(kSampleValues, 4));
    for (std::size_t length = 0; length < part.size(); ++length) read_damaged(Bytes(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(length)));
    for (std::size_t bit = 0; bit < 8 * part.size(); ++bit) {
      part[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      read_damaged(part);
      part[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    }
  }
}

// Sentences of some 120 bytes: more than a megabyte of 10,000.
std::vector<std::string> prose(std::size_t count) {
  std::mt19937_64 generator(6);
  std::vector<std::string> words, values;
  for (int i = 0; i < 400; ++i) words.push_back(random_letters(generator, 9) + "e");
  for (std::size_t i = 0; i < count; ++i) {
    std::string& value = values.emplace_back();
    for (int word = 0; word < 20; ++word) value += words[generator() % words.size()] + (generator() % 8 == 0 ? ", " : " ");
  }
  return values;
}

TEST(FieldColumn, ProseHasWords) {
  std::vector<std::string> values = prose(10'000);
  EXPECT_EQ(encoded(values)[0], static_cast<std::uint8_t>(FieldEncoding::words));
  expect_round_trip(values);
  for (std::size_t i = 0; i < values.size(); i += 7) values[i] = i % 2 == 0 ? "" : "\x01\xFF\x80<\n\n  _a\xE2\x80\x99 ";
  EXPECT_EQ(encoded(values)[0], static_cast<std::uint8_t>(FieldEncoding::words));
  expect_round_trip(values);
  values[5] = std::string("a\0b", 3);
  EXPECT_EQ(encoded(values)[0], static_cast<std::uint8_t>(FieldEncoding::text)) << "the byte that ends values";
  expect_round_trip(values);
}

TEST(FieldColumn, LongProseHasWords) {
  const std::vector<std::string> sentences = prose(10'000);
  std::vector<std::string> values(50);
  for (std::size_t i = 0; i < sentences.size(); ++i) values[i % values.size()] += sentences[i];
  EXPECT_EQ(encoded(values)[0], static_cast<std::uint8_t>(FieldEncoding::words));
  expect_round_trip(values);
  values.front() = values.front() + values.back() + values[1] + values[2] + values[3];
  EXPECT_EQ(encoded(values)[0], static_cast<std::uint8_t>(FieldEncoding::text)) << "a value longer than a reader has room for";
  expect_round_trip(values);
}

TEST(FieldColumn, DamagedWordsAreHarmless) {
  Bytes part = encoded(prose(2'000));
  ASSERT_EQ(part[0], static_cast<std::uint8_t>(FieldEncoding::words));
  std::mt19937_64 generator(7);
  for (std::size_t bit = 0; bit < 2'000; ++bit) {
    const std::size_t at = bit < 800 ? bit : generator() % (8 * part.size());
    part[at / 8] ^= static_cast<std::uint8_t>(1U << at % 8);
    read_damaged(part);
    part[at / 8] ^= static_cast<std::uint8_t>(1U << at % 8);
    if (bit % 8 == 0) read_damaged(Bytes(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(generator() % part.size())));
  }
}

// One number in a hundred has digits as long as a double's, which as fractions of all would leave no bits for what stands before the point.
TEST(FieldColumn, AFewLongFractionsDoNotMakeTextOfNumbers) {
  std::mt19937_64 generator(8);
  std::vector<std::string> values;
  for (std::uint64_t i = 0, number = 5000; i < 3000; ++i) {
    number += generator() % 101 - 50;
    values.push_back(std::to_string(number) + (i % 100 == 7 ? "." + padded(generator() % 10'000'000'000'000'000ULL, 16) : ""));
  }
  const Bytes part = encoded(values);
  EXPECT_EQ(part[0], static_cast<std::uint8_t>(FieldEncoding::patched));
  EXPECT_LT(part.size(), 9'000U);
  expect_round_trip(values);
}

// What stands in the middle of the column is of another kind than all else.
TEST(FieldColumn, EncodingsAreTriedAllOverAColumn) {
  std::mt19937_64 generator(9);
  std::vector<std::string> values;
  for (std::uint64_t i = 0, number = 1'000'000; i < 60'000; ++i) {
    number += generator() % 2001;
    values.push_back(i / 5'000 == 6 ? std::string(generator() % 2 == 0 ? "17" : "18") : std::to_string(number));
  }
  EXPECT_EQ(encoded(values)[0], static_cast<std::uint8_t>(FieldEncoding::numbers));
  expect_round_trip(values);
}

TEST(FieldColumn, NoValuesAndLeftoverValues) {
  EXPECT_TRUE(encoded({}).empty());
  auto reader = FieldReader::open({});
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->expect_end());
  for (const FieldKind& kind : kFieldKinds) {
    const Bytes part = encoded(kind.make(500, 5));
    auto partial = FieldReader::open(part);
    ASSERT_TRUE(partial);
    for (int i = 0; i < 499; ++i) ASSERT_TRUE(partial->next());
    EXPECT_FALSE(partial->expect_end()) << kind.name;
  }
}

// Values are made some at a time: one that is none ends those before it, for good, wherever among them it is.
TEST(FieldColumn, AnIndexOfNoEntryEndsADictionary) {
  constexpr std::size_t kCount = 4000;
  for (std::size_t wrong = 2000; wrong < 2040; ++wrong) {
    Bytes part = {static_cast<std::uint8_t>(FieldEncoding::dictionary), 2, 0xA0, 0x1F, '\n', 'a', '\n', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', '\n'};
    const std::size_t first = part.size();
    part.resize(first + kCount, 1);
    part[first + wrong] = 2;
    auto reader = FieldReader::open(part);
    ASSERT_TRUE(reader);
    ByteView value;
    for (std::size_t i = 0; i < wrong; ++i) ASSERT_TRUE(reader->take(value)) << i;
    EXPECT_FALSE(reader->at_end());
    EXPECT_FALSE(reader->take(value));
    EXPECT_FALSE(reader->take(value));
    EXPECT_FALSE(reader->expect_end());
  }
}

}  // namespace
}  // namespace npk::codec
