// Private to npk_codec_encode: two functions per filter, listed in filter_encoder.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "npk/bytes.h"

namespace npk::codec {

// Encoders decline a block that would take more (filter/encoder_memory.h). The first of json, markup, delimited and lines: of small blocks those of
// short tags and lines have room, and the largest, which what a package takes is planned for, have no more than they need as a rule.
[[nodiscard]] constexpr std::uint64_t structural_encoder_memory(std::uint64_t raw_length) noexcept {
  return std::min<std::uint64_t>(7 * raw_length, 72U << 20) + (10U << 20);
}
[[nodiscard]] constexpr std::uint64_t integers_encoder_memory(std::uint64_t raw_length) noexcept { return 8 * raw_length + (10U << 20); }
[[nodiscard]] constexpr std::uint64_t element_encoder_memory(std::uint64_t raw_length) noexcept { return 2 * raw_length + (1U << 20); }
[[nodiscard]] constexpr std::uint64_t x86_branches_encoder_memory(std::uint64_t raw_length) noexcept { return 5 * raw_length / 4 + (2U << 20); }
[[nodiscard]] constexpr std::uint64_t arm64_branches_encoder_memory(std::uint64_t raw_length) noexcept { return 2 * raw_length + (2U << 20); }

[[nodiscard]] std::optional<std::size_t> encode_words(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_words_smaller(ByteView raw, MutableBytes out);
[[nodiscard]] std::uint64_t words_encoder_memory(std::uint64_t raw_length);
[[nodiscard]] std::optional<std::size_t> encode_markup(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_json(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_delimited(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_lines(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_integers(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_integers_smaller(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_byte_shuffle(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_bit_shuffle(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_element_delta(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_decimal_floats(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_x86_branches(ByteView raw, MutableBytes out);
[[nodiscard]] std::optional<std::size_t> encode_arm64_branches(ByteView raw, MutableBytes out);

}  // namespace npk::codec
