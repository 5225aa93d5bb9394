// All of a source that can be read once, as one that can be read anywhere.
#pragma once

#include <memory>

#include "npk/source.h"
#include "npk/stream_options.h"

namespace npk::reader {

// Reads to the end: into memory up to `memory_bytes` (at least 1) and one piece of at most 1 MiB more, and where that
// is too little, all of it into a file without a name. Errors: the source's; Errc::limit if neither may hold it; io of
// the file; cancelled.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> spool(SequentialSource& source, const StreamOptions& options,
                                                                std::uint64_t memory_bytes);

}  // namespace npk::reader
