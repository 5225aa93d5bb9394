// links: npk_codec_encode npk_codec_decode
#include "fuzz/fixed_length_filter_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using enum npk::format::CodecId;
  constexpr npk::format::CodecId kFilters[] = {x86_branches, arm64_branches};
  npk::fuzz::test_fixed_length_filter(kFilters, {data, size});
  return 0;
}
