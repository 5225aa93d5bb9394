// A package of one entry as a sink: what is written to it becomes the entry's content, compressed and written by another thread meanwhile.
#pragma once

#include <memory>

#include "npk/entry.h"
#include "npk/source.h"
#include "npk/writer.h"

namespace npk::ops {

// commit() ends the entry and commits `package`; destroyed without it, nothing appears. At most 4 MiB wait to be read, so who writes too fast waits.
// `entry`: a regular file; path, mode, owner and time are copied. Errors of the package come from the next write() or commit(). `report`, if not
// null, must outlive the sink, and is filled by commit(). Errc::limit if there is no thread.
[[nodiscard]] Result<std::unique_ptr<Sink>> entry_sink(const EntryRow& entry, std::unique_ptr<Sink> package, const WriterOptions& options = {},
                                                       WriteReport* report = nullptr);

}  // namespace npk::ops
