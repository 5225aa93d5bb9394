#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "npk/format/ids.h"
#include "unit/codec/json_text.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

constexpr std::size_t kGuard = 64;

std::optional<Bytes> filter_json(ByteView raw, std::size_t room) {
  Bytes out(room);
  const auto length = find_filter_encoder(format::CodecId::json)->encode(raw, out);
  if (!length) return std::nullopt;
  EXPECT_LE(*length, room);
  out.resize(*length);
  return out;
}

std::optional<Bytes> filter_json(ByteView raw) { return filter_json(raw, raw.size() + kMaxFilterGrowth); }

// Decodes with guard bytes behind the output and checks that they are left alone.
Result<Bytes> restore_json(ByteView filtered, std::uint64_t raw_length, std::size_t wanted) {
  const auto decoder = find_filter(format::CodecId::json)->create_decoder();
  Bytes guarded(wanted + kGuard, 0x5A);
  const auto result = decoder->restore(filtered, filtered.size(), raw_length, MutableBytes(guarded).first(wanted));
  EXPECT_EQ(std::count(guarded.end() - kGuard, guarded.end(), 0x5A), static_cast<std::ptrdiff_t>(kGuard));
  if (!result) return std::unexpected(result.error());
  EXPECT_TRUE(*result);
  guarded.resize(wanted);
  return guarded;
}

// Whether the filter took it.
bool survives(const Bytes& raw) {
  const auto filtered = filter_json(raw);
  if (!filtered) return false;
  const auto back = restore_json(*filtered, raw.size(), raw.size());
  EXPECT_TRUE(back.has_value()) << (back ? "" : back.error().message);
  if (!back) return true;
  const auto differs = std::ranges::mismatch(*back, raw);
  EXPECT_TRUE(*back == raw) << "first difference at " << differs.in1 - back->begin();
  return true;
}

Bytes joined(std::initializer_list<Bytes> pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

TEST(JsonFilter, OrdinaryDocumentsComeBack) {
  static const std::pair<const char*, const char*> kLayouts[] = {{"", ""}, {"\n", "  "}, {"\n", "    "}, {"\n", "\t"}, {"\r\n", "  "}, {"\n", " "}};
  for (const auto& [line_end, unit] : kLayouts) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const Bytes raw = JsonWriter(seed, line_end, unit).document(200 * seed * seed);
      EXPECT_TRUE(survives(raw) || raw.size() < 4000) << unit << seed;
    }
  }
  EXPECT_TRUE(survives(json_lines(300'000, 3)));
}

TEST(JsonFilter, MixedLayoutsOneBehindAnother) {
  EXPECT_TRUE(survives(joined({JsonWriter(1, "\n", "  ").document(5000), JsonWriter(2, "", "").document(5000), json_lines(5000, 3),
                               JsonWriter(4, "\r\n", "\t").document(5000), JsonWriter(5, "\n", "    ").document(5000)})));
}

TEST(JsonFilter, CutAtEveryPlace) {
  const Bytes raw = joined({JsonWriter(7, "\n", "  ").document(1200), json_lines(400, 2)});
  for (std::size_t cut = 0; cut <= raw.size(); ++cut) {
    survives(Bytes(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(cut)));
    survives(Bytes(raw.begin() + static_cast<std::ptrdiff_t>(cut), raw.end()));
  }
}

TEST(JsonFilter, DamagedTextComesBack) {
  std::mt19937_64 generator(99);
  for (int i = 0; i < 300; ++i) {
    Bytes raw = i % 2 == 0 ? JsonWriter(static_cast<std::uint64_t>(i), "\n", "  ").document(1500) : json_lines(1500, 5);
    for (std::size_t errors = generator() % 30; errors > 0; --errors) {
      static constexpr std::uint8_t kBytes[] = {'"', '\\', '{', '}', '[', ']', ',', ':', '\n', ' ', '\r', '\t', 0, 0x01, 0x02, 0x04, 0x0E, 0xFF, 'n', '1'};
      raw[generator() % raw.size()] = kBytes[generator() % std::size(kBytes)];
    }
    survives(raw);
  }
}

TEST(JsonFilter, AnyBytesComeBackOrAreDeclined) {
  for (const DataKind& kind : kDataKinds) {
    for (const std::size_t size : {0U, 1U, 2U, 17U, 1000U, 100'000U}) survives(kind.make(size, size + 1));
  }
  EXPECT_FALSE(survives(random_bytes(100'000, 4)));
}

TEST(JsonFilter, HostileTextComesBackOrIsDeclined) {
  for (const char* piece : {"[", "{", "]", "}", "\"", ",", ":", "\\", "\n", "[[", "{\"a\":", "{\"a\":[", "\"\\", "null", "1,",
                            "{}", "[]", "\r", " ", "\"a\" \"b\"", "\n\n   {"}) {
    std::string text;
    while (text.size() < 60'000) text += piece;
    survives(bytes_of_text(text));
    text += R"({"key": "value"})";
    survives(bytes_of_text(text));
  }
}

TEST(JsonFilter, NestingWithLayoutComesBack) {
  std::string text;
  for (std::size_t level = 0; level < 600; ++level) text += "{\n" + std::string(2 * (level + 1), ' ') + "\"k\": ";
  text += "1";
  for (std::size_t level = 600; level > 0; --level) text += "\n" + std::string(2 * (level - 1), ' ') + "}";
  EXPECT_TRUE(survives(bytes_of_text(text)));
}

// More distinct skeletons, keys, fields and tokens than there may be.
TEST(JsonFilter, LimitsOfTheDictionary) {
  std::string spaced, keyed, columns;
  std::mt19937_64 generator(5);
  for (std::size_t i = 0; i < 40'000; ++i) {
    spaced += "{" + std::string(generator() % 16, ' ') + "\"a\"" + std::string(generator() % 16, ' ') + ":" + std::string(generator() % 16, ' ') + "1}";
    keyed += (i == 0 ? "{\"k" : ",\"k") + std::to_string(generator() % 90'000) + "\":" + std::to_string(i % 7);
  }
  for (std::size_t times = 0; times < 60; ++times) {
    for (std::size_t i = 0; i < 3000; ++i) columns += "{\"c" + std::to_string(i) + "\":\"v\"}\n";
  }
  survives(bytes_of_text(spaced));
  EXPECT_TRUE(survives(bytes_of_text(keyed)));
  EXPECT_TRUE(survives(bytes_of_text(columns)));
}

TEST(JsonFilter, RegularDataHasNextToNoStructure) {
  const Bytes raw = json_lines(1 << 20, 8);
  const auto filtered = filter_json(raw);
  ASSERT_TRUE(filtered.has_value());
  EXPECT_LT(filtered->size(), raw.size() / 2);
}

// Pairs of numbers have a column for each place, however far they are indented.
TEST(JsonFilter, IndentedPairsAreNoLargerThanOthers) {
  std::mt19937_64 generator(7);
  const auto pairs = [&](std::size_t depth) {
    generator.seed(7);
    std::string line = "\n", text;
    for (std::size_t level = 0; level < depth; ++level, line += "    ") text += (level == 0 ? "" : line) + "[";
    for (std::uint64_t i = 0, x = 7'000'000, y = 400'000'000; i < 4000; ++i) {
      x += generator() % 200, y += generator() % 200;
      text += (i == 0 ? "" : ",") + line + "[" + line + "    " + std::to_string(x) + "," + line + "    " + std::to_string(y) + line + "]";
    }
    return bytes_of_text(text);
  };
  const Bytes near = pairs(1), far = pairs(14);
  const auto near_filtered = filter_json(near), far_filtered = filter_json(far);
  ASSERT_TRUE(near_filtered && far_filtered);
  EXPECT_LT(far_filtered->size(), near_filtered->size() + 1000);
  EXPECT_TRUE(survives(far));
}

// Outlines of maps: four bytes a number, of which an encoder's memory still has to hold them all.
TEST(JsonFilter, SmallNumbersCloseTogetherAreTaken) {
  std::mt19937_64 generator(9);
  std::string text = "[";
  while (text.size() < (6U << 20)) {
    text += text.size() == 1 ? "[" : "],[";
    for (int point = 0; point < 100; ++point) {
      const auto x = static_cast<int>(generator() % 199) - 99, y = static_cast<int>(generator() % 19) - 9;
      text += (point == 0 ? "[" : ",[") + std::to_string(x) + "," + std::to_string(y) + "]";
    }
  }
  const Bytes raw = bytes_of_text(text + "]]");
  EXPECT_TRUE(survives(raw));
}

// Of which a token says only that they are long.
// Values of a row have columns of their own where that makes them smaller, as those of objects have.
TEST(JsonFilter, RowsOfTablesAreAsSmallAsObjects) {
  std::mt19937_64 random(7);
  std::string rows = "[", objects = "[", lists = "[";
  for (int i = 0; i < 4000; ++i) {
    const std::string time = std::to_string(1609459200 + 60 * i), low = std::to_string(10000 + i % 50), high = std::to_string(20000 + i % 70);
    const std::string id = std::to_string(random() % 1000000), name = i % 3 == 0 ? "\"buy\"" : "\"sell\"";
    const std::string separator = i == 0 ? "" : ",";
    rows += separator + "[" + time + "," + low + "," + high + "," + id + "," + name + "]";
    objects += separator + "{\"t\":" + time + ",\"l\":" + low + ",\"h\":" + high + ",\"i\":" + id + ",\"n\":" + name + "}";
    const auto word = [&] { return "\"w" + std::to_string(random() % 500) + "\""; };
    const std::string first = word(), second = word();
    lists += separator + "[" + first + "," + second + "]";
  }
  const auto bytes = [](const std::string& text) { return Bytes(text.begin(), text.end()); };
  const auto size = [&](const std::string& text) { return filter_json(bytes(text + "]")).value().size(); };
  EXPECT_TRUE(survives(bytes(rows + "]")));
  EXPECT_TRUE(survives(bytes(lists + "]")));
  EXPECT_LT(size(rows), size(objects) * 11 / 10);
}

TEST(JsonFilter, ValuesAroundTheLongestOfATokenComeBack) {
  std::string text = "[";
  for (const std::size_t length : {1U, 262'142U, 262'143U, 262'144U, 5U, 700'000U, 3U}) {
    text += text.size() == 1 ? "" : ",";
    text += "{\"source\":\"" + std::string(length, static_cast<char>('a' + length % 26)) + "\",\"length\":" + std::to_string(length) + "}";
  }
  EXPECT_TRUE(survives(bytes_of_text(text + "]")));
}

TEST(JsonFilter, LongTextsHaveWords) {
  std::mt19937_64 generator(8);
  std::string text = "[";
  for (std::size_t i = 0; text.size() < (1U << 20); ++i) {
    text += (i == 0 ? "{" : ",\n{") + std::string("\"id\": ") + std::to_string(i) + ", \"description\": \"";
    for (int word = 0; word < 40; ++word) text += "word" + std::to_string(generator() % 300) + (word % 9 == 0 ? ", \\n" : " and ");
    text += "\"}";
  }
  const Bytes raw = bytes_of_text(text + "]");
  const auto filtered = filter_json(raw);
  ASSERT_TRUE(filtered.has_value());
  EXPECT_LT(filtered->size(), raw.size() / 2);
  EXPECT_TRUE(survives(raw));
}

// Numbers in rows of one to five.
TEST(JsonFilter, RunsOfTokensThatComeInTurn) {
  std::mt19937_64 generator(6);
  for (std::size_t width = 1; width <= 5; ++width) {
    std::string text = "[";
    for (std::size_t list = 0; list < 300; ++list) {
      text += list == 0 ? "[" : ",[";
      for (std::size_t row = generator() % 40; row > 0; --row) {
        text += "[";
        for (std::size_t i = 0; i < width; ++i) text += (i == 0 ? "" : ",") + std::to_string(generator() % 1000);
        text += row > 1 ? "]," : "]";
      }
      text += "]";
    }
    EXPECT_TRUE(survives(bytes_of_text(text + "]"))) << width;
  }
  std::string list = "[0";
  while (list.size() < 100'000) list += "," + std::to_string(generator() % 1000);
  EXPECT_TRUE(survives(bytes_of_text(list + "]")));
}

TEST(JsonFilter, SaysNothingWhereThereIsNoRoom) {
  const Bytes raw = json_lines(10'000, 8);
  const auto filtered = filter_json(raw);
  ASSERT_TRUE(filtered.has_value());
  EXPECT_TRUE(filter_json(raw, filtered->size()).has_value());
  EXPECT_FALSE(filter_json(raw, filtered->size() - 1).has_value());
}

TEST(JsonFilter, SameBytesEveryTime) {
  const Bytes raw = JsonWriter(21, "\n", "  ").document(50'000);
  EXPECT_EQ(filter_json(raw), filter_json(raw));
}

TEST(JsonFilter, PrefixesAreThoseOfTheWhole) {
  const Bytes raw = JsonWriter(22, "\n", "  ").document(3000);
  const auto filtered = filter_json(raw);
  ASSERT_TRUE(filtered.has_value());
  for (std::size_t wanted = 1; wanted < raw.size(); wanted += 7) {
    const auto prefix = restore_json(*filtered, raw.size(), wanted);
    ASSERT_TRUE(prefix.has_value()) << wanted;
    EXPECT_TRUE(std::ranges::equal(*prefix, ByteView(raw).first(wanted))) << wanted;
  }
}

// What is left of a payload, or changed in it, is refused or gives other bytes: nothing worse.
TEST(JsonFilter, DamagedPayloadsAreRefusedOrDecode) {
  const Bytes raw = joined({JsonWriter(31, "\n", "  ").document(900), json_lines(600, 2)});
  const auto filtered = filter_json(raw);
  ASSERT_TRUE(filtered.has_value());
  for (std::size_t length = 0; length < filtered->size(); ++length) {
    const auto back = restore_json(ByteView(*filtered).first(length), raw.size(), raw.size());
    ASSERT_TRUE(!back && back.error().code == Errc::corrupt) << length;
  }
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * filtered->size(); ++bit) {
    Bytes damaged = *filtered;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const auto back = restore_json(damaged, raw.size(), raw.size());
    if (back) continue;
    ASSERT_EQ(back.error().code, Errc::corrupt) << bit;
    ++refused;
  }
  EXPECT_GT(refused, filtered->size());
}

TEST(JsonFilter, OtherLengthsAreRefused) {
  const Bytes raw = json_lines(5000, 2);
  const auto filtered = filter_json(raw);
  ASSERT_TRUE(filtered.has_value());
  for (const std::uint64_t length : {raw.size() - 1, raw.size() + 1, raw.size() * 2}) {
    const auto back = restore_json(*filtered, length, static_cast<std::size_t>(length));
    ASSERT_FALSE(back.has_value());
    EXPECT_EQ(back.error().code, Errc::corrupt);
  }
  const auto too_long = restore_json(*filtered, kMaxFilteredRawBytes + 1, 100);
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().code, Errc::corrupt);
}

}  // namespace
}  // namespace npk::codec
