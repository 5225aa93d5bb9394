// Copies what no parity covers into a mended package, and checks what can be.
#pragma once

#include "ops/write/parity/set_mender.h"

namespace npk::ops {

// Bytes [begin, end) of the package as the file has them. What is not made of frames whose body checks hold is added to
// the account as lost. Errors: io, cancelled.
[[nodiscard]] Result<void> copy_unprotected(const DamagedFile& file, const ShardPlaces& places, PackageRange range, const format::PackageTag& tag,
                                            io::PlacedSink& to, MendingAccount& account, const std::stop_token& stop);

}  // namespace npk::ops
