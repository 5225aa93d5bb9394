// links: npk_codec_encode npk_codec_decode
#include "fuzz/structured_filter_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  npk::fuzz::test_structured_filter(npk::format::CodecId::integers, {data, size});
  return 0;
}
