#include "codec/filter_encoder.h"

#include <algorithm>
#include <array>

#include "codec/filter_encoder_functions.h"

namespace npk::codec {
namespace {

constexpr std::array kFilterEncoders = std::to_array<FilterEncoderInfo>({
    {format::CodecId::words, encode_words, words_encoder_memory},
    {format::CodecId::json, encode_json, json_encoder_memory},
});

}  // namespace

std::span<const FilterEncoderInfo> filter_encoders() noexcept { return kFilterEncoders; }

const FilterEncoderInfo* find_filter_encoder(format::CodecId id) noexcept {
  const auto found = std::ranges::find(kFilterEncoders, id, &FilterEncoderInfo::id);
  return found == kFilterEncoders.end() ? nullptr : &*found;
}

}  // namespace npk::codec
