#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "codec/filter/field_column_encode.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "support/markup_samples.h"
#include "unit/codec/encoded_field.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

using test::broken_markup, test::whole_markup;

std::optional<Bytes> filter_markup(ByteView raw, std::size_t room) {
  Bytes out(room);
  const auto length = find_filter_encoder(format::CodecId::markup)->encode(raw, out);
  if (!length) return std::nullopt;
  out.resize(*length);
  return out;
}

std::optional<Bytes> filter_markup(ByteView raw) { return filter_markup(raw, raw.size() + kMaxFilterGrowth); }

// Restores with guard bytes behind the output and checks that they are left alone.
Result<Bytes> restore_markup(FilterDecoder& decoder, ByteView filtered, std::uint64_t raw_length, std::size_t wanted) {
  Bytes guarded(wanted + 64, 0x5A);
  const auto result = decoder.restore(filtered, filtered.size(), raw_length, MutableBytes(guarded).first(wanted));
  EXPECT_EQ(std::count(guarded.end() - 64, guarded.end(), 0x5A), 64);
  if (!result) return std::unexpected(result.error());
  EXPECT_TRUE(*result) << "asks for more than there is";
  guarded.resize(wanted);
  return guarded;
}

Result<Bytes> restore_markup(ByteView filtered, std::uint64_t raw_length) {
  const auto decoder = find_filter(format::CodecId::markup)->create_decoder();
  return restore_markup(*decoder, filtered, raw_length, static_cast<std::size_t>(raw_length));
}

// Whether the filter took it.
bool round_trips(const Bytes& raw) {
  const auto filtered = filter_markup(raw);
  if (!filtered) return false;
  EXPECT_EQ(filter_markup(raw), filtered) << "not deterministic";
  const auto back = restore_markup(*filtered, raw.size());
  EXPECT_TRUE(back) << back.error().message;
  EXPECT_TRUE(back && *back == raw);
  return true;
}

Bytes markup_bytes(const std::string& text) { return {text.begin(), text.end()}; }

std::string times(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

TEST(MarkupFilter, WholeMarkupRoundTripsAndShrinks) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Bytes raw = whole_markup(20'000 + seed * 1997, seed);
    EXPECT_TRUE(round_trips(raw)) << seed;
    EXPECT_LT(filter_markup(raw)->size(), raw.size() * 3 / 4);
  }
  EXPECT_TRUE(round_trips(whole_markup(3 << 20, 1)));
}

// Cells of a row, and values by turns, are columns by their places; tags of a few bytes each fit into what an encoder may take.
TEST(MarkupFilter, CellsAreColumns) {
  std::mt19937_64 generator(24);
  std::string cells, named;
  for (int row = 0; row < 30'000; ++row) {
    const std::string values[] = {std::to_string(40'000 + row), std::to_string(generator() % 8), "-1" + std::to_string(generator() % 900 + 100) + ".5",
                                  "2026-11-30"};
    cells += "<tr>";
    named += "<row>";
    for (int column = 0; column < 4; ++column) {
      const std::string name = "c" + std::to_string(column);
      cells += "<td>" + values[column] + "</td>";
      named += "<" + name + ">" + values[column] + "</" + name + ">";
    }
    cells += "</tr>\n";
    named += "</row>\n";
  }
  const auto by_place = filter_markup(markup_bytes("<table>" + cells + "</table>")), by_name = filter_markup(markup_bytes("<table>" + named + "</table>"));
  ASSERT_TRUE(by_place && by_name);
  EXPECT_LT(by_place->size(), by_name->size() * 21 / 20);
  EXPECT_LT(by_name->size(), cells.size() / 3);
  EXPECT_TRUE(round_trips(markup_bytes("<table>" + cells + "</table>")));
}

TEST(MarkupFilter, BrokenMarkupRoundTrips) {
  std::size_t taken = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) taken += round_trips(broken_markup(1000 + seed * 97, seed)) ? 1U : 0U;
  EXPECT_GT(taken, 250U);
}

TEST(MarkupFilter, AnyBytesRoundTripOrAreDeclined) {
  for (const DataKind& kind : kDataKinds) (void)round_trips(kind.make(50'000, 3));
  for (std::size_t size = 0; size < 300; ++size) (void)round_trips(broken_markup(size, size));
  EXPECT_FALSE(filter_markup(random_bytes(100'000, 1)));
  EXPECT_FALSE(filter_markup({}));
}

TEST(MarkupFilter, CutAnywhere) {
  const Bytes whole = whole_markup(6000, 2);
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    EXPECT_TRUE(round_trips(Bytes(whole.begin() + static_cast<std::ptrdiff_t>(at), whole.end())) || whole.size() - at < 1000);
    EXPECT_TRUE(round_trips(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at))) || at < 1000);
  }
}

TEST(MarkupFilter, ExtremesRoundTrip) {
  const std::string text = "some text that is not repeated ";
  for (const std::string& raw :
       {times("<aa>", 50'000) + times("</aa>", 50'000), times("<aa><bb></aa>", 20'000), times("<a b='", 20'000), times("<a b=\"<a b='", 20'000),
        times("<!--", 20'000) + times("<![CDATA[", 20'000) + times("<?", 20'000), times("<script></", 20'000) + text,
        times("<p>\n</p>\r\n", 20'000), "<a b=\"" + std::string(100'000, '1') + "\">" + times("<p>x</p>", 100), times("<td x=yy>", 20'000),
        "<" + std::string(100'000, 'n') + ">" + times("<i></i>", 2000), "<x" + times(" a='12'", 5000) + ">" + times("<i></i>", 2000),
        times("<p>" + std::string(100, ' ') + "</p>", 2000), times("<p>\n<ul>\n<li>x\n<li>y\n</ul>\n", 3000)}) {
    EXPECT_TRUE(round_trips(markup_bytes(raw + text))) << raw.substr(0, 40);
  }
}

// More tags than there may be templates.
TEST(MarkupFilter, ManyDifferentTags) {
  std::string raw;
  for (int i = 0; i < 60'000; ++i) raw += "<t" + std::to_string(i * 7919) + " a='b'/> and text between\n";
  (void)round_trips(markup_bytes(raw));
  raw.clear();
  for (int i = 0; i < 15'000; ++i)
    raw += "<t" + std::to_string(i % 5000) + " a" + std::to_string(i % 5000) + "='b' c='d'>text</t" + std::to_string(i % 5000) + ">\n";
  EXPECT_TRUE(round_trips(markup_bytes(raw)));
}

TEST(MarkupFilter, NumbersRoundTripAsWritten) {
  std::mt19937_64 generator(4);
  std::string raw;
  for (int line = 0; line < 3000; ++line) {
    raw += "<path d=\"";
    for (int i = 0; i < 12; ++i) {
      static constexpr const char* kMarks[] = {
          " ", ",", "-", " -", ".", "..", "M ", "e-5 ", "\n", "1.", ".0", "0000000000000000000000 ", "matrix(of a long name ", "\xC3\xA9", "\x80"};
      raw += kMarks[generator() % std::size(kMarks)] + std::to_string(generator() % 100'000).substr(0, generator() % 6) + "." + std::to_string(generator());
    }
    raw += "\"/>\n";
  }
  EXPECT_TRUE(round_trips(markup_bytes(raw)));
}

// Marks of every length before digits, so that a shape's text is as long as may be.
TEST(MarkupFilter, LongMarksBeforeNumbers) {
  std::string raw;
  for (std::size_t line = 0; line < 3000; ++line) {
    raw += "<path d=\"1.25 7.5 3.25 1.5 200.75";
    raw += std::string(line % 40, ' ') + std::to_string(line % 7 * 17) + "." + std::to_string(line) + std::string(line % 31, '.') + "12\"/>\n";
  }
  EXPECT_TRUE(round_trips(markup_bytes(raw)));
}

TEST(MarkupFilter, NoRoomIsADecline) {
  const Bytes raw = whole_markup(30'000, 3);
  const std::size_t length = filter_markup(raw)->size();
  EXPECT_TRUE(filter_markup(raw, length));
  for (const std::size_t room : {std::size_t{0}, std::size_t{1}, length / 2, length - 1}) EXPECT_FALSE(filter_markup(raw, room));
}

TEST(MarkupFilter, EveryPrefixIsRestored) {
  const auto decoder = find_filter(format::CodecId::markup)->create_decoder();
  for (const Bytes& raw : {whole_markup(5000, 9), broken_markup(3000, 9)}) {
    const Bytes filtered = filter_markup(raw, 2 * raw.size() + 1000).value();
    for (std::size_t wanted = 1; wanted <= raw.size(); ++wanted) {
      const auto back = restore_markup(*decoder, filtered, raw.size(), wanted);
      ASSERT_TRUE(back) << wanted << back.error().message;
      ASSERT_TRUE(std::ranges::equal(*back, ByteView(raw).first(wanted))) << wanted;
    }
  }
}

TEST(MarkupFilter, DamageIsCorruptOrHarmless) {
  const auto decoder = find_filter(format::CodecId::markup)->create_decoder();
  for (const Bytes& raw : {whole_markup(5000, 9), broken_markup(2500, 9)}) {
    const Bytes filtered = filter_markup(raw, 2 * raw.size() + 1000).value();
    const auto survives = [&](ByteView damaged, std::size_t wanted) {
      const auto back = restore_markup(*decoder, damaged, raw.size(), wanted);
      EXPECT_TRUE(back || back.error().code == Errc::corrupt);
      return back.has_value();
    };
    for (std::size_t size = 0; size < filtered.size(); ++size) EXPECT_FALSE(survives(ByteView(filtered).first(size), raw.size())) << size;
    for (std::size_t bit = 0; bit < filtered.size() * 8; ++bit) {
      Bytes flipped = filtered;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      (void)survives(flipped, raw.size());
      (void)survives(flipped, 777);
    }
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      Bytes noise = random_bytes(filtered.size(), seed);
      std::copy_n(filtered.begin(), seed % filtered.size(), noise.begin());
      (void)survives(noise, raw.size());
    }
    EXPECT_EQ(*restore_markup(*decoder, filtered, raw.size(), raw.size()), raw);
  }
}

TEST(MarkupFilter, WrongLengthsAreRefused) {
  const Bytes raw = whole_markup(5000, 4);
  Bytes filtered = filter_markup(raw).value();
  for (const std::size_t length : {raw.size() - 1, raw.size() + 1, raw.size() * 3, std::size_t{1}, static_cast<std::size_t>(kMaxFilteredRawBytes) + 1}) {
    const auto back = restore_markup(filtered, length);
    ASSERT_FALSE(back) << length;
    EXPECT_EQ(back.error().code, Errc::corrupt);
  }
  filtered.push_back('x');
  EXPECT_EQ(restore_markup(filtered, raw.size()).error().code, Errc::corrupt);
}

// A payload of the given templates, codes and text, with one column.
Result<Bytes> by_hand(std::string_view templates, std::string_view codes, std::string_view text, std::span<const ByteView> values, std::size_t raw_length) {
  std::vector<FilterBytes> parts(8);
  parts[0].assign(templates.begin(), templates.end());
  parts[1].assign(codes.begin(), codes.end());
  if (!text.empty()) parts[2].push_back(0);
  parts[2].insert(parts[2].end(), text.begin(), text.end());
  parts[7] = encode_field_column(JoinedValues(values).values());
  Bytes payload(1000);
  payload.resize(join_parts(parts, payload).value());
  return restore_markup(payload, raw_length);
}

TEST(MarkupFilter, RestoresAPayloadMadeByHand) {
  using namespace std::string_view_literals;
  constexpr std::string_view kTemplates =
      "\4"                  // four templates
      "\0\1\1\4<a b\1\2'>"  // no text; a start tag; a value from column 0
      "\2\3"                // text of the stream; closes the innermost element
      "\4\1\0\3<i>"         // text of column 0; a start tag
      "\1\3"sv;             // the white space of this depth; closes the innermost element
  const Bytes value = markup_bytes("='c"), space = markup_bytes("\n ");
  const std::vector<ByteView> values{value, space, space};
  const std::string expected = "<a b='c'>\n <i>x</i>yz</a>";
  const auto back = by_hand(kTemplates, "\0\2\1\1"sv, "x<yz<", std::span(values).first(2), expected.size());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(as_text(*back), expected);
  const std::string deeper = "\n <i>\n <i>\n </i>\n </i>";
  const auto known = by_hand(kTemplates, "\2\2\3\3"sv, "", std::span(values).subspan(1), deeper.size());
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(as_text(*known), deeper);
}

// Texts of one payload, each before a tag `<b>`.
std::string texts_by_hand(std::string_view part, std::size_t texts, std::size_t raw_length) {
  using namespace std::string_view_literals;
  std::vector<FilterBytes> parts(7);
  parts[0].assign({1, 2, 0, 0, 3, '<', 'b', '>'});
  parts[1].assign(texts, 0);
  parts[2].assign(part.begin(), part.end());
  Bytes payload(1000);
  payload.resize(join_parts(parts, payload).value());
  const auto back = restore_markup(payload, raw_length);
  return back ? std::string(as_text(*back)) : std::string(back.error().code == Errc::corrupt ? "corrupt" : "another error");
}

TEST(MarkupFilter, WordsOfTextsHaveCodes) {
  using namespace std::string_literals;
  using namespace std::string_view_literals;
  // Words "the" (01), "then" (02 00) and "<" (02 01).
  const std::string head = "\1\1\1\2\0\x0B\0\0\0\0\3the\3\1n\0\1<"s;
  EXPECT_EQ(texts_by_hand(head + "\1\1<"s, 1, 10), "the the<b>");
  EXPECT_EQ(texts_by_hand(head + "\1<\1<\2\0!<"s, 3, 20), "the<b>the<b>then!<b>");  // no space behind a text's end
  EXPECT_EQ(texts_by_hand(head + "\2\1\xFF<a<<"s, 2, 9), "<<a<b><b>");
  EXPECT_EQ(texts_by_hand(head + "\1\1"s, 1, 10), "corrupt");           // does not end
  EXPECT_EQ(texts_by_hand(head + "\1\2"s, 1, 10), "corrupt");           // half a code
  EXPECT_EQ(texts_by_hand(head + "\2\2<"s, 1, 10), "corrupt");          // no such word
  EXPECT_EQ(texts_by_hand(head + "\1\1<<"s, 1, 10), "corrupt");         // a text left over
  EXPECT_EQ(texts_by_hand(head + "\1\1<"s, 1, 9), "corrupt");           // beyond the block
  EXPECT_EQ(texts_by_hand(head + "\1\1<"s, 1, 6), "corrupt");           // and in the middle of a word
  EXPECT_EQ(texts_by_hand(head.substr(0, 15), 1, 10), "corrupt");
  EXPECT_EQ(texts_by_hand("\1"sv, 1, 10), "corrupt");
  EXPECT_EQ(texts_by_hand("\2the the<"sv, 1, 10), "corrupt");            // no such form
  EXPECT_EQ(texts_by_hand("\0the the<"sv, 1, 10), "the the<b>");
}

// Long enough for codes, with bytes that are codes themselves.
TEST(MarkupFilter, ProseRoundTripsByWords) {
  std::mt19937_64 generator(5);
  static constexpr const char* kWords[] = {"the", "words", "of_a_text", "Caf\xC3\xA9", "\xFF\x01\x80", " ", "\n\t", "&amp;", "2026", "and", "markup", "x"};
  std::string raw;
  while (raw.size() < 600'000) {
    raw += "<p>";
    for (std::size_t i = generator() % 40; i > 0; --i) raw += kWords[generator() % std::size(kWords)] + std::string(generator() % 4 != 0, ' ');
    raw += "</p>\n";
  }
  const Bytes bytes = markup_bytes(raw);
  ASSERT_TRUE(round_trips(bytes));
  const Bytes filtered = filter_markup(bytes).value();
  EXPECT_LT(filtered.size(), raw.size() * 3 / 5);
  const auto decoder = find_filter(format::CodecId::markup)->create_decoder();
  for (std::size_t wanted = raw.size() - 700; wanted <= raw.size(); ++wanted) {
    const auto back = restore_markup(*decoder, filtered, raw.size(), wanted);
    ASSERT_TRUE(back) << wanted << back.error().message;
    ASSERT_TRUE(std::ranges::equal(*back, ByteView(bytes).first(wanted))) << wanted;
  }
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Bytes damaged = filtered;
    damaged[std::mt19937_64(seed)() % damaged.size()] ^= static_cast<std::uint8_t>(1 + seed % 255);
    const auto back = restore_markup(*decoder, damaged, raw.size(), raw.size());
    EXPECT_TRUE(back || back.error().code == Errc::corrupt);
  }
}

// One value of one shape: an x, then a run of digits.
TEST(MarkupFilter, DigitsAreTwoInAByte) {
  using namespace std::string_view_literals;
  const auto restored = [](std::string_view digits, std::size_t raw_length) {
    std::vector<FilterBytes> parts(7);
    const auto set = [&](std::size_t part, std::string_view bytes) { parts[part].assign(bytes.begin(), bytes.end()); };
    set(0, "\1\0\0\1\1<\0\1>"sv), set(1, "\0"sv), set(3, "\x31x"sv), set(4, "\0"sv), set(5, digits);
    Bytes payload(100);
    payload.resize(join_parts(parts, payload).value());
    const auto back = restore_markup(payload, raw_length);
    return back ? std::string(as_text(*back)) : std::string(back.error().code == Errc::corrupt ? "corrupt" : "another error");
  };
  EXPECT_EQ(restored("\x0C\x86"sv, 7), "<x1234>");
  EXPECT_EQ(restored("\x0C\xC8"sv, 6), "<x120>");
  EXPECT_EQ(restored("\xD1"sv, 4), "<x9>");
  EXPECT_EQ(restored("\0\0\0\0\0\0\0\0\0\xC7"sv, 23), "<x00000000000000000099>");
  EXPECT_EQ(restored("\xD2"sv, 4), "corrupt");
  EXPECT_EQ(restored("\x0C\xFF"sv, 6), "corrupt");
  EXPECT_EQ(restored("\x0C"sv, 6), "corrupt");
  EXPECT_EQ(restored("\xD1\xD1"sv, 4), "corrupt");
}

// Each of so many codes would ask for 64 values that give nothing.
TEST(MarkupFilter, ValuesHaveBytesBeforeThem) {
  using namespace std::string_view_literals;
  const Bytes nothing, something = markup_bytes("12345");
  const std::vector<ByteView> values{something, nothing};
  const auto code = [&](std::string_view templates) {
    const auto back = by_hand(templates, "\0"sv, "", values, 6);
    return back ? Errc{} : back.error().code;
  };
  EXPECT_EQ(code("\1\0\0\2\1<\1\0\1\0"sv), Errc::corrupt);
  EXPECT_EQ(code("\1\0\0\2\0\1\1<\1\0"sv), Errc::corrupt);
  EXPECT_EQ(code("\1\0\0\1\1<\1\0"sv), Errc::corrupt);  // a value left over
  const auto whole = by_hand("\1\0\0\2\1<\1\1>\1\0"sv, "\0"sv, "", values, 7);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(as_text(*whole), "<12345>");
}

TEST(MarkupFilter, PayloadsThatNoEncoderWritesAreRefused) {
  using namespace std::string_view_literals;
  const auto code = [](std::string_view templates, std::string_view codes, std::string_view text) {
    const auto back = by_hand(templates, codes, text, {}, 6);
    return back ? Errc{} : back.error().code;
  };
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\0"sv, "abcde<"), Errc{});
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\0"sv, "abcde"), Errc::corrupt);        // the text does not end
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\0"sv, "abcd<"), Errc::corrupt);        // short of the block
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\0"sv, "abcdef<"), Errc::corrupt);      // beyond the block
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\0"sv, "abcde<<"), Errc::corrupt);      // text left over
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\0\0"sv, "abcde<"), Errc::corrupt);     // a code left over
  EXPECT_EQ(code("\1\2\0\0\1>"sv, "\1"sv, "abcde<"), Errc::corrupt);       // no such template
  EXPECT_EQ(code("\1\2\0\0\1>!"sv, "\0"sv, "abcde<"), Errc::corrupt);      // bytes behind the templates
  EXPECT_EQ(code("\1\2\0\0\2>"sv, "\0"sv, "abcde<"), Errc::corrupt);       // a piece that is too long
  EXPECT_EQ(code("\1\5\0\0\1>"sv, "\0"sv, "abcde<"), Errc::corrupt);       // no such column
  EXPECT_EQ(code("\1\2\0\1\0\2\1>"sv, "\0"sv, "abcde<"), Errc::corrupt);   // nor here
  EXPECT_EQ(code("\1\2\2"sv, "\0"sv, "abcde<"), Errc::corrupt);            // closes no element
  EXPECT_EQ(code("\1\2\x13"sv, "\0"sv, "abcde<"), Errc::corrupt);          // an element too far up
  EXPECT_EQ(code("\1\2\3"sv, "\0"sv, "abcde<"), Errc::corrupt);            // an element that is not there
  EXPECT_EQ(code("\1\2\0\x41"sv, "\0"sv, "abcde<"), Errc::corrupt);        // too many values
  EXPECT_EQ(code("\1\2\0\1\1<\1\0"sv, "\0"sv, "abcde<"), Errc::corrupt);    // no value in the column
}

}  // namespace
}  // namespace npk::codec
