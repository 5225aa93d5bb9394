// What is left of elements once they are predicted: counterpart of restore_segment, vectorised by the compiler for each instruction set.
#pragma once

#include <string_view>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/numeric/elements.h"

namespace npk::codec::numeric {

// Writes the residuals of elements `from` to `end` (of those at `in`, which has all the neighbours that the form predicts from) to out[0] on.
using TakeResiduals = void (*)(const ElementForm& form, const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* out);

// By the name of a SplitKernel; "plain" is the reference.
[[nodiscard]] TakeResiduals residual_kernel(std::string_view name) noexcept;

class SegmentEncoder {
 public:
  // Applies a form to a segment; out is as long. Memory, kept between calls: twice the longest segment.
  void apply(const ElementForm& form, ByteView raw, MutableBytes out);

 private:
  [[nodiscard]] ByteView take_residuals(const ElementForm& form, ByteView raw);

  FilterBytes decimals_;
  FilterBytes residuals_;
};

}  // namespace npk::codec::numeric
