// Lists of numbers, such as path data, from shapes and digits (spec/filters/markup.md).
#pragma once

#include <array>
#include <vector>

#include "codec/filter/markup/format.h"
#include "codec/filter/markup/output.h"
#include "npk/result.h"

namespace npk::codec::markup {

// Keeps views of the parts it was opened with.
class NumberReader {
 public:
  // Errc::corrupt if `shapes` cannot be a list of shapes.
  [[nodiscard]] Result<void> open(ByteView shapes, ByteView codes, ByteView digits, ByteView rare);
  // Writes the next value. False if there is none, or if the parts contradict themselves; true once `out` is cut.
  [[nodiscard]] bool take(Output& out);
  [[nodiscard]] bool at_end() const noexcept { return codes_.empty() && digits_.empty() && rare_.empty(); }

 private:
  struct Shape {
    std::array<std::uint8_t, kMaxShapeText> text{};
    std::uint8_t head = 0;  // length and flags
  };

  bool take_rare(Shape& shape);
  bool take_digits(Output& out);

  std::vector<Shape> shapes_;
  CodeSpace space_{0, 255};
  ByteView codes_, digits_, rare_;
};

}  // namespace npk::codec::markup
