// WriterOptions::chain as the user writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/format/ids.h"
#include "npk/result.h"

namespace npk::writer {

struct ChainOption {
  std::vector<format::CodecId> filters;
  std::optional<format::CodecId> compressor;
  std::optional<int> level;
};

// "json+zstd:15", "element_delta+byte_shuffle", "zstd:3": filters in the order of encoding, then a compressor, perhaps with its level.
// Errc::misuse, naming what there is, for anything else.
[[nodiscard]] Result<ChainOption> parse_chain(std::string_view text);

}  // namespace npk::writer
