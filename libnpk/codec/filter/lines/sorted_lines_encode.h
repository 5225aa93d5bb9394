// Private to the lines encoder: lists of words or paths, whose lines begin as the lines before them do.
#pragma once

#include "codec/filter/templates/template_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

// Whether, by samples, lines have more than a third of their bytes in common with the fronts of the lines before them.
[[nodiscard]] bool has_shared_fronts(ByteView raw) noexcept;

// A block of one column: what each line adds to the front of the one before.
[[nodiscard]] TemplateBlock take_sorted_lines(ByteView raw);

}  // namespace npk::codec
