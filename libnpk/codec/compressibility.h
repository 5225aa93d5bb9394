// A cheap guess at whether compressing a block is worth trying.
#pragma once

#include "npk/bytes.h"

namespace npk::codec {

// Whether the block looks like media, archives or encrypted data: its sampled bytes are near evenly distributed and
// LZ4 finds hardly a repeat in a sampled stretch. At most 32 KiB of samples and one 64 KiB stretch are looked at,
// at places that depend on the length only. Blocks below 1 KiB never look incompressible: trying them costs nothing.
// Deterministic (integers only), no allocation above 200 KiB; any thread may call it.
[[nodiscard]] bool looks_incompressible(ByteView block);

// Whether LZ4 brings a stretch of 32 KiB in the middle of the block below a fifth: generated tables and headers, logs, zeros. Such data
// decodes so fast that blocks may be larger for it, and gains most from that. False for blocks below 64 KiB. Otherwise as above.
[[nodiscard]] bool looks_repetitive(ByteView block);

}  // namespace npk::codec
