// The dictionary of a json payload, read: tokens spelt out as pieces of text with line ends between them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "codec/filter/json/json_format.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec::json {

struct LineStyle {
  std::array<std::uint8_t, 2> line_end{};
  std::uint8_t line_end_bytes = 0;
  std::uint8_t filler = 0;
  std::uint8_t unit = 0;
};

inline constexpr std::uint8_t kNoStyle = 0xFF;

// Text, and the line end behind it.
struct TokenPiece {
  std::uint16_t length = 0;   // of the text
  std::int8_t raise = 0;      // levels to add to the token's first, for the line end
  std::uint8_t style = kNoStyle;
};

struct DecodedToken {
  std::uint32_t text = 0;         // offset of the first piece's
  std::uint32_t first_piece = 0;
  std::uint16_t pieces = 0;
  std::uint16_t column = 0;
  std::int8_t raise = 0;          // levels
  std::uint8_t slot = 0;          // kBare, kQuoted or 0: no value
  bool copies = false;            // the value is what the column gave last
};

class Dictionary {
 public:
  // Errc::corrupt unless the parts make one. `columns`: how many there are.
  [[nodiscard]] Result<void> parse(std::span<const ByteView> parts, std::size_t columns);

  [[nodiscard]] std::span<const DecodedToken> tokens() const noexcept { return tokens_; }
  [[nodiscard]] const TokenPiece* pieces() const noexcept { return pieces_.data(); }
  [[nodiscard]] const LineStyle& style(std::uint8_t number) const noexcept { return styles_[number]; }
  // Padded: kTextPadding bytes can be read behind any text.
  [[nodiscard]] const std::uint8_t* text() const noexcept { return text_.data(); }
  void release() noexcept { *this = {}; }

  static constexpr std::size_t kTextPadding = 32;

 private:
  [[nodiscard]] Result<void> parse_styles(ByteView part);
  [[nodiscard]] Result<void> parse_skeletons(ByteView part);
  [[nodiscard]] Result<void> check_skeleton(ByteView skeleton) const;
  [[nodiscard]] Result<void> spell(ByteView skeleton, ByteView key, DecodedToken& token);

  std::array<LineStyle, kMaxStyles> styles_{};
  std::size_t style_count_ = 0;
  std::vector<ByteView> skeletons_;  // during parse
  std::vector<DecodedToken> tokens_;
  std::vector<TokenPiece> pieces_;
  Bytes text_;
};

}  // namespace npk::codec::json
