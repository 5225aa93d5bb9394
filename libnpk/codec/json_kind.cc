#include "codec/json_kind.h"

#include <algorithm>
#include <string_view>

#include "codec/ascii.h"

namespace npk::codec {
namespace {

constexpr int kInJson = 4, kInScripts = 16;

constexpr bool is_json_mark(std::uint8_t byte) noexcept { return byte == '"' || byte == ',' || byte == ':' || byte == '{' || byte == '['; }

// Strings, numbers and literals, and nothing else, to where the text is cut, with a mark for each 32 bytes that are in no string. However long
// strings are: what repeats in them is found in one large block.
bool holds_json_only(ByteView text) noexcept {
  std::size_t marks = 0, bytes = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::uint8_t byte = text[at];
    if (is_space(byte)) continue;
    ++bytes;
    marks += is_json_mark(byte) ? 1U : 0U;
    if (byte == '"') {
      while (++at < text.size() && text[at] != '"') {
        if (text[at] == '\n') return false;
        at += text[at] == '\\' ? 1U : 0U;
      }
    } else if (!is_digit(byte) && !std::string_view("{}[],:-+.Etruefalsn").contains(static_cast<char>(byte))) {
      return false;
    }
  }
  return marks * 32 >= bytes;
}

// Marks of others are in strings at most: one for so many of its own.
bool has_marks_of_json(ByteView text, int others) noexcept {
  const auto marks = std::ranges::count_if(text, is_json_mark);
  const auto foreign = std::ranges::count_if(text, [](std::uint8_t byte) { return byte == ';' || byte == '#' || byte == '='; });
  return static_cast<std::size_t>(marks) * 24 >= text.size() && foreign * others <= marks;
}

bool hands_on(std::string_view opening) noexcept {
  while (!opening.empty() && is_space(static_cast<std::uint8_t>(opening.back()))) opening.remove_suffix(1);
  if (opening.empty()) return false;
  return std::string_view("=('`").contains(opening.back()) || opening.ends_with("export default") || opening.ends_with("return");
}

// A member's name in quotes and a colon, or an array's string or number: as JSON has them, and other languages' literals have not.
bool opens_json(ByteView value) noexcept {
  std::uint8_t bracket = 0;
  for (; !value.empty() && (value[0] == '{' || value[0] == '['); value = without_space(value.subspan(1))) bracket = value[0];
  if (value.empty()) return false;
  if (bracket == '[') return value[0] == '"' || value[0] == '-' || is_digit(value[0]);
  const auto name = std::ranges::find(value.subspan(1), '"');
  return value[0] == '"' && name != value.end() && as_text(without_space({name + 1, value.end()})).starts_with(':');
}

}  // namespace

ByteView without_space(ByteView text) noexcept {
  return {std::ranges::find_if_not(text, is_space), text.end()};
}

ByteView without_comments(ByteView text) noexcept {
  for (;;) {
    text = without_space(text);
    const std::string_view rest = as_text(text);
    const std::string_view end = rest.starts_with("/*") ? "*/" : rest.starts_with("//") ? "\n" : "";
    if (end.empty()) return text;
    const std::size_t at = rest.find(end, 2);
    if (at == std::string_view::npos) return {};
    text = text.subspan(at + end.size());
  }
}

bool is_json(ByteView text) noexcept {
  if (text.empty() || (text[0] != '{' && text[0] != '[')) return false;
  const ByteView inner = without_space(text.subspan(1));
  const std::string_view first = text[0] == '{' ? "\"}" : "\"{[-]0123456789tfn";
  if (inner.empty() || !first.contains(static_cast<char>(inner[0]))) return false;
  return has_marks_of_json(text, kInJson) || holds_json_only(text);
}

bool hands_on_json(ByteView text) noexcept {
  constexpr std::size_t kMostOpeningBytes = 128;
  const std::string_view opening = as_text(text.first(std::min(text.size(), kMostOpeningBytes)));
  const std::size_t end = std::min(opening.find(';'), opening.size());
  for (std::size_t at = 0; at < end; ++at) {
    const ByteView value = text.subspan(at);
    if ((opening[at] == '{' || opening[at] == '[') && hands_on(opening.substr(0, at)) && opens_json(value))
      return has_marks_of_json(value, kInScripts) || holds_json_only(value);
  }
  return false;
}

bool holds_json_within(ByteView text) noexcept {
  constexpr std::size_t kMostBytesAKey = 128;
  std::size_t keys = 0;
  for (std::size_t at = as_text(text).find("\":"); at != std::string_view::npos; at = as_text(text).find("\":", at + 1)) ++keys;
  return keys > 0 && keys * kMostBytesAKey >= text.size() && has_marks_of_json(text, kInJson);
}

bool is_json_by_line(ByteView text) noexcept {
  constexpr std::size_t kLeastLines = 16;
  std::size_t lines = 0, whole = 0;
  for (auto end = std::ranges::find(text, '\n'); end != text.end(); end = std::ranges::find(text, '\n'), ++lines) {
    const auto length = static_cast<std::size_t>(end - text.begin());
    std::string_view line = as_text(text.first(length));
    while (!line.empty() && (line.back() == '\r' || line.back() == ',')) line.remove_suffix(1);
    whole += (line.starts_with('{') && line.ends_with('}')) || (line.starts_with('[') && line.ends_with(']')) ? 1U : 0U;
    text = text.subspan(length + 1);
  }
  return lines >= kLeastLines && whole * 4 >= lines * 3;
}

}  // namespace npk::codec
