// links: npk_codec_encode npk_codec_decode
#include "fuzz/template_filter_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  npk::fuzz::test_template_filter(npk::format::CodecId::delimited, {data, size});
  return 0;
}
