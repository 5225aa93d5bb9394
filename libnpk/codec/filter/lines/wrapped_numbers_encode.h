// Finds arrays of numbers that are written several to a line: what stands in one place of a line is then further from the value in the same place of
// the line before than from its neighbour, and all places are one column.
#pragma once

#include "codec/filter/templates/template_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

// Puts the places of such templates into one column. Looks at some lines of each.
void join_wrapped_numbers(TemplateBlock& block, ByteView raw);

}  // namespace npk::codec
