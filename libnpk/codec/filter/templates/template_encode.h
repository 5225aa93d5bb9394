// Writes a template payload: counterpart of template_decoder.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"

namespace npk::codec {

// A block taken apart: sequence of templates and what fills their slots. Exact if, one behind another, the templates' literals and the
// values are the raw bytes up to the tail.
struct TemplateBlock {
  struct Template {
    std::vector<Place> literals{};  // Before each slot.
    std::vector<std::uint16_t> columns{};
    Place ending{};
  };
  std::vector<Template> templates;
  std::vector<bool> column_is_text;
  std::vector<std::uint32_t> sequence;
  std::vector<Place> values;
  ByteView tail;
};

// Nothing if it does not fit in `out` or is over a limit of the format. Deterministic, linear time.
[[nodiscard]] std::optional<std::size_t> write_templates(const TemplateBlock& block, ByteView raw, MutableBytes out);

}  // namespace npk::codec
