#include "html_text.h"

#include "json_text.h"
#include "messages.h"

namespace npk::tools {
namespace {

constexpr std::size_t kLongestName = 160;  // bytes; what is longer is not read anyway

bool is_inside_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string shortened(const std::string& text) {
  if (text.size() <= kLongestName) return text;
  std::size_t front = kLongestName / 2, back = text.size() - kLongestName / 2;
  while (front > 0 && is_inside_character(text[front])) --front;
  while (back < text.size() && is_inside_character(text[back])) ++back;
  return text.substr(0, front) + "…" + text.substr(back);
}

}  // namespace

std::string html(std::string_view text) {
  std::string out;
  for (const char byte : to_utf8(printable(to_utf8(text)))) {
    switch (byte) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += byte;
    }
  }
  return out;
}

std::string html_name(std::string_view name) { return "<bdi>" + html(shortened(to_utf8(printable(to_utf8(name))))) + "</bdi>"; }

}  // namespace npk::tools
