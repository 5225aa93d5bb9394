#include "codec/word_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "codec/word_filter_format.h"
#include "codec/word_tokens_encode.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

using Encode = std::optional<std::size_t> (*)(ByteView raw, MutableBytes out);

std::optional<Bytes> filter(ByteView raw, Encode encode = WordFilter::encode) {
  Bytes out(raw.size());
  const auto length = encode(raw, out);
  if (!length) return std::nullopt;
  out.resize(*length);
  return out;
}

ReadFiltered reading(ByteView filtered) {
  return [filtered](std::uint64_t wanted) -> Result<ByteView> {
    if (wanted > filtered.size()) return fail(Errc::truncated, "test payload ends");
    return filtered.first(static_cast<std::size_t>(wanted));
  };
}

Result<void> decode_prefix(WordRestorer&& restorer, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out, const ReadFiltered& read) {
  return restore_prefix(restorer, filtered_length, raw_length, out, read);
}

// Decodes with guard bytes behind the output and checks that they are left alone.
Result<Bytes> restore(ByteView filtered, std::uint64_t raw_length, std::size_t wanted, WordRestorer& restorer) {
  Bytes guarded(wanted + 64, 0x5A);
  const auto result = restore_prefix(restorer, filtered.size(), raw_length, MutableBytes(guarded).first(wanted), reading(filtered));
  EXPECT_EQ(std::count(guarded.end() - 64, guarded.end(), 0x5A), 64);
  if (!result) return std::unexpected(result.error());
  guarded.resize(wanted);
  return guarded;
}

Result<Bytes> restore(ByteView filtered, std::uint64_t raw_length) {
  WordRestorer restorer;
  return restore(filtered, raw_length, static_cast<std::size_t>(raw_length), restorer);
}

Errc code_of(const Result<Bytes>& result) { return result ? Errc{} : result.error().code; }

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

// Repeats pieces in a random order: identifiers, joined and apart, indents, numbers, UTF-8, code bytes as literals.
Bytes code_like(std::size_t size, std::uint64_t seed, std::span<const std::string_view> extra = {}) {
  static constexpr std::string_view kPieces[] = {
      "static ", "struct device ", "snd_soc_component", "_private", "\n\t\t", "\n\t", " ", " ", "  ", "->", "(", ");\n\t",
      "return", "return ret", "REG_MASK", "__SHIFT", "0x00000001L", "42", "x", "_", "__", "caf\xC3\xA9", "\xD0\xBC\xD0\xB8\xD1\x80",
      "/* a comment of some words */", "\r\n", "foo_bar_baz", "foo bar_baz", "foo", "bar"};
  std::mt19937_64 generator(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const std::size_t pick = generator() % (std::size(kPieces) + extra.size());
    const ByteView piece = as_bytes(pick < std::size(kPieces) ? kPieces[pick] : extra[pick - std::size(kPieces)]);
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  bytes.resize(size);
  return bytes;
}

void expect_round_trip_of(Encode encode, const Bytes& raw, bool must_shrink) {
  const auto filtered = filter(raw, encode);
  ASSERT_TRUE(filtered || !must_shrink);
  if (!filtered) return;
  EXPECT_LE(filtered->size(), raw.size() - raw.size() / 10);
  const auto back = restore(*filtered, raw.size());
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(*back, raw);
  EXPECT_EQ(filter(raw, encode), filtered) << "not deterministic";
}

void expect_round_trip(const Bytes& raw, bool must_shrink = true) {
  expect_round_trip_of(WordFilter::encode, raw, must_shrink);
  expect_round_trip_of(WordFilter::encode_smaller, raw, must_shrink);
}

// Words longer than those that a sample is looked through for.
void expect_round_trip_of_giants(const Bytes& raw) {
  expect_round_trip_of(WordFilter::encode, raw, false);
  expect_round_trip_of(WordFilter::encode_smaller, raw, true);
}

TEST(WordFilter, CodeAndTextRoundTrip) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    expect_round_trip(code_like(9000 + seed * 997, seed));
    expect_round_trip(text_bytes(9000 + seed * 997, seed));
  }
  expect_round_trip(code_like(3 << 20, 1));
}

TEST(WordFilter, AnyBytesRoundTripOrAreDeclined) {
  std::string all;
  for (unsigned byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string_view extra[] = {all, std::string_view(all).substr(0, 32), "\xFF\xFF", "\x01", std::string_view("\0", 1)};
  for (std::uint64_t seed = 0; seed < 60; ++seed) expect_round_trip(code_like(3000 + seed * 501, seed, extra), false);
  for (const DataKind& kind : kDataKinds) expect_round_trip(kind.make(50'000, 3), false);
  EXPECT_FALSE(filter(random_bytes(100'000, 1)));
}

TEST(WordFilter, SmallInputsAreDeclined) {
  EXPECT_FALSE(filter({}));
  for (std::size_t size = 1; size < 200; ++size) EXPECT_FALSE(filter(code_like(size, size)));
}

TEST(WordFilter, SpacesAndGiantWordsRoundTrip) {
  expect_round_trip_of_giants(Bytes(100'000, ' '));
  expect_round_trip_of_giants(Bytes(100'000, 'a'));
  expect_round_trip_of_giants(Bytes(100'000, '_'));
  for (const std::size_t length : {253U, 254U, 255U, 256U, 257U, 509U, 510U, 511U, 900U}) {
    const std::string giant(length, 'g'), spaces(length, ' ');
    const std::string_view extra[] = {giant, spaces, " ", giant};
    expect_round_trip_of_giants(code_like(200'000, length, extra));
  }
}

// Tokens that end before, at and behind where the encoder's masks do, each 64 KiB, some with a code and some without.
TEST(WordFilter, TokensAcrossWindowsRoundTrip) {
  constexpr std::size_t kWindow = 65'536;
  for (const std::size_t length : {1U, 2U, 17U, 64U, 200U, 255U, 256U, 1023U, 1024U, 1025U, 1400U, 70'000U}) {
    std::string text;
    for (std::size_t window = 1; window <= 8; ++window) {
      while (text.size() % kWindow < kWindow - 400) text += "one_two something three " + std::string(window * 32, 'w') + " ";
      text += std::string((kWindow - text.size() % kWindow) - std::min<std::size_t>(length / 2, 90), ' ') + std::string(length, 'w') + " ";
    }
    expect_round_trip(bytes_of(text), false);
    EXPECT_TRUE(filter(bytes_of(text + text + text)) || length > 1400) << length;
  }
}

// However long it is and however many words it has; numbers in columns are none, nor are bytes by chance, nor strings that end in zeros.
TEST(WordFilter, TextIsToldFromOtherThings) {
  std::mt19937_64 generator(6);
  std::string text, columns;
  while (text.size() < (40U << 20))
    text += "name_" + std::to_string(generator() % 50'000) + (generator() % 3 == 0 ? " function(" : " return value of ");
  while (columns.size() < (1U << 20))
    columns += "ATOM  " + std::to_string(generator() % 100'000) + "      " + std::to_string(generator() % 90'000) + "   1.00\n";
  EXPECT_TRUE(WordFilter::is_text(as_bytes(text)));
  EXPECT_TRUE(WordFilter::is_text(as_bytes(text).first(1U << 20)));
  EXPECT_FALSE(WordFilter::is_text(as_bytes(columns)));
  EXPECT_FALSE(WordFilter::is_text(random_bytes(1U << 20, 1)));
  EXPECT_FALSE(WordFilter::is_text({}));
  std::string numbers, strings = text.substr(0, 1U << 20);
  while (numbers.size() < (1U << 20)) numbers += std::to_string(generator() % 256) + (generator() % 16 == 0 ? ", /* */\n" : ", ");
  EXPECT_FALSE(WordFilter::is_text(as_bytes(numbers)));  // much is saved, by what is no word
  for (std::size_t at = 0; at < strings.size(); at += 4096) strings[at] = '\0';
  EXPECT_TRUE(WordFilter::is_text(as_bytes(strings)));
  for (std::size_t at = 0; at < strings.size(); at += 60) strings[at] = '\0';  // each string ends in one
  EXPECT_FALSE(WordFilter::is_text(as_bytes(strings)));
  Bytes out(strings.size());
  EXPECT_FALSE(WordFilter::encode_text(as_bytes(strings), out));
}

// Letters of two bytes: such words are longer than a key.
TEST(WordFilter, WordsOfOtherScriptsHaveCodes) {
  std::string text;
  std::mt19937_64 generator(3);
  for (int word = 0; word < 40'000; ++word) {
    for (std::uint64_t letter = 0, kind = generator() % 500; letter < 12; ++letter) text += {'\xD0', static_cast<char>(0x90 + (kind * 7 + letter * kind) % 32)};
    text += ' ';
  }
  EXPECT_LT(filter(bytes_of(text)).value().size(), text.size() / 5);
  expect_round_trip(bytes_of(text));
}

// Zeros that end a run of what is no word are not those that a key has behind its bytes.
TEST(WordFilter, RunsThatEndInZerosRoundTrip) {
  std::mt19937_64 generator(11);
  Bytes raw;
  const auto put = [&raw](std::string_view text) { raw.insert(raw.end(), text.begin(), text.end()); };
  while (raw.size() < 300'000) {
    put("some_word another(thing)");
    raw.push_back(',');
    raw.insert(raw.end(), generator() % 4, std::uint8_t{0});
    put("return value;\n\t\t");
    raw.insert(raw.end(), generator() % 5, std::uint8_t{0});
  }
  expect_round_trip(raw);
}

// What stands between words of code, as a whole: two of a line's four runs have a byte of their own each, where they had three and four.
TEST(WordFilter, RunsBetweenWordsHaveCodes) {
  std::mt19937_64 generator(12);
  std::string text;
  std::size_t words = 0;
  while (text.size() < 300'000) {
    text += "if (" + std::string(1 + generator() % 3, static_cast<char>('a' + generator() % 26)) + "->next != last)\n\t\treturn;\n";
    words += 5;
  }
  EXPECT_LT(filter(bytes_of(text)).value().size(), 2 * words + 2 * words / 5 + 1000);
  expect_round_trip(bytes_of(text));
}

// Lines of stars longer than a step of 64 bytes cost what they are longer: the white space on both sides has its codes all the same.
TEST(WordFilter, WhiteSpaceBesideLongRunsHasCodes) {
  const auto size_with_rules_of = [](std::size_t stars) {
    std::mt19937_64 generator(13);
    std::string text;
    for (int i = 0; i < 5000; ++i)
      text += "word" + std::to_string(generator() % 10) + ";\n\n\t/" + std::string(stars, '*') + "/\n\n\tname";
    Bytes out(text.size());
    return WordFilter::encode_smaller(bytes_of(text), out).value_or(text.size());
  };
  EXPECT_EQ(size_with_rules_of(90) - size_with_rules_of(20), 70U * 5000);
}

TEST(TokenMasks, AreAsOneByteAfterAnotherSays) {
  const auto is_space = [](std::uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; };
  const auto masks = std::make_unique<words::TokenMasks>();
  for (std::size_t size = 0; size <= words::TokenMasks::kMostBytes; size = size < 300 ? size + 1 : size * 3 - 1) {
    const Bytes raw = size % 2 == 0 ? code_like(size, size) : random_bytes(size, size);
    masks->fill(raw);
    for (std::size_t at = 0; at < size; ++at) {
      const bool is_word = words::kIsWordByte[raw[at]];
      const bool goes_on = at > 0 && is_word == words::kIsWordByte[raw[at - 1]];
      const bool was_space = at > 0 && is_space(raw[at - 1]);
      const bool begins_part = is_word ? raw[at] == '_' && (at == 0 || raw[at - 1] != '_') : is_space(raw[at]) != was_space;
      ASSERT_EQ(masks->starts(at) & 1, goes_on ? 0U : 1U) << size << ' ' << at;
      ASSERT_EQ(masks->part_starts(at) & 1, begins_part ? 1U : 0U) << size << ' ' << at;
      ASSERT_EQ(masks->unusual(at) & 1, !is_space(raw[at]) && (raw[at] < 0x20 || raw[at] >= 0x7F) ? 1U : 0U) << size << ' ' << at;
    }
    EXPECT_EQ(masks->starts(size), UINT64_MAX);
    EXPECT_EQ(masks->part_starts(size) | masks->unusual(size), 0U);
  }
}

// Every number of words up to more than there are codes for.
TEST(WordFilter, ManyWordsRoundTrip) {
  for (const std::size_t count : {10U, 76U, 77U, 78U, 331U, 332U, 333U, 5000U, 30'000U}) {
    std::string text;
    for (int round = 0; round < 8; ++round) {
      for (std::size_t word = 0; word < count; ++word) text += "word_" + std::to_string(word * 7919) + (word % 3 == 0 ? "\n" : " ");
    }
    std::string longer = text;
    while (longer.size() < 4000) longer += text;
    expect_round_trip(bytes_of(longer));
  }
}

// More distinct identifiers than the counting tables hold, so that they are thinned out.
TEST(WordFilter, MoreDistinctWordsThanAreCountedRoundTrip) {
  std::mt19937_64 generator(5);
  std::string text;
  for (int line = 0; line < 2'000'000; ++line) text += "a_" + std::to_string(generator()) + " frequent_word ";
  expect_round_trip(bytes_of(text));
}

// Words so long that the dictionary's text is bounded before the codes are used up.
TEST(WordFilter, TheDictionaryTextIsBounded) {
  std::string text;
  for (int round = 0; round < 8; ++round) {
    for (int word = 0; word < 6000; ++word) text += std::to_string(word) + "x " + std::string(240, 'y') + std::to_string(word) + "\n";
  }
  expect_round_trip_of_giants(bytes_of(text));
}

TEST(WordFilter, EveryPrefixIsDecoded) {
  const Bytes raw = code_like(4000, 9);
  const Bytes filtered = filter(raw).value();
  WordRestorer restorer;
  for (std::size_t wanted = 0; wanted <= raw.size(); ++wanted) {
    const auto back = restore(filtered, raw.size(), wanted, restorer);
    ASSERT_TRUE(back) << wanted;
    ASSERT_TRUE(std::ranges::equal(*back, ByteView(raw).first(wanted))) << wanted;
  }
}

TEST(WordFilter, APrefixReadsNoMoreThanItNeeds) {
  const Bytes raw = code_like(8 << 20, 9);
  const Bytes filtered = filter(raw).value();
  for (const std::size_t wanted : {std::size_t{1}, std::size_t{100'000}, std::size_t{1} << 20, raw.size() - 1}) {
    std::size_t most = 0;
    Bytes out(wanted);
    const auto read = [&](std::uint64_t n) {
      most = std::max(most, static_cast<std::size_t>(n));
      return reading(filtered)(n);
    };
    ASSERT_TRUE(decode_prefix(WordRestorer(), filtered.size(), raw.size(), out, read));
    EXPECT_TRUE(std::ranges::equal(out, ByteView(raw).first(wanted)));
    EXPECT_LE(most, std::min(filtered.size(), wanted + (64U << 10)));
  }
}

// The first kibibytes hardly shrink and the rest does: the first guess is too low and asked for again.
TEST(WordFilter, AWrongGuessIsMadeGood) {
  Bytes raw = random_bytes(700'000, 4);
  for (std::uint8_t& byte : raw) byte = static_cast<std::uint8_t>('0' + byte % 10);
  const Bytes rest = code_like(6 << 20, 2);
  raw.insert(raw.end(), rest.begin(), rest.end());
  const Bytes filtered = filter(raw).value();
  WordRestorer restorer;
  const auto back = restore(filtered, raw.size(), 650'000, restorer);
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::ranges::equal(*back, ByteView(raw).first(650'000)));
}

TEST(WordFilter, DamageNeverEscapesTheOutput) {
  const Bytes raw = code_like(6000, 4);
  const Bytes filtered = filter(raw).value();
  WordRestorer restorer;
  for (std::size_t size = 0; size < filtered.size(); ++size)
    EXPECT_EQ(code_of(restore(ByteView(filtered).first(size), raw.size(), raw.size(), restorer)), Errc::corrupt) << size;
  for (std::size_t bit = 0; bit < filtered.size() * 8; ++bit) {
    Bytes flipped = filtered;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    (void)restore(flipped, raw.size(), raw.size(), restorer);
    (void)restore(flipped, raw.size(), 777, restorer);
  }
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Bytes noise = random_bytes(filtered.size(), seed);
    std::copy_n(filtered.begin(), seed % filtered.size(), noise.begin());
    (void)restore(noise, raw.size(), raw.size(), restorer);
  }
  EXPECT_EQ(*restore(filtered, raw.size(), raw.size(), restorer), raw);
}

TEST(WordFilter, WrongLengthsAreRefused) {
  const Bytes raw = code_like(5000, 4);
  Bytes filtered = filter(raw).value();
  for (const std::size_t length : {raw.size() - 1, raw.size() + 1, raw.size() * 3, filtered.size() - 1, std::size_t{0}})
    EXPECT_EQ(code_of(restore(filtered, length)), Errc::corrupt) << length;
  filtered.push_back('x');
  EXPECT_EQ(code_of(restore(filtered, raw.size())), Errc::corrupt);
  Bytes out(10);
  EXPECT_EQ(decode_prefix(WordRestorer(), 5, 9, out, reading(filtered)).error().code, Errc::misuse);
  EXPECT_EQ(decode_prefix(WordRestorer(), 5, kMaxWordFilterBytes + 1, out, reading(filtered)).error().code, Errc::corrupt);
}

// One-byte words "ab", "_c", "  "; lead 0x04 with the words "abd", "b".
const Bytes kByHand = {3, 1, 2, 0, 18, 0, 0, 0, 0, 2, 'a', 'b', 0, 2, '_', 'c', 0, 2, ' ', ' ', 0, 3, 'a', 'b', 'd', 0};

Result<Bytes> by_hand(std::initializer_list<std::uint8_t> dictionary_end, std::initializer_list<std::uint8_t> codes, std::size_t length) {
  Bytes filtered = kByHand;
  filtered.insert(filtered.end(), dictionary_end);
  filtered[4] = static_cast<std::uint8_t>(filtered.size() - words::kHeaderBytes);
  filtered.insert(filtered.end(), codes);
  filtered.resize(std::max(filtered.size(), length));
  return restore(filtered, length);
}

Result<Bytes> by_hand_padded(std::initializer_list<std::uint8_t> codes, std::string_view expected) {
  Bytes filtered = kByHand;
  filtered.insert(filtered.end(), {1, 'b'});
  filtered[4] = static_cast<std::uint8_t>(filtered.size() - words::kHeaderBytes);
  filtered.insert(filtered.end(), codes);
  const std::size_t padding = 100;  // of two spaces each, for a payload may not be longer than its block
  filtered.insert(filtered.end(), padding, 0x03);
  auto back = restore(filtered, expected.size() + 2 * padding);
  if (back) back->resize(expected.size());
  return back;
}

TEST(WordFilter, DecodesAPayloadMadeByHand) {
  const auto expect = [](std::initializer_list<std::uint8_t> codes, std::string_view expected) {
    const auto back = by_hand_padded(codes, expected);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(as_text(*back), expected);
  };
  expect({0x01, 0x01}, "ab ab");
  expect({0x01, 0x02, 0x01}, "ab_c ab");
  expect({0x01, 0x03, 0x01}, "ab  ab");
  expect({0x01, 0x04, 0x00, 0x04, 0x01}, "ab abd b");
  expect({0x01, 'x', 0x01}, "abxab");
  expect({0x01, 0xFF, 0x01, 0x01}, "ab\x01" "ab");
  expect({0xFF, 0xFF, 0x05, 0x80}, "\xFF\x05\x80");
}

// Section 5.1, one byte after another.
std::string decode_plainly(ByteView codes, std::size_t one_byte_words, std::size_t leads, const std::vector<std::string>& all) {
  std::string out;
  bool closed = false;
  for (std::size_t at = 0; at < codes.size(); ++at) {
    const auto code = std::ranges::find(words::kCodeBytes, codes[at]) - words::kCodeBytes.begin();
    const auto index = static_cast<std::size_t>(code);
    if (codes[at] == words::kEscape) {
      out += static_cast<char>(codes[++at]), closed = false;
    } else if (index < one_byte_words + leads) {
      const std::string& word = all[index < one_byte_words ? index : one_byte_words + 256 * (index - one_byte_words) + codes[++at]];
      const auto first = static_cast<std::uint8_t>(word.front()), last = static_cast<std::uint8_t>(word.back());
      if (closed && words::opens(first)) out += ' ';
      out += word, closed = words::closes(last);
    } else {
      out += static_cast<char>(codes[at]), closed = false;
    }
  }
  return out;
}

std::string any_spelling(std::mt19937_64& generator) {
  std::string spelling(generator() % 50 == 0 ? 1 + generator() % 60 : 1 + generator() % 16, ' ');
  for (char& letter : spelling) letter = "abc_ (xyz\n\xC3-"[generator() % 13];
  return spelling;
}

// Leads, escapes, codes and literals as they happen to come; then enough of word 0 that the payload is shorter than what it stands for.
Bytes any_codes(std::mt19937_64& generator, bool has_one_byte_words, std::size_t dictionary_bytes) {
  Bytes codes = random_bytes(3000 + generator() % 5000, generator());
  for (std::uint8_t& byte : codes) byte = generator() % 3 == 0 ? static_cast<std::uint8_t>("ab c_\n"[generator() % 6]) : byte;
  codes.insert(codes.end(), 2, 'x');  // ends what a lead or an escape may have begun
  for (std::size_t i = 0; i < (dictionary_bytes + codes.size()) / 40; ++i) {
    codes.push_back(words::kCodeBytes[0]);
    if (!has_one_byte_words) codes.push_back(0);
  }
  return codes;
}

// Any dictionary, any bytes behind it: runs of leads and escapes of any length, literals between, words short and long.
TEST(WordFilter, DecodesAnyCodesAsOneByteAfterAnotherSays) {
  std::mt19937_64 generator(11);
  WordRestorer restorer;
  for (const std::size_t one_byte_words : {0U, 1U, 7U, 27U, 28U, 29U, 76U, 112U, 154U, 155U}) {
    for (const std::size_t leads : {0U, 1U, 2U, 43U}) {
      if (one_byte_words + leads == 0 || one_byte_words + leads > words::kCodeBytes.size()) continue;
      Bytes payload = {static_cast<std::uint8_t>(one_byte_words), static_cast<std::uint8_t>(leads), 0, 0, 0, 0, 0, 0};
      std::vector<std::string> all = {std::string(60, 'q')};
      while (all.size() < one_byte_words + 256 * leads) all.push_back(any_spelling(generator));
      for (const std::string& word : all) {
        payload.push_back(0), payload.push_back(static_cast<std::uint8_t>(word.size()));
        payload.insert(payload.end(), word.begin(), word.end());
      }
      store_le(&payload[2], static_cast<std::uint16_t>(256 * leads));
      store_le(&payload[4], static_cast<std::uint32_t>(payload.size() - words::kHeaderBytes));
      const Bytes codes = any_codes(generator, one_byte_words > 0, payload.size());
      payload.insert(payload.end(), codes.begin(), codes.end());
      const std::string expected = decode_plainly(codes, one_byte_words, leads, all);
      const auto back = restore(payload, expected.size(), expected.size(), restorer);
      ASSERT_TRUE(back) << back.error().message << ' ' << one_byte_words << ' ' << leads;
      ASSERT_EQ(as_text(*back), expected) << one_byte_words << ' ' << leads;
    }
  }
}

TEST(WordFilter, MalformedDictionariesAreRefused) {
  EXPECT_EQ(code_of(by_hand({9, 'b'}, {}, 200)), Errc::corrupt);
  EXPECT_EQ(code_of(by_hand({0, 'b'}, {}, 200)), Errc::corrupt);
  EXPECT_EQ(code_of(by_hand({1, 'b', 'c'}, {}, 200)), Errc::corrupt);
  EXPECT_EQ(code_of(by_hand({}, {}, 200)), Errc::corrupt);
  const auto no_word = by_hand_padded({0x04, 0x02}, "??");
  EXPECT_EQ(code_of(no_word), Errc::corrupt);
  for (const Bytes& head : {Bytes{156, 0, 0, 0, 0, 0, 0, 0}, Bytes{100, 56, 0, 0, 0, 0, 0, 0}, Bytes{0, 1, 1, 1, 0, 0, 0, 0},
                            Bytes{0, 0, 0, 0, 1, 0, 0, 0}, Bytes{1, 0, 0, 0, 255, 255, 255, 255}})
    EXPECT_EQ(code_of(restore(head, 8)), Errc::corrupt);
}

}  // namespace
}  // namespace npk::codec
