// Applying filters (filter_decoder.h undoes them): the one table that encoding is dispatched by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "npk/bytes.h"
#include "npk/format/ids.h"

namespace npk::codec {

struct FilterEncoderInfo {
  format::CodecId id;
  // Writes what the filter makes of raw to the front of `out` and returns its length. Nothing if it does not fit, or if the filter
  // finds that the block is not of its kind: never an error. out past the length is unspecified. The views do not overlap.
  // Thread-safe; deterministic: depends on raw and out.size() alone. Linear time, no recursion on the input's depth.
  std::optional<std::size_t> (*encode)(ByteView raw, MutableBytes out);
  // What it takes besides raw and out, from above.
  std::uint64_t (*memory)(std::uint64_t raw_length);
  // As encode, where size matters more than time, that of decoding too. Null if that would be the same.
  std::optional<std::size_t> (*encode_smaller)(ByteView raw, MutableBytes out) = nullptr;
};

[[nodiscard]] std::span<const FilterEncoderInfo> filter_encoders() noexcept;
// Null if this build does not know it.
[[nodiscard]] const FilterEncoderInfo* find_filter_encoder(format::CodecId id) noexcept;

}  // namespace npk::codec
