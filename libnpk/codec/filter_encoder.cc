#include "codec/filter_encoder.h"

#include <algorithm>
#include <array>

#include "codec/filter_encoder_functions.h"

namespace npk::codec {
namespace {

constexpr std::array kFilterEncoders = std::to_array<FilterEncoderInfo>({
    {format::CodecId::words, encode_words, words_encoder_memory, encode_words_smaller},
    {format::CodecId::json, encode_json, structural_encoder_memory},
    {format::CodecId::markup, encode_markup, structural_encoder_memory},
    {format::CodecId::delimited, encode_delimited, structural_encoder_memory},
    {format::CodecId::lines, encode_lines, structural_encoder_memory},
    {format::CodecId::integers, encode_integers, integers_encoder_memory, encode_integers_smaller},
    {format::CodecId::byte_shuffle, encode_byte_shuffle, element_encoder_memory},
    {format::CodecId::bit_shuffle, encode_bit_shuffle, element_encoder_memory},
    {format::CodecId::element_delta, encode_element_delta, element_encoder_memory},
    {format::CodecId::decimal_floats, encode_decimal_floats, element_encoder_memory},
    {format::CodecId::x86_branches, encode_x86_branches, x86_branches_encoder_memory},
    {format::CodecId::arm64_branches, encode_arm64_branches, arm64_branches_encoder_memory},
});

}  // namespace

std::span<const FilterEncoderInfo> filter_encoders() noexcept { return kFilterEncoders; }

const FilterEncoderInfo* find_filter_encoder(format::CodecId id) noexcept {
  const auto found = std::ranges::find(kFilterEncoders, id, &FilterEncoderInfo::id);
  return found == kFilterEncoders.end() ? nullptr : &*found;
}

}  // namespace npk::codec
