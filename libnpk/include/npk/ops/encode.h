// A stream's bytes to a package of one entry. Reading, compressing in several threads and writing go on at once, in
// memory bounded by WriterOptions::memory_bytes; the package is the one that PackageWriter makes of the same entry,
// whatever the threads and however the source cuts its bytes.
#pragma once

#include <memory>

#include "npk/entry.h"
#include "npk/source.h"
#include "npk/writer.h"

namespace npk::ops {

// Reads `source` to its end and commits `package`. `entry`: a regular file; its size and digest come from the data.
// Errors as PackageWriter's; and the source's, which a package of one entry does not survive.
[[nodiscard]] Result<WriteReport> encode_stream(SequentialSource& source, const EntryRow& entry, Sink& package,
                                                const WriterOptions& options = {});

}  // namespace npk::ops
