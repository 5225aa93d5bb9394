#include "codec/filter/json/json_dictionary.h"

#include <algorithm>
#include <bitset>

#include "codec/filter/field_column.h"
#include "codec/filter/varint.h"

namespace npk::codec::json {
namespace {

bool is_printed(std::uint8_t byte) { return byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r'; }

}  // namespace

Result<void> Dictionary::parse_styles(ByteView part) {
  if (part.size() > kMaxStyles) return fail_corrupt("a json payload has too many styles");
  style_count_ = part.size();
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool carriage_return = (part[i] & 0x80) != 0, tab = (part[i] & 0x40) != 0;
    const std::uint8_t unit = part[i] & 0x3F;
    if (unit == 0 || unit > kMaxUnit) return fail_corrupt("a json payload has an indentation of a wrong width");
    styles_[i] = {{static_cast<std::uint8_t>(carriage_return ? '\r' : '\n'), '\n'}, static_cast<std::uint8_t>(carriage_return ? 2 : 1),
                  static_cast<std::uint8_t>(tab ? '\t' : ' '), unit};
  }
  return {};
}

// Every token must put out something: a slot's value does, as bare ones are not empty.
Result<void> Dictionary::check_skeleton(ByteView skeleton) const {
  bool prints = false;
  for (std::size_t i = 0; i < skeleton.size(); ++i) {
    const std::uint8_t byte = skeleton[i];
    if (has_slot(byte) && i + 1 < skeleton.size()) return fail_corrupt("a token of a json payload goes on behind its value");
    if (is_style(byte) && byte - kFirstStyle >= static_cast<int>(style_count_)) return fail_corrupt("a token of a json payload has an unknown style");
    if (byte == kRaise || byte == kLower) continue;
    if (!is_printed(byte) && !has_slot(byte) && !is_style(byte) && byte != kKey) return fail_corrupt("a token of a json payload has a wrong byte");
    prints = true;
  }
  if (!prints) return fail_corrupt("a token of a json payload is empty");
  if (std::ranges::count(skeleton, kKey) > 1) return fail_corrupt("a token of a json payload has two keys");
  return {};
}

Result<void> Dictionary::parse_skeletons(ByteView part) {
  skeletons_.clear();
  while (!part.empty()) {
    NPK_ASSIGN(const std::uint64_t length, take_varint(part));
    if (length > part.size() || length > kMaxSkeletonBytes || skeletons_.size() == kMaxSkeletons)
      return fail_corrupt("the skeletons of a json payload are too long");
    skeletons_.push_back(part.first(static_cast<std::size_t>(length)));
    NPK_TRY(check_skeleton(skeletons_.back()));
    part = part.subspan(static_cast<std::size_t>(length));
  }
  return {};
}

Result<void> Dictionary::spell(ByteView skeleton, ByteView key, DecodedToken& token) {
  token.text = static_cast<std::uint32_t>(text_.size());
  token.first_piece = static_cast<std::uint16_t>(pieces_.size());
  std::size_t from = text_.size();
  int level = 0;
  const auto end_piece = [&](int raise, std::uint8_t style) {
    pieces_.push_back({static_cast<std::uint16_t>(text_.size() - from), static_cast<std::int8_t>(raise), style});
    from = text_.size();
  };
  for (std::size_t i = 0; i < skeleton.size(); ++i) {
    const std::uint8_t byte = skeleton[i];
    if (byte == kKey) {
      text_.push_back('"');
      text_.insert(text_.end(), key.begin(), key.end());
      text_.push_back('"');
    } else if (is_style(byte)) {
      const bool closing = i + 1 < skeleton.size() && closes(skeleton[i + 1]);
      end_piece(level - (closing ? 1 : 0), static_cast<std::uint8_t>(byte - kFirstStyle));
    } else if (has_slot(byte)) {
      token.slot = byte;
      if (byte == kQuoted) text_.push_back('"');
    } else {
      level += static_cast<int>(opens(byte) || byte == kRaise) - static_cast<int>(closes(byte) || byte == kLower);
      if (byte != kRaise && byte != kLower) text_.push_back(byte);
    }
  }
  end_piece(0, kNoStyle);
  token.pieces = static_cast<std::uint8_t>(pieces_.size() - token.first_piece);
  token.raise = static_cast<std::int8_t>(level);
  if (text_.size() > kMaxTokenText || pieces_.size() > kMaxTokenPieces) return fail_corrupt("the tokens of a json payload are too long");
  return {};
}

Result<void> Dictionary::parse(std::span<const ByteView> parts, std::size_t columns) {
  NPK_TRY(parse_styles(parts[kStylesPart]));
  NPK_TRY(parse_skeletons(parts[kSkeletonsPart]));
  NPK_ASSIGN(FieldReader keys, FieldReader::open(parts[kKeysPart]));
  ByteView numbers = parts[kTokenSkeletonsPart], token_columns = parts[kTokenColumnsPart];
  tokens_.clear();
  tokens_.reserve(std::min(numbers.size(), kMaxTokens));
  pieces_.clear();
  text_.clear();
  std::bitset<kMaxColumns> named;
  while (!numbers.empty()) {
    NPK_ASSIGN(const std::uint64_t number, take_varint(numbers));
    if (number >= skeletons_.size() || tokens_.size() == kMaxTokens) return fail_corrupt("a json payload has too many tokens or too few skeletons");
    const ByteView skeleton = skeletons_[static_cast<std::size_t>(number)];
    ByteView key;
    if (std::ranges::find(skeleton, kKey) != skeleton.end()) {
      NPK_ASSIGN(key, keys.next());
      if (key.size() > kMaxKeyBytes) return fail_corrupt("a key of a json payload is too long");
    }
    DecodedToken token;
    NPK_TRY(spell(skeleton, key, token));
    if (token.slot != 0) {
      NPK_ASSIGN(const std::uint64_t column, take_varint(token_columns));
      if (column / 2 >= columns) return fail_corrupt("a token of a json payload has no column");
      token.column = static_cast<std::uint8_t>(column / 2);
      token.copies = column % 2 != 0;
      named.set(token.column);
    }
    tokens_.push_back(token);
  }
  if (named.count() != columns || !token_columns.empty()) return fail_corrupt("the tokens of a json payload name other columns than there are");
  NPK_TRY(keys.expect_end());
  text_.resize(text_.size() + kTextPadding);
  skeletons_.clear();
  return {};
}

}  // namespace npk::codec::json
