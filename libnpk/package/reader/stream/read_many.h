// A batch of ranges, read in block order.
#pragma once

#include <vector>

#include "package/reader/impl.h"

namespace npk::reader {

// As PackageReader::read_many.
[[nodiscard]] std::vector<Result<std::size_t>> read_many(const PackageReader::Impl& package,
                                                         std::span<const ReadRequest> requests,
                                                         const ReadManyOptions& options);

}  // namespace npk::reader
