// The templates of a markup payload (spec/filters/markup.md).
#pragma once

#include <vector>

#include "codec/filter/markup/format.h"
#include "npk/result.h"

namespace npk::codec::markup {

struct Piece {
  std::uint32_t offset = 0;  // in Templates::text
  std::uint32_t length = 0;
  std::uint32_t slot = 0;    // of the value behind it; the last piece of a template has none
};

struct Template {
  std::uint32_t text_slot = 0;
  std::uint32_t kind = kPlain;  // a TagKind; kEnd + the distance of the element that is closed
  std::uint32_t first_piece = 0;
  std::uint32_t slots = 0;
  std::uint32_t closing = 0;    // of a start tag: offset and length of the end tag that fits
  std::uint32_t closing_length = 0;
};

struct Templates {
  std::vector<Template> templates;
  std::vector<Piece> pieces;
  Bytes text;  // Output::kStride bytes longer than what is used

  // Errc::corrupt if `part` cannot be templates over `columns` columns.
  [[nodiscard]] Result<void> parse(ByteView part, std::size_t columns);

 private:
  Result<void> parse_one(ByteView& part, std::size_t columns);
  Result<void> parse_piece(ByteView& part);
  void add_closing(Template& added);
};

}  // namespace npk::codec::markup
