#include "codec/filter/markup/templates.h"

#include <algorithm>

#include "codec/filter/markup/output.h"
#include "codec/filter/varint.h"

namespace npk::codec::markup {

Result<void> Templates::parse(ByteView part, std::size_t columns) {
  templates.clear();
  pieces.clear();
  text.clear();
  if (part.size() > kMaxDictionaryBytes) return fail_corrupt("the templates of a markup payload are too long");
  NPK_ASSIGN(const std::uint64_t count, take_varint(part));
  if (count > kMaxTemplates || count > part.size()) return fail_corrupt("a markup payload has too many templates");
  templates.reserve(static_cast<std::size_t>(count));
  text.reserve(2 * part.size() + 3 * static_cast<std::size_t>(count) + Output::kStride);  // with end tags
  for (std::uint64_t i = 0; i < count; ++i) NPK_TRY(parse_one(part, columns));
  if (!part.empty()) return fail_corrupt("bytes follow the templates of a markup payload");
  text.resize(text.size() + Output::kStride);
  return {};
}

Result<void> Templates::parse_one(ByteView& part, std::size_t columns) {
  Template& added = templates.emplace_back();
  NPK_ASSIGN(const std::uint64_t text_slot, take_varint(part));
  NPK_ASSIGN(const std::uint64_t kind, take_varint(part));
  if (text_slot >= kTextColumn + columns) return fail_corrupt("a template of a markup payload has text from a column that is not there");
  if (kind == kEnd || kind > kEnd + kMaxEndDistance) return fail_corrupt("a template of a markup payload is of no known kind");
  added.text_slot = static_cast<std::uint32_t>(text_slot);
  added.kind = static_cast<std::uint32_t>(kind);
  added.first_piece = static_cast<std::uint32_t>(pieces.size());
  if (kind > kEnd) return {};
  NPK_ASSIGN(const std::uint64_t slots, take_varint(part));
  if (slots > kMaxSlots) return fail_corrupt("a template of a markup payload has too many values");
  added.slots = static_cast<std::uint32_t>(slots);
  for (std::uint64_t i = 0; i < slots; ++i) {
    NPK_TRY(parse_piece(part));
    // So that values without bytes, of which a template has 64 and a column any number, take no longer than the block's bytes.
    if (pieces.back().length == 0) return fail_corrupt("a template of a markup payload has no bytes before a value");
    NPK_ASSIGN(const std::uint64_t slot, take_varint(part));
    if (slot >= kValueColumn + columns) return fail_corrupt("a template of a markup payload has a value from a column that is not there");
    pieces.back().slot = static_cast<std::uint32_t>(slot);
  }
  NPK_TRY(parse_piece(part));
  if (kind == kStart) add_closing(added);
  return {};
}

Result<void> Templates::parse_piece(ByteView& part) {
  NPK_ASSIGN(const std::uint64_t length, take_varint(part));
  if (length > part.size()) return fail_corrupt("a template of a markup payload ends early");
  if (pieces.size() == kMaxPieces) return fail_corrupt("the templates of a markup payload have too many pieces");
  const ByteView bytes = part.first(static_cast<std::size_t>(length));
  pieces.push_back({static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(length), 0});
  text.insert(text.end(), bytes.begin(), bytes.end());
  part = part.subspan(bytes.size());
  return {};
}

// The element's name is what stands between the first byte of the tag's first piece and white space, a slash or the tag's end.
void Templates::add_closing(Template& added) {
  const Piece& first = pieces[added.first_piece];
  const auto begin = text.begin() + first.offset, end = begin + first.length;
  const Bytes name(std::min(begin + 1, end), std::find_if(std::min(begin + 1, end), end, ends_name));
  added.closing = static_cast<std::uint32_t>(text.size());
  added.closing_length = static_cast<std::uint32_t>(name.size() + 3);
  text.push_back('<');
  text.push_back('/');
  text.insert(text.end(), name.begin(), name.end());
  text.push_back('>');
}

}  // namespace npk::codec::markup
