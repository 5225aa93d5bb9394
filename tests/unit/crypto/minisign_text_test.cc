#include "crypto/minisign_text.h"

#include <gmock/gmock.h>

namespace npk::crypto {
namespace {

using namespace std::string_view_literals;

TEST(MinisignText, PrintableIsUtf8WithoutControls) {
  for (const auto text :
       {""sv, " ~"sv, "a\tb"sv, "\u00a0\u00e9"sv, "\u0800\ud7fb\ue000\uffff"sv, "\U00010000\U0010ffff"sv}) {
    EXPECT_TRUE(is_printable(text)) << text;
  }
}

TEST(MinisignText, WhatIsNotPrintable) {
  const struct {
    const char* name;
    std::string_view text;
  } cases[] = {
      {"zero", "a\0b"sv},
      {"escape", "\x1b[31m"},
      {"line end", "a\nb"},
      {"carriage return", "a\rb"},
      {"delete", "\x7f"},
      {"first C1", "\xc2\x80"},
      {"last C1", "\xc2\x9f"},
      {"continuation alone", "\x80"},
      {"Latin-1", "Jos\xe9"},
      {"cut short", "\xe2\x82"},
      {"not continued", "\xe2(\xa1"},
      {"last byte not continued", "\xf0\x9f\x98("},
      {"overlong in two bytes", "\xc0\xaf"},
      {"overlong in three bytes", "\xe0\x9f\xbf"},
      {"overlong in four bytes", "\xf0\x8f\xbf\xbf"},
      {"surrogate", "\xed\xa0\x80"},
      {"beyond Unicode", "\xf4\x90\x80\x80"},
      {"five bytes", "\xf8\x88\x80\x80\x80"},
  };
  for (const auto& [name, text] : cases) EXPECT_FALSE(is_printable(text)) << name;
}

TEST(MinisignText, Base64OfEverySize) {
  Bytes bytes;
  for (unsigned size = 0; size < 70; ++size) {
    const std::string text = base64_text(bytes);
    EXPECT_EQ(text.size(), (size + 2) / 3 * 4);
    Bytes out(size);
    ASSERT_TRUE(size == 0 || LineReader(text, "test").base64(out));
    EXPECT_EQ(out, bytes);
    bytes.push_back(static_cast<std::uint8_t>(size * 37));
  }
}

// RFC 4648, section 3.5: bits that stand for nothing must be zero, or one signature would have several texts.
TEST(MinisignText, Base64IsCanonical) {
  for (const auto text :
       {"Zh=="sv, "Zm9="sv, "Zg="sv, "Zg"sv, "Zg==="sv, "Zg==Zg=="sv, " Zg=="sv, "Z\ng=="sv, "Zm9v"sv}) {
    Bytes out(text == "Zm9="sv ? 2 : 1);
    EXPECT_EQ(LineReader(text, "test").base64(out).error().code, Errc::corrupt) << text;
  }
}

TEST(MinisignText, Base64HasOneAlphabet) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < 4; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = "AAAAAAAA";
      text[at] = static_cast<char>(byte);
      Bytes out(6);
      const bool is_base64 = LineReader(text, "test").base64(out).has_value();
      EXPECT_EQ(is_base64, kAlphabet.find(static_cast<char>(byte)) != std::string_view::npos) << at << " " << byte;
    }
  }
}

TEST(MinisignText, LinesEndInEitherWay) {
  LineReader lines("one\r\n\ntwo\r\r\nlast", "test");
  EXPECT_EQ(lines.line().value(), "one");
  EXPECT_EQ(lines.line().value(), "");
  EXPECT_EQ(lines.line().value(), "two\r");
  EXPECT_FALSE(lines.expect_end());
  EXPECT_EQ(lines.line().value(), "last");
  EXPECT_TRUE(lines.expect_end());
  EXPECT_EQ(lines.line().error().message, "test, line 5: is missing");
}

}  // namespace
}  // namespace npk::crypto
