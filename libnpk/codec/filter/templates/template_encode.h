// Writes a template payload: counterpart of template_decoder.h.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "codec/filter/record_list_encode.h"
#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"

namespace npk::codec {

// A block taken apart: sequence of templates and what fills their slots. Exact if, one behind another, the templates' literals and the
// values are the raw bytes up to the tail.
struct TemplateBlock {
  struct Template {
    FilterVector<Place> literals{};  // Before each slot.
    FilterVector<std::uint16_t> columns{};
    Place ending{};
  };
  FilterVector<Template> templates;
  FilterVector<bool> column_is_text;
  RecordList<std::uint32_t> sequence;
  RecordList<Place> values;
  ByteView tail;
};

// Nothing if it does not fit in `out` or is over a limit of the format. Deterministic, linear time. Lets the values go.
[[nodiscard]] std::optional<std::size_t> write_templates(TemplateBlock& block, ByteView raw, MutableBytes out);

}  // namespace npk::codec
