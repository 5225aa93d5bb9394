// Creates what has no content: directories, symbolic links, devices, FIFOs.
#pragma once

#include "ops/read/extract_reporter.h"
#include "ops/read/planned_entries.h"
#include "tree/restore.h"

namespace npk::ops {

// One entry of any kind but regular. An error stops everything; what concerns the entry only is reported. Any thread.
[[nodiscard]] Result<void> restore_node(PlannedEntries& entries, PlannedEntries::Number number,
                                        tree::TreeWriter& writer, ExtractReporter& reporter);

}  // namespace npk::ops
