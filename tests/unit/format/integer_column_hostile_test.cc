// What decode_integers makes of bytes no encoder wrote.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/format/integer_column_cases.h"

namespace npk::format {
namespace {

Errc refusal(ColumnEncoding encoding, const Bytes& bytes, std::size_t count) {
  const auto result = decoded(encoding, bytes, count);
  if (result) ADD_FAILURE() << name_of(encoding) << " was accepted";
  return result ? Errc::internal : result.error().code;
}

struct Hostile {
  const char* name;
  ColumnEncoding encoding;
  std::size_t count;
  Bytes bytes;
  Errc expected;
};

const std::vector<Hostile>& hostile() {
  static const Bytes kHugeCount{0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F};
  static const std::vector<Hostile> cases{
      {"a number of nine bytes", constant, 1, {9, 1, 1, 1, 1, 1, 1, 1, 1, 1}, Errc::corrupt},
      {"a number with a zero on top", constant, 1, {2, 1, 0}, Errc::corrupt},
      {"nothing for one value", constant, 1, {}, Errc::truncated},
      {"something for no value", constant, 0, {0}, Errc::trailing_data},
      {"no values, another encoding", frame_of_reference, 0, {0, 0}, Errc::corrupt},
      {"width 65", frame_of_reference, 1, {65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, Errc::corrupt},
      {"padding not zero", frame_of_reference, 3, {1, 0, 0b1000}, Errc::corrupt},
      {"a sum past 64 bits", frame_of_reference, 1, {1, 8, 255, 255, 255, 255, 255, 255, 255, 255, 1}, Errc::corrupt},
      {"packed bytes missing", frame_of_reference, 9, {8, 0, 1, 2, 3, 4, 5, 6, 7, 8}, Errc::truncated},
      {"a byte too many", frame_of_reference, 1, {8, 0, 1, 2}, Errc::trailing_data},
      {"differences of width 255", delta, 2, {0, 255, 0}, Errc::corrupt},
      {"padding of differences", delta, 2, {0, 1, 0, 0b10}, Errc::corrupt},
      {"one value with a width of differences", delta, 1, {1, 5, 3, 0}, Errc::corrupt},
      {"one value with a lowest difference", delta, 1, {1, 5, 0, 1, 2}, Errc::corrupt},
      {"more non-zeros than values", zero_run, 2, {1, 3, 0, 0, 0, 1, 1}, Errc::corrupt},
      {"non-zeros without number", zero_run, 2, kHugeCount, Errc::corrupt},
      {"a gap past the end", zero_run, 2, {1, 1, 0, 1, 2, 0, 1, 1}, Errc::corrupt},
      {"gaps that add up past the end", zero_run, 4, {1, 2, 0, 1, 2, 0, 1, 1}, Errc::corrupt},
      {"a gap of 2^64 - 1", zero_run, 4, {1, 1, 0, 8, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 1}, Errc::corrupt},
      {"a zero among the non-zeros", zero_run, 4, {1, 1, 0, 0, 0, 0}, Errc::corrupt},
      {"an empty dictionary", dictionary, 1, {0, 0, 0, 0, 0}, Errc::corrupt},
      {"4097 values in the dictionary", dictionary, 1, {2, 0x01, 0x10, 0, 0, 0}, Errc::corrupt},
      {"a dictionary that stands still", dictionary, 1, {1, 2, 0, 0, 0, 0, 0}, Errc::corrupt},
      {"a dictionary that wraps round", dictionary, 1, {1, 2, 1, 1, 0, 1, 1, 0, 0}, Errc::corrupt},
      {"an index past the dictionary", dictionary, 1, {1, 3, 0, 0, 1, 2, 0b11, 0}, Errc::corrupt},
      {"a patch over an index", dictionary, 1, {1, 2, 0, 0, 1, 2, 1, 1, 1, 0, 0, 0, 1, 9}, Errc::corrupt},
      {"more patches than values", dictionary, 1, {1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0}, Errc::corrupt},
      {"patches cut off", dictionary, 1, {1, 1, 0, 0, 0, 1, 1, 0, 0}, Errc::truncated},
      {"encoding 0", ColumnEncoding{0}, 1, {0}, Errc::unsupported},
      {"encoding 6", ColumnEncoding{6}, 1, {0}, Errc::unsupported},
      {"a column of bytes", bytes, 1, {0}, Errc::unsupported},
  };
  return cases;
}

TEST(IntegerColumnHostile, EachContradictionHasItsCode) {
  ASSERT_EQ(hostile().size(), 31U);
  for (const Hostile& entry : hostile()) {
    SCOPED_TRACE(entry.name);
    EXPECT_EQ(refusal(entry.encoding, entry.bytes, entry.count), entry.expected);
  }
}

TEST(IntegerColumnHostile, EveryTruncationIsTruncated) {
  for (const Golden& valid : golden()) {
    for (std::size_t length = 0; length < valid.bytes.size(); ++length) {
      SCOPED_TRACE(name_of(valid.encoding) + " cut to " + std::to_string(length) + " bytes");
      const Bytes cut(valid.bytes.begin(), valid.bytes.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(refusal(valid.encoding, cut, valid.values.size()), Errc::truncated);
    }
  }
}

TEST(IntegerColumnHostile, EveryAddedByteIsTrailing) {
  for (const Golden& valid : golden()) {
    Bytes longer = valid.bytes;
    longer.push_back(0);
    EXPECT_EQ(refusal(valid.encoding, longer, valid.values.size()), Errc::trailing_data) << name_of(valid.encoding);
  }
}

// A changed byte is refused, or gives values that the encoding then carries faithfully.
void expect_sane(ColumnEncoding encoding, const Bytes& bytes, std::size_t count) {
  const auto values = decoded(encoding, bytes, count);
  if (values) {
    EXPECT_EQ(decoded(encoding, encoded_as(encoding, *values), count), *values);
  } else {
    const Errc code = values.error().code;
    EXPECT_TRUE(code == Errc::truncated || code == Errc::trailing_data || code == Errc::corrupt) << errc_name(code);
  }
}

TEST(IntegerColumnHostile, EveryChangedByteIsRefusedOrGivesValues) {
  std::size_t changes = 0;
  for (const Golden& valid : golden()) {
    for (std::size_t at = 0; at < valid.bytes.size(); ++at) {
      for (unsigned flip = 1; flip < 256; ++flip, ++changes) {
        SCOPED_TRACE(name_of(valid.encoding) + " byte " + std::to_string(at) + " xor " + std::to_string(flip));
        Bytes changed = valid.bytes;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
        expect_sane(valid.encoding, changed, valid.values.size());
      }
    }
  }
  EXPECT_GT(changes, 15'000U);
}

TEST(IntegerColumnHostile, AnotherCountIsRefusedOrGivesValues) {
  for (const Golden& valid : golden())
    for (std::size_t count = 0; count < 70; ++count) expect_sane(valid.encoding, valid.bytes, count);
}

}  // namespace
}  // namespace npk::format
