// append() with bounds that tests set.
#pragma once

#include "npk/ops/append.h"
#include "package/writer/write_package.h"

namespace npk::ops {

[[nodiscard]] Result<AppendReport> append_within(const AppendOptions& options, writer::WriteBounds bounds);

}  // namespace npk::ops
