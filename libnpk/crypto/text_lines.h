// Text that people keep keys in, line by line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace npk::crypto {

// Takes lines off the front of a text. Those that end with CRLF lose the CR, too; the last one needs no end.
class TextLines {
 public:
  explicit TextLines(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::optional<std::string_view> next() noexcept {
    if (text_.empty()) return std::nullopt;
    ++number_;
    const std::size_t end = text_.find('\n');
    std::string_view line = text_.substr(0, end);
    text_ = end == std::string_view::npos ? std::string_view() : text_.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  // Of the line taken last, from 1.
  [[nodiscard]] std::size_t number() const noexcept { return number_; }

 private:
  std::string_view text_;
  std::size_t number_ = 0;
};

inline constexpr std::string_view kBlanks = " \t\r\n";

[[nodiscard]] inline std::string_view without_blanks(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace npk::crypto
