// A package to be added to whose end is torn: a writer was killed, or the machine stopped, while a generation or an
// attachment was being added.
#pragma once

#include "io/appended_file.h"
#include "npk/reader.h"

namespace npk::ops {

// Makes it end with a trailer again (spec section 11.1): behind the last one that is whole comes either nothing, or all
// up to the last commit that is, which then gets its trailer. Bytes that were cut off; 0, and nothing done, where it ends
// with one. With `keeps_unfinished`, what is no whole generation is not cut off but kept behind the file's end
// (AppendedFile::keep_behind). Errors: as opening; corrupt or truncated if there is no whole trailer. Under the file's lock.
[[nodiscard]] Result<std::uint64_t> mend_torn_end(io::AppendedFile& file, const ReaderOptions& options,
                                                   bool keeps_unfinished = false);

}  // namespace npk::ops
