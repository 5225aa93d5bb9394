// The order files are read and stored in: like beside like, which decides the ratio. By path and kind it depends on paths and sizes alone.
#pragma once

#include "npk/writer.h"
#include "package/writer/input.h"
#include "package/writer/similarity_order.h"

namespace npk::writer {

// Numbers of all regular files with content that are the leaders of their link group.
// `order` is not FileOrder::preset. Errc::cancelled.
[[nodiscard]] Result<DataOrder> data_order(const InputTree& input, FileOrder order, const SimilarityOptions& options);

}  // namespace npk::writer
