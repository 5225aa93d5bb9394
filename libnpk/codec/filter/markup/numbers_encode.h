// Lists of numbers, such as path data, as shapes and digits: counterpart of numbers.h.
#pragma once


#include "codec/filter/encoder_memory.h"
#include "codec/filter/markup/interner_encode.h"

namespace npk::codec::markup {

// The four parts that NumberReader reads.
struct NumberParts {
  FilterBytes shapes, codes, digits, rare;
};

// Keeps views of the values.
class NumberWriter {
 public:
  void add(ByteView value);
  [[nodiscard]] NumberParts finish();

 private:
  struct Shape {
    const std::uint8_t* text = nullptr;
    std::uint32_t count = 0;
    std::uint8_t head = 0;  // length and flags
  };
  struct Slot {
    std::uint64_t low = 0, high = 0;
    std::uint32_t number = 0;  // + 1; 0: free
    std::uint32_t head = 0;
  };

  void add_shape(ByteView text, std::uint8_t flags);
  void add_digits(ByteView digits);
  void grow();
  [[nodiscard]] FilterVector<std::uint32_t> frequent_shapes() const;
  static std::uint64_t hash(const Slot& slot) noexcept;

  FilterVector<Slot> slots_ = FilterVector<Slot>(1U << 10);
  FilterVector<Shape> shapes_;
  FilterVector<std::uint32_t> sequence_;
  FilterBytes digits_;
};

}  // namespace npk::codec::markup
