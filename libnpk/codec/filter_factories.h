// Private to npk_codec_decode: two functions per filter, listed in filter_registry.cc.
#pragma once

#include <cstdint>
#include <memory>

#include "codec/filter_decoder.h"

namespace npk::codec {

[[nodiscard]] std::unique_ptr<FilterDecoder> create_words_decoder();
[[nodiscard]] std::uint64_t words_decoder_memory(std::uint64_t raw_length);
[[nodiscard]] std::unique_ptr<FilterDecoder> create_markup_decoder();
[[nodiscard]] std::uint64_t markup_decoder_memory(std::uint64_t raw_length);

[[nodiscard]] std::unique_ptr<FilterDecoder> create_json_decoder();
[[nodiscard]] std::uint64_t json_decoder_memory(std::uint64_t raw_length);

[[nodiscard]] std::unique_ptr<FilterDecoder> create_delimited_decoder();
[[nodiscard]] std::uint64_t delimited_decoder_memory(std::uint64_t raw_length);

[[nodiscard]] std::unique_ptr<FilterDecoder> create_lines_decoder();
[[nodiscard]] std::uint64_t lines_decoder_memory(std::uint64_t raw_length);
[[nodiscard]] std::unique_ptr<FilterDecoder> create_integers_decoder();
[[nodiscard]] std::uint64_t integers_decoder_memory(std::uint64_t raw_length);
[[nodiscard]] std::unique_ptr<FilterDecoder> create_byte_shuffle_decoder();
[[nodiscard]] std::unique_ptr<FilterDecoder> create_bit_shuffle_decoder();
[[nodiscard]] std::unique_ptr<FilterDecoder> create_element_delta_decoder();
[[nodiscard]] std::unique_ptr<FilterDecoder> create_decimal_floats_decoder();
[[nodiscard]] std::unique_ptr<FilterDecoder> create_x86_branches_decoder();
[[nodiscard]] std::uint64_t x86_branches_decoder_memory(std::uint64_t raw_length);
[[nodiscard]] std::unique_ptr<FilterDecoder> create_arm64_branches_decoder();
[[nodiscard]] std::uint64_t arm64_branches_decoder_memory(std::uint64_t raw_length);
[[nodiscard]] std::uint64_t element_decoder_memory(std::uint64_t raw_length);

}  // namespace npk::codec
