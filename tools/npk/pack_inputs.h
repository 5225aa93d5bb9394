// What `npk pack` is to pack: operands, -C and --files-from, in the order given.
#pragma once

#include "npk/ops/create.h"
#include "option_parser.h"

namespace npk::tools {

struct PackInputs {
  std::vector<ops::InputPath> paths;
  bool standard_input = false;  // PATH -
};

// `-C DIR` holds for all behind it; a relative one starts from the one before, as in tar. Paths from --files-from count as given where the
// option stands; "-" is a list on standard input. misuse: standard input asked for twice.
[[nodiscard]] Result<PackInputs> pack_inputs(const std::vector<OptionParser::Given>& given, SequentialSource& standard_input);

}  // namespace npk::tools
