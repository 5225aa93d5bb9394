// Undoes filters whose payload is a dictionary of templates, the order they come in, and columns of what fills their slots
// (spec/filters/lines.md): lines and delimited.
#pragma once

#include <vector>

#include "codec/filter_decoder.h"

namespace npk::codec {

class TemplateDecoder final : public FilterDecoder {
 public:
  [[nodiscard]] Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override;
};

}  // namespace npk::codec
