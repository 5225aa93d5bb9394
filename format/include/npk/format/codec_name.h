// The names of codecs and filters (spec/registry.md).
#pragma once

#include <string_view>

#include "npk/format/ids.h"

namespace npk::format {

// Empty for an id that is not in the registry.
[[nodiscard]] constexpr std::string_view registered_name(CodecId id) noexcept {
  switch (id) {
    case CodecId::store: return "store";
    case CodecId::zstd: return "zstd";
    case CodecId::lz4: return "lz4";
    case CodecId::lzma2: return "lzma2";
    case CodecId::words: return "words";
    case CodecId::json: return "json";
    case CodecId::markup: return "markup";
    case CodecId::delimited: return "delimited";
    case CodecId::lines: return "lines";
    case CodecId::integers: return "integers";
    case CodecId::byte_shuffle: return "byte_shuffle";
    case CodecId::bit_shuffle: return "bit_shuffle";
    case CodecId::element_delta: return "element_delta";
    case CodecId::decimal_floats: return "decimal_floats";
    case CodecId::x86_branches: return "x86_branches";
    case CodecId::arm64_branches: return "arm64_branches";
  }
  return {};
}

}  // namespace npk::format
