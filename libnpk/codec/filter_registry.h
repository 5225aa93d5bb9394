// Every filter this build can undo: the one table that decoding is dispatched by. Counterpart of registry.h; encoders: filter_encoder.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "codec/filter_decoder.h"
#include "npk/format/ids.h"

namespace npk::codec {

// The most raw bytes of a block with filters other than words alone (spec section 5.1).
inline constexpr std::uint64_t kMaxFilteredRawBytes = 1ULL << 24;
// The most that a filter's output may be longer than its input; but see most_filtered_bytes.
inline constexpr std::uint64_t kMaxFilterGrowth = 64;

// Of `length` bytes, by a filter that is a chain's only one or not (spec section 5.1).
[[nodiscard]] constexpr std::uint64_t most_filtered_bytes(format::CodecId id, std::uint64_t length, bool is_only_filter) noexcept {
  return length + kMaxFilterGrowth + (is_only_filter && id == format::CodecId::arm64_branches ? length / 4 : 0);
}

struct FilterInfo {
  format::CodecId id;
  std::string_view name;
  std::string_view description;
  std::unique_ptr<FilterDecoder> (*create_decoder)();
  // What a decoder takes besides the buffers it is passed, from above: never more than raw_length + 11 MiB.
  std::uint64_t (*decoder_memory)(std::uint64_t raw_length);
};

[[nodiscard]] std::span<const FilterInfo> filters() noexcept;
// Null if this build does not know it.
[[nodiscard]] const FilterInfo* find_filter(format::CodecId id) noexcept;
[[nodiscard]] const FilterInfo* find_filter(std::string_view name) noexcept;

}  // namespace npk::codec
