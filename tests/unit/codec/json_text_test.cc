// Where words and short arrays of numbers end, against a byte by byte reference.
#include "codec/filter/json/json_text_encode.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>

#include "unit/codec/json_text.h"

namespace npk::codec::json {
namespace {

std::size_t plain_word_end(ByteView text, std::size_t from) {
  while (from < text.size() && kByteClasses[text[from]] == ByteClass::word) ++from;
  return from;
}

// Numbers of an array that is closed within what is looked at for sure.
std::uint8_t plain_vector_length(ByteView text, std::size_t from) {
  std::uint8_t count = 1;
  for (; from < text.size(); ++from) {
    const ByteClass kind = kByteClasses[text[from]];
    if (kind == ByteClass::comma && ++count > kLongestVector) return 0;
    if (kind == ByteClass::close) return text[from] == ']' && count > 1 ? count : std::uint8_t{0};
    if (kind == ByteClass::open || kind == ByteClass::colon || kind == ByteClass::quote) return 0;
  }
  return 0;
}

Bytes random_text(std::mt19937_64& generator, std::string_view letters, std::size_t length) {
  Bytes text;
  while (text.size() < length) text.push_back(static_cast<std::uint8_t>(letters[generator() % letters.size()]));
  return text;
}

TEST(JsonText, EndsAreThoseOfTheReference) {
  std::mt19937_64 generator(10);
  for (const std::string_view letters : {std::string_view("0123456789-.,[] "), std::string_view("07.,]"), std::string_view("0000000000000000000,]\n"),
                                         std::string_view("ab\"{}[]:,\t\r\n \x80\xFF|~Z;\x01")}) {
    for (int round = 0; round < 200; ++round) {
      const Bytes text = random_text(generator, letters, generator() % 90);  // less than the longest that is looked at
      for (std::size_t from = 0; from <= text.size(); ++from) {
        ASSERT_EQ(find_word_end(text, from), plain_word_end(text, from)) << from << " of " << text.size();
        ASSERT_EQ(vector_length(text, from), plain_vector_length(text, from)) << from << " of " << text.size();
      }
    }
  }
}

TEST(JsonText, EveryByteIsOfItsClass) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    Bytes text(40, '7');
    text[21] = static_cast<std::uint8_t>(byte);
    EXPECT_EQ(find_word_end(text, 0), plain_word_end(text, 0)) << byte;
    text[3] = ',', text[30] = ']';
    EXPECT_EQ(vector_length(text, 0), plain_vector_length(text, 0)) << byte;
  }
}

TEST(JsonText, IndentationDoesNotCountButLongNumbersDo) {
  const auto padded = [](std::size_t spaces, std::size_t digits) {
    return bytes_of_text(std::string(spaces, ' ') + std::string(digits, '1') + "," + std::string(spaces, ' ') + "2]");
  };
  EXPECT_EQ(vector_length(padded(500, 3), 0), 2);
  EXPECT_EQ(vector_length(padded(0, 90), 0), 2);
  EXPECT_EQ(vector_length(padded(0, 110), 0), 0);
}

}  // namespace
}  // namespace npk::codec::json
