#include "crypto/bech32.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace npk::crypto {
namespace {

using namespace std::string_view_literals;

const std::string kLongest = "11" + std::string(82, 'q') + "c8247j";

TEST(Bech32, TakesTheValidStringsOfBip173) {
  for (const std::string_view text :
       {"A12UEL5L"sv, "a12uel5l"sv,
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs"sv,
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"sv, std::string_view(kLongest),
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"sv, "?1ezyfcl"sv}) {
    const auto decoded = bech32_decode_values(text);
    ASSERT_TRUE(decoded.has_value()) << text << ": " << decoded.error().message;
    EXPECT_EQ(decoded->prefix.size(), text.rfind('1'));
    EXPECT_EQ(decoded->data.size(), text.size() - text.rfind('1') - 7);
  }
}

TEST(Bech32, RefusesTheInvalidStringsOfBip173) {
  for (const std::string_view text :
       {"\x20"
        "1nwldj5"sv,
        "\x7F"
        "1axkwrx"sv,
        "\x80"
        "1eym55h"sv,
        "pzry9x0s0muk"sv, "1pzry9x0s0muk"sv, "x1b4n0q5v"sv, "li1dgmt3"sv, "de1lg7wt\xFF"sv, "A1G7SGD8"sv, "10a06t8"sv,
        "1qzzfhee"sv, ""sv, "1"sv, "a12UEL5L"sv, "A12uel5l"sv}) {
    const auto decoded = bech32_decode_values(text);
    ASSERT_FALSE(decoded.has_value()) << text;
    EXPECT_EQ(decoded.error().code, Errc::corrupt);
  }
}

// BIP 173 refuses it for its 91 characters alone.
TEST(Bech32, HasNoLimitOfLength) {
  EXPECT_TRUE(bech32_decode_values(
                  "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx")
                  .has_value());
}

TEST(Bech32, GivesBackWhatWasEncoded) {
  std::mt19937 random(173);
  for (std::size_t size = 0; size < 200; ++size) {
    Bytes data(size);
    std::ranges::generate(data, [&] { return static_cast<std::uint8_t>(random()); });
    const SecretBytes text = bech32_encode("prefix", data).value();
    const Bech32 decoded = bech32_decode(as_text(text.view())).value();
    EXPECT_EQ(decoded.prefix, "prefix");
    EXPECT_TRUE(std::ranges::equal(decoded.data.view(), data));
  }
}

TEST(Bech32, RefusesEveryChangedCharacter) {
  const SecretBytes encoded = bech32_encode("age", Bytes(32, 0x5A)).value();
  const std::string text(as_text(encoded.view()));
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : "qpzry9x8gf2tvdw0s3jn54khce6mua7l1"sv) {
      std::string changed = text;
      changed[at] = c;
      EXPECT_EQ(bech32_decode(changed).has_value(), c == text[at]) << at << c;
    }
  }
}

// 10 bits are a byte and 2 bits, which must be zero; 5 and 15 bits leave a whole value over.
TEST(Bech32, RefusesBitsLeftOver) {
  EXPECT_EQ(bech32_decode("a1pyq62zuu").value().data.view()[0], 9);
  for (const std::string_view text : {"a1q3g6mn3", "a1p9av7hpw", "a1pyq62zuap"}) {
    EXPECT_TRUE(bech32_decode_values(text).has_value()) << text;
    EXPECT_FALSE(bech32_decode(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace npk::crypto
