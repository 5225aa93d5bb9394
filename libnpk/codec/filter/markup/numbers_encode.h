// Lists of numbers, such as path data, as shapes and digits: counterpart of numbers.h.
#pragma once

#include <array>
#include <vector>

#include "codec/filter/markup/interner_encode.h"

namespace npk::codec::markup {

// The four parts that NumberReader reads.
struct NumberParts {
  Bytes shapes, codes, digits, rare;
};

class NumberWriter {
 public:
  void add(ByteView value);
  [[nodiscard]] NumberParts finish();

 private:
  void add_shape(ByteView text, std::uint8_t flags);
  void add_digits(ByteView digits);

  Interner shapes_{1U << 12};
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> sequence_;
  Bytes digits_;
};

}  // namespace npk::codec::markup
