// Whether what filters made of a block can be restored: seen before it is written, as nothing else will have the raw data again.
#pragma once

#include "block/seal_filters.h"

namespace npk::block {

// Restores the block as a reader will and compares it. room: as long as raw and kSealHeadroom more; not where the block is. Takes what one filter's
// decoder does, and with several filters memory as long as the block. Thread-safe.
[[nodiscard]] bool comes_back(const FilteredBlock& block, ByteView raw, MutableBytes room, Profile* profile = nullptr);

}  // namespace npk::block
