// How a package was packed, as far as it shows: the options that pack alike what is packed anew.
#pragma once

#include "npk/reader.h"
#include "npk/writer.h"

namespace npk::ops {

// Codec and level: those of most of the data in a sample of its blocks. Block size: the preset's, or a smaller one where
// chunk pages with several full blocks show it. Errors: as reading.
[[nodiscard]] Result<WriterOptions> options_like(const PackageReader& package);

}  // namespace npk::ops
