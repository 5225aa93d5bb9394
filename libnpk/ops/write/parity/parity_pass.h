// The second pass over a package that makes its parity frames.
#pragma once

#include "io/placed_sink.h"
#include "npk/ops/protect.h"

namespace npk::ops {

// As protect(), but of a package that lies in `file` and ends where the file does, and the caller commits. `fresh`: it
// was written just now, and is not checked. Fails with nothing to undo but what lies behind the package's end.
[[nodiscard]] Result<ProtectReport> add_parity(io::PlacedSink& file, const ProtectOptions& options, bool fresh);

}  // namespace npk::ops
