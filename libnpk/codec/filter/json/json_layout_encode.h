// White space at line ends of JSON text: which of it a level and a style foretell.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/json/json_format.h"
#include "npk/bytes.h"

namespace npk::codec::json {

struct Style {
  bool carriage_return = false;
  bool tab = false;
  std::size_t unit = 0;  // characters a level
  bool operator==(const Style&) const = default;
};

class Layout {
 public:
  void open() noexcept { ++level_; }
  void close() noexcept { --level_; }

  // A line end and `count` characters of indentation.
  struct Line {
    bool carriage_return = false;
    bool tab = false;
    std::size_t count = 0;
  };
  struct Match {
    std::uint8_t code = 0;  // of the style; 0: none fits
    int correction = 0;     // levels to raise first
  };
  // `closing`: a closing bracket follows the line end.
  [[nodiscard]] Match match(const Line& line, bool closing);

  [[nodiscard]] FilterBytes styles() const;

 private:
  [[nodiscard]] static bool fits(const Style& style, const Line& line, long level) noexcept;
  void consider(const Line& line, long level);
  [[nodiscard]] int correction_for(const Line& line, long level);

  std::array<Style, kMaxStyles> styles_{};
  std::size_t style_count_ = 0;
  std::size_t current_ = 0;
  Style candidate_;  // fitted the last line that no style fitted
  long level_ = 0;
  long last_level_ = 0;  // of the last line that no style fitted
  std::size_t last_count_ = 0;
  long offset_ = 0;  // by which the last lines were off
  int offset_lines_ = 0;
};

}  // namespace npk::codec::json
