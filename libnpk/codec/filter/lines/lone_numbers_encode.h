// Text with one number in each line: taken apart without units and shapes, which take more memory than there is for lines of a few bytes.
#pragma once

#include "codec/filter/templates/template_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

// Whether nearly all lines of some samples are such numbers.
[[nodiscard]] bool has_lone_numbers(ByteView raw) noexcept;
// Numbers are one column, other lines text. `raw` has a line feed.
[[nodiscard]] TemplateBlock take_lone_numbers(ByteView raw);

}  // namespace npk::codec
